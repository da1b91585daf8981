"""Effects: a question from a graph, answered from a table, with its assumptions and evidence."""

from causalrec.ui.effects.page import show

__all__ = ["show"]
