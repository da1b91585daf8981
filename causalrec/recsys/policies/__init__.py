"""Policies: which item a user is shown, with which probability."""
