"""How good lists and predictions are, with intervals."""
