"""The Data page."""

from causalrec.ui.data.page import show

__all__ = ["show"]
