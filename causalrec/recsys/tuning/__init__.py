"""Good parameters: a search, and advice before it."""
