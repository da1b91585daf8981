"""Story: the finished journey in six steps that a presenter clicks through."""

from causalrec.ui.kit.frame import page

page("story")
