"""Instruments: what moves the treatment and the outcome only by way of it."""

from __future__ import annotations

from causalrec.causal.graph.joint_instruments import joint_instruments
from causalrec.causal.identification.graph_question import GraphQuestion
from causalrec.causal.identification.strategy import Identified, Strategy
from causalrec.core.words import Text

__all__ = ["Instrument"]


class Instrument(Strategy):
    """What instruments move in the outcome over what they move in the treatment."""

    name = "instrument"
    source = "Wright, 1928; van der Zander, Textor and Liskiewicz, 2015 (conditional, by graph)"
    besides = "instruments"

    @classmethod
    def by_graph(cls, asked: GraphQuestion) -> Identified:
        """The instruments that serve together, and what to condition on.

        Raises:
            GraphError: the instruments of the graph, or what they need, have no columns.
        """
        ends = asked.column(asked.x), asked.column(asked.y)
        seen = joint_instruments(asked.seen, asked.wanted)
        if seen is not None:
            return Identified(
                *ends,
                asked.columns_of(seen[1]),
                flags=asked.flags(),
                besides=asked.columns_of(seen[0]),
            )
        believed = joint_instruments(asked.question, asked.wanted)
        if believed is not None:
            asked.lacks(asked.graph.names(believed[0] | believed[1]))
        if asked.question.no_path:
            return Identified(*ends, None, Text("causal.note_no_path", **asked.asked))
        if asked.named:
            named = ", ".join(asked.named)
            reason = Text("causal.note_not_instruments", **asked.asked, nodes=named)
        else:
            reason = Text("causal.note_no_instrument", **asked.asked)
        return Identified(*ends, None, reason)
