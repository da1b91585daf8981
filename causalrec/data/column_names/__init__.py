"""What the name of a column says of it."""
