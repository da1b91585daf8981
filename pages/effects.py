"""Effects: what a cause does to an outcome, with its evidence."""

from causalrec.ui.frame import page

page("effects", "causalrec.ui.effects:show")
