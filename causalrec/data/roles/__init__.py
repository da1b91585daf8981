"""A mapping guessed from names and values of columns."""
