"""Sets through which the whole effect goes, and what stands between: front doors and mediators.

The front-door criterion: Pearl, 1995, "Causal diagrams for empirical research". Sets that meet
its second and third condition are closed under union, so that there is a largest one, found by
leaving out what fails (Jeong, Tian and Bareinboim, 2022, "Finding and listing front-door
adjustment sets"). Natural effects: Pearl, 2001; Shpitser and VanderWeele, 2011.
"""

from __future__ import annotations

from collections import deque

from causalrec.causal.graph.adjustment import Question
from causalrec.causal.graph.bitgraph import bits

__all__ = ["front_door_sets", "is_front_door", "mediation_set"]


def front_door_sets(question: Question, limit: int | None = None) -> list[int]:
    """The minimal front-door sets of observed nodes as words; where rows are selected, none.

    A set that another one holds is not listed. Every other minimal set lacks a node of a set
    that was found, so that leaving these out one by one reaches all (Reiter, 1987).

    Args:
        question: of a graph.
        limit: stop after so many; None lists all.
    """
    fit = _unconfounded(question)
    sets: list[int] = []
    queue, seen = deque([0]), {0}
    while queue and (limit is None or len(sets) < limit):
        left_out = queue.popleft()
        found = next((one for one in sets if not one & left_out), None)
        if found is None:
            found = _minimal(question, fit & ~left_out)
            if found is None:
                continue
            sets.append(found)
        for node in bits(found):
            further = left_out | 1 << node
            if further not in seen:
                seen.add(further)
                queue.append(further)
    return sets


def is_front_door(question: Question, through: int) -> bool:
    """Whether a set of observed nodes meets the front-door criterion."""
    inside = through & _unconfounded(question) == through
    return inside and _largest(question, through) == through


def _unconfounded(question: Question) -> int:
    """The observed nodes to which no back-door path leads from the treatment."""
    if question.selected:
        return 0
    ends = 1 << question.x | 1 << question.y
    behind = question.graph.without_arrows_from(1 << question.x).reachable(1 << question.x, 0)
    return ((1 << question.graph.n) - 1) & ~question.latent & ~ends & ~behind


def _largest(question: Question, among: int) -> int | None:
    """The largest front-door set among unconfounded nodes, or None."""
    if question.selected:
        return None
    through, x, y = among, 1 << question.x, 1 << question.y
    while True:
        cut = question.graph.without_arrows_from(through)
        failing = cut.reachable(y, x) & through
        if not failing:
            return None if cut.descendants(x) & y else through
        through &= ~failing


def _minimal(question: Question, among: int) -> int | None:
    """A set of which no part is a front door: what has a smaller one inside gives way to it."""
    found = _largest(question, among)
    for node in bits(found or 0):
        assert found is not None
        if found >> node & 1:
            smaller = _largest(question, found & ~(1 << node))
            found = found if smaller is None else smaller
    return found


def mediation_set(question: Question, through: int) -> int | None:
    """What to adjust for so that natural effects through mediators are identified, or None.

    Nothing that the treatment causes is adjusted for; the set closes the back doors from the
    treatment to mediators and outcome, and, with the treatment, those from mediators to outcome.

    Args:
        question: of a graph.
        through: word of the mediators.
    """
    graph, x, y = question.graph, 1 << question.x, 1 << question.y
    if question.selected or through & question.latent:
        return None
    of_treatment, of_mediators = (graph.without_arrows_from(word) for word in (x, through))

    def closes(given: int) -> bool:
        return of_treatment.separated(x, through | y, given) and of_mediators.separated(
            through, y, given | x
        )

    may = graph.ancestors(x | y | through) & ~question.latent
    given = may & ~graph.descendants(x) & ~through & ~y
    if not closes(given):
        return None
    for node in bits(given):
        if closes(given & ~(1 << node)):
            given &= ~(1 << node)
    return given
