"""The causal graph and what follows from its arrows alone."""
