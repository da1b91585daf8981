"""Compare: before and after, with a verdict."""

from causalrec.ui.kit.frame import page

page("compare")
