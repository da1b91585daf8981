"""How well lists find what was held out."""
