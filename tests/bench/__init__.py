"""Measures speed and memory beside Rasa's own starter; never a test."""
