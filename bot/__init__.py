"""Cuicui: explains the jargon and the manners of Twitter/X to beginners."""
