"""Measures understanding on lines that the training never saw."""
