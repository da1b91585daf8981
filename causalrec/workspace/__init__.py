"""Keeps things and knows no kind of thing: versions on disk, a register of runs."""
