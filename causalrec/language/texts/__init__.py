"""The texts of items, and vectors that were computed before."""
