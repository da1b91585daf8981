"""Graphs as text of other tools, and as one JSON document."""
