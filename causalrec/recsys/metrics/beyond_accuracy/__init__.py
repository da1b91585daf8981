"""What lists hold besides: the new, the rare, the varied, what fits the user."""
