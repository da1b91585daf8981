"""What to adjust for where several treatments are set at once.

The adjustment criterion for a set of treatments: Shpitser, VanderWeele and Robins, 2010; van der
Zander, Textor and Liskiewicz, 2014, "Constructing separators and adjustment sets in ancestral
graphs".
"""

from __future__ import annotations

from causalrec.causal.graph.adjustment import Question
from causalrec.causal.graph.bitgraph import bits

__all__ = ["joint_adjustment"]


def joint_adjustment(question: Question, treatments: int) -> int | None:
    """A minimal set that identifies the joint effect of several treatments, as a word, or None.

    Args:
        question: whose outcome, unobserved and selecting nodes are taken.
        treatments: word of the nodes that are set.
    """
    graph, y = question.graph, 1 << question.y
    if question.selected or treatments & question.latent:
        return None
    below = graph.without_arrows_to(treatments).descendants(treatments) & ~treatments
    between = below & graph.without_arrows_from(treatments).ancestors(y)
    forbidden = graph.descendants(between) | treatments | y
    first = [(i, j) for i in bits(treatments) for j in bits(graph.children[i] & between)]
    back_door = graph.without(first)
    given = graph.ancestors(treatments | y) & ~question.latent & ~forbidden
    if not back_door.separated(treatments, y, given):
        return None
    for node in bits(given):
        if back_door.separated(treatments, y, given & ~(1 << node)):
            given &= ~(1 << node)
    return given
