"""Runs: what was computed, how, from which data, and how it ended."""

from causalrec.ui.runs.page import show

__all__ = ["show"]
