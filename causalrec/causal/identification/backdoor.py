"""Adjustment: which columns close every back door between treatment and outcome."""

from __future__ import annotations

from causalrec.causal.identification.graph_question import GraphQuestion
from causalrec.causal.identification.obstacles import obstacle
from causalrec.causal.identification.strategy import Identified, Strategy

__all__ = ["BackDoor"]

MOST_SETS = 200


class BackDoor(Strategy):
    """Rows that are alike in a set of covariates are compared."""

    name = "back-door"
    source = "Pearl, 1993; Shpitser, VanderWeele and Robins, 2010"
    alike = True

    @classmethod
    def by_graph(cls, asked: GraphQuestion) -> Identified:
        """The smallest set whose nodes have columns.

        Raises:
            GraphError: the smallest set lacks columns, and there is no other.
        """
        ends = asked.column(asked.x), asked.column(asked.y)
        words, _ = asked.seen.minimal_sets_among(MOST_SETS)
        if words:
            best = min((asked.graph.names(word) for word in words), key=lambda s: (len(s), s))
            covariates = tuple(asked.column(node) for node in best)
            return Identified(*ends, covariates, flags=asked.flags())
        smallest, _ = asked.question.minimal_sets_among(1)
        if smallest:
            asked.lacks(asked.graph.names(smallest[0]))
        return Identified(*ends, None, obstacle(asked.graph, asked.question))
