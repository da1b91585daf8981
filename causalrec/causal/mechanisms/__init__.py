"""How an effect comes about: through what, together with what, and for one unit."""
