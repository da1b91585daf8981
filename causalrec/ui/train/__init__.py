"""Train: start runs, compare models, look at lists."""

from causalrec.ui.train.page import show

__all__ = ["show"]
