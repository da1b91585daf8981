"""Instruments that serve together: one set to condition on that makes each of them valid."""

from __future__ import annotations

from causalrec.causal.graph.adjustment import Question

__all__ = ["joint_instruments"]


def joint_instruments(question: Question, wanted: int = 0) -> tuple[int, int] | None:
    """The instruments that serve together and what to condition on, as words; None: there are none.

    Of several sets the one that makes most nodes instruments, then the smallest. What the
    treatment causes is left out: a proxy serves only where effects are the same for everybody.

    Args:
        question: of a graph.
        wanted: word of the instruments that are meant; 0: as many as there are.
    """
    after = question.graph.descendants(1 << question.x)
    listed = [(z, given) for z, given in question.instruments() if not after >> z & 1]
    candidates = [z for z, _ in listed if not wanted or wanted >> z & 1]
    if not candidates or (wanted and len(candidates) < wanted.bit_count()):
        return None
    together = 0
    for z, given in listed:
        together |= given if z in candidates else 0
    sets = {given for _, given in listed} | {together & ~wanted}
    served = [(_served(question, candidates, given), given) for given in sets]
    fit = [one for one in served if one[0] and (not wanted or one[0] == wanted)]
    return min(fit, key=lambda one: (-one[0].bit_count(), one[1].bit_count(), one), default=None)


def _served(question: Question, candidates: list[int], given: int) -> int:
    """The candidates that are instruments given a set."""
    graph, x, y = question.back_door, 1 << question.x, 1 << question.y
    walls, word = given | question.selected, 0
    for z in candidates:
        apart = not given >> z & 1 and graph.separated(1 << z, y, walls)
        if apart and not graph.separated(1 << z, x, walls):
            word |= 1 << z
    return word
