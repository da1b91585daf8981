"""From a graph and a question to what must be adjusted for."""
