"""A comparison as something to send around: a page, a table."""
