"""Tables with a known meaning: reading, mapping, findings, steps, datasets, splits, profile."""
