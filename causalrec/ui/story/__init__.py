"""Story: what the finished journey says, one big sentence and one chart a step."""

from causalrec.ui.story.page import show

__all__ = ["show"]
