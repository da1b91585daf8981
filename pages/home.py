"""Home: what this is, the finished journey, the steps and the workspaces."""

from causalrec.ui.kit.frame import page

page("home")
