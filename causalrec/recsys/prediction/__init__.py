"""Predicted outcomes: the small model on top of scores, and what it answers."""
