"""The Graph page."""

from __future__ import annotations

from causalrec.ui.graph.board import board

__all__ = ["show"]


def show() -> None:
    """Draw the page."""
    board()
