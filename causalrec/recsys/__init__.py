"""What would they like? Recommenders, metrics and policies."""
