"""A log with a known meaning: columns and their roles, coded rows, ids, tables."""
