"""Compare: the verdict, its figures, their sources, and something to send around."""

from causalrec.ui.compare.page import show

__all__ = ["show"]
