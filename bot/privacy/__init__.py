"""Persons without names."""
