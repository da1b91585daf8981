"""Whether a log that shows only some rows misleads, and by how much."""
