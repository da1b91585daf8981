"""Tasks about recommenders."""
