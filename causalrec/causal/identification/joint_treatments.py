"""Several treatments at once: adjustment that closes the back doors of all of them."""

from __future__ import annotations

from causalrec.causal.graph.joint_adjustment import joint_adjustment
from causalrec.causal.identification.graph_question import GraphQuestion
from causalrec.causal.identification.strategy import Identified, Strategy
from causalrec.core.words import Text

__all__ = ["Joint"]


class Joint(Strategy):
    """Covariates that identify what several treatments do when each is set."""

    name = "several"
    source = "Shpitser, VanderWeele and Robins, 2010"
    besides = "treatments"

    @classmethod
    def by_graph(cls, asked: GraphQuestion) -> Identified:
        """What to adjust for beside the treatments that were named.

        Raises:
            GraphError: a treatment, or what must be adjusted for, has no column.
        """
        ends = asked.column(asked.x), asked.column(asked.y)
        if any(name in asked.lacking for name in asked.named):
            asked.lacks(asked.named)
        treatments = asked.wanted | 1 << asked.question.x
        besides = tuple(asked.column(node) for node in asked.named)
        given = joint_adjustment(asked.seen, treatments)
        if given is not None:
            return Identified(*ends, asked.columns_of(given), flags=asked.flags(), besides=besides)
        believed = joint_adjustment(asked.question, treatments)
        if believed is not None:
            asked.lacks(asked.graph.names(believed))
        nodes = ", ".join((asked.x, *asked.named))
        reason = Text("causal.note_not_joint", outcome=asked.y, nodes=nodes)
        return Identified(*ends, None, reason, besides=besides)
