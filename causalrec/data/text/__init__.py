"""How a text table is written: characters, delimiter, quotes, types of columns."""
