"""Arithmetic on arrays that several models share."""
