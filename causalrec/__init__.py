"""CausalRec: from an interaction log to a decision that can be defended."""
