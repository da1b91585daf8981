"""Answers: what they are, how they are drawn, what they cost."""
