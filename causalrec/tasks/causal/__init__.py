"""Tasks about effects."""
