"""Train, validation and test parts of a dataset."""
