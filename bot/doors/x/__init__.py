"""The door of X; only this package knows of X."""
