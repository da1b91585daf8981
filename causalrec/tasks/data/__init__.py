"""Tasks that make and change datasets."""
