"""What each command of `python -m bot` does."""
