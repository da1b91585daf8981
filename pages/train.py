"""Train: recommenders on the log, side by side."""

from causalrec.ui.kit.frame import page

page("train")
