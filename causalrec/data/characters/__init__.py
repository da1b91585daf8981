"""How the characters of a text file are stored, and the same text as UTF-8."""
