"""Saved datasets: written, read back, and asked without loading them."""
