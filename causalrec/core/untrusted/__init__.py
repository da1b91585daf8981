"""What comes from other people: documents are checked, names in figures and cells are only text."""
