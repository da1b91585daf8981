"""Random input for every door of the engine: ``python -m tests.fuzz --help``."""
