"""Effects: what a cause does to an outcome, with its evidence."""

from causalrec.ui.kit.frame import page

page("effects")
