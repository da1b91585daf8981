"""A minimum for groups of users."""
