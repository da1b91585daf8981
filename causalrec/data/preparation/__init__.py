"""Before and after a dataset is saved: findings, saving, profile."""
