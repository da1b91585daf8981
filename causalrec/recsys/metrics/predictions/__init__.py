"""How good predicted outcomes are."""
