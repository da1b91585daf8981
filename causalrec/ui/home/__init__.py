"""Home: what this is, the finished journey, the steps with their state, recent runs, workspaces."""

from causalrec.ui.home.page import show

__all__ = ["show"]
