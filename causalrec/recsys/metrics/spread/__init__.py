"""How all lists together spread over the catalogue."""
