"""Graph: draw what causes what, and see what must be adjusted for."""

from causalrec.ui.kit.frame import page

page("graph")
