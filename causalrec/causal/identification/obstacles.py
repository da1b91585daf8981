"""Why an effect is not identified, in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from causalrec.causal.graph.adjustment import Question
from causalrec.causal.graph.paths import open_paths
from causalrec.causal.identification.node_words import NodeWords, joined, listed
from causalrec.core.words import Text

if TYPE_CHECKING:
    from causalrec.causal.graph.causal_graph import CausalGraph

__all__ = ["obstacle"]


def obstacle(graph: CausalGraph, question: Question) -> Text:
    """What selects the rows, or which path no observed set can close, and what to measure.

    Args:
        graph: what is believed.
        question: one of it, which no set of observed nodes identifies.
    """
    names = NodeWords(graph)
    asked = {"treatment": graph.nodes[question.x], "outcome": graph.nodes[question.y]}
    if question.no_path:
        return Text("causal.note_no_path", **asked)
    after = graph.names(question.selected & question.forbidden)
    if after:
        return Text("causal.note_selected_after", **asked, selected=listed(after))
    ends = 1 << question.x | 1 << question.y
    best = question.graph.ancestors(ends | question.selected) & question.allowed()
    left = open_paths(question, best | question.selected).paths
    path = names.path(left[0]) if left else f"{asked['treatment']} ← {asked['outcome']}"
    measure = names.things(question.would_help())
    if measure:
        return Text("causal.note_measure", **asked, path=path, nodes=joined(measure))
    selected = graph.names(question.selected)
    if selected:
        facts = {**asked, "selected": listed(selected)}
        return Text("causal.note_selected_path", **facts, path=path)
    return Text("causal.note_never", **asked, path=path)
