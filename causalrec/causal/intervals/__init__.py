"""Intervals of other kinds: shares without a failure, refits of drawn units, posteriors."""
