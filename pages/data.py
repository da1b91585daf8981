"""Data: bring a log, say what its columns mean, check it, save it, look at it."""

from causalrec.ui.kit.frame import page

page("data")
