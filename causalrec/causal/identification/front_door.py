"""The front door: mediators through which the whole effect goes."""

from __future__ import annotations

from causalrec.causal.graph.front_door import front_door_sets, is_front_door
from causalrec.causal.identification.graph_question import GraphQuestion
from causalrec.causal.identification.strategy import Identified, Strategy
from causalrec.core.words import Text

__all__ = ["FrontDoor"]

MOST_SETS = 50


class FrontDoor(Strategy):
    """What the treatment moves in mediators, times what these move in the outcome."""

    name = "front-door"
    source = "Pearl, 1995"
    besides = "mediators"

    @classmethod
    def by_graph(cls, asked: GraphQuestion) -> Identified:
        """The smallest set of mediators, or those that were named.

        Raises:
            GraphError: the front door of the graph has no columns.
        """
        ends = asked.column(asked.x), asked.column(asked.y)
        if asked.question.no_path:
            return Identified(*ends, None, Text("causal.note_no_path", **asked.asked))
        if asked.named:
            return cls._named(asked, ends)
        words = front_door_sets(asked.seen, MOST_SETS)
        if words:
            best = min((asked.graph.names(word) for word in words), key=lambda s: (len(s), s))
            through = tuple(asked.column(node) for node in best)
            return Identified(*ends, (), flags=asked.flags(), besides=through)
        believed = front_door_sets(asked.question, 1)
        if believed:
            asked.lacks(asked.graph.names(believed[0]))
        return Identified(*ends, None, Text("causal.note_no_front_door", **asked.asked))

    @classmethod
    def _named(cls, asked: GraphQuestion, ends: tuple[str, str]) -> Identified:
        """What the analyst named, where it is a front door.

        Raises:
            GraphError: it is one, but has no columns.
        """
        if is_front_door(asked.seen, asked.wanted):
            through = tuple(asked.column(node) for node in asked.named)
            return Identified(*ends, (), flags=asked.flags(), besides=through)
        if is_front_door(asked.question, asked.wanted):
            asked.lacks(asked.named)
        nodes = ", ".join(asked.named)
        return Identified(
            *ends, None, Text("causal.note_not_mediators", **asked.asked, nodes=nodes)
        )
