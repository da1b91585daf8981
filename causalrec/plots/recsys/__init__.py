"""Charts of recommenders."""
