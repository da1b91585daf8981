"""Draws results: the only place that builds figures."""
