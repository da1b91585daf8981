"""Smaller variants of a fitted model."""
