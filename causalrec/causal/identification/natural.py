"""Natural effects: what goes through mediators and what goes past them."""

from __future__ import annotations

from causalrec.causal.graph.front_door import mediation_set
from causalrec.causal.identification.graph_question import GraphQuestion
from causalrec.causal.identification.strategy import Identified, Strategy
from causalrec.core.words import Text

__all__ = ["Natural"]


class Natural(Strategy):
    """Covariates that close the back doors of the treatment and of the mediators."""

    name = "natural"
    source = "Pearl, 2001; Shpitser and VanderWeele, 2011"
    besides = "mediators"

    @classmethod
    def by_graph(cls, asked: GraphQuestion) -> Identified:
        """What to adjust for, with the mediators that were named, or all that have columns.

        Raises:
            GraphError: a mediator that was named, or what must be adjusted for, has no column.
        """
        ends = asked.column(asked.x), asked.column(asked.y)
        if asked.question.no_path:
            return Identified(*ends, None, Text("causal.note_no_path", **asked.asked))
        seen = asked.seen
        through = asked.wanted or seen.between & ~(1 << seen.y) & ~seen.latent
        names = asked.graph.names(through)
        if not through:
            return Identified(*ends, None, Text("causal.note_no_mediator", **asked.asked))
        if any(name in asked.lacking for name in names):
            asked.lacks(names)
        given = None if through & ~seen.between else mediation_set(seen, through)
        if given is not None:
            covariates, besides = asked.columns_of(given), asked.columns_of(through)
            return Identified(*ends, covariates, flags=asked.flags(), besides=besides)
        believed = mediation_set(asked.question, through)
        if believed is not None and not through & ~seen.between:
            asked.lacks(asked.graph.names(believed))
        nodes = ", ".join(names)
        return Identified(*ends, None, Text("causal.note_not_natural", **asked.asked, nodes=nodes))
