"""The Graph page: draw what causes what, and see what must be adjusted for."""

from causalrec.ui.graph.page import show

__all__ = ["show"]
