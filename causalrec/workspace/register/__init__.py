"""The register of runs: one SQLite file, read and written by several processes."""
