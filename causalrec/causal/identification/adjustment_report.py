"""What a graph says about one question: sets, paths, and a sentence."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pandas as pd

from causalrec.causal.graph.adjustment import Question
from causalrec.causal.graph.bitgraph import bits, mask
from causalrec.causal.graph.paths import OpenPaths, open_paths
from causalrec.core.results.result import Result
from causalrec.core.words import Text

if TYPE_CHECKING:
    from causalrec.causal.graph.causal_graph import CausalGraph

__all__ = ["Analysis", "analyse"]

SHOWN_PATHS = 5


class Analysis(Result):
    """What a graph says about the effect of one node on another.

    Attributes:
        treatment, outcome: the question.
        adjusted: what is adjusted for now.
        selected: nodes that select the rows; they are conditioned on in all that follows.
        identified: whether some set of observed nodes identifies the effect on everybody.
        valid: whether what is adjusted for now does.
        sets: minimal adjustment sets, smallest first; `capped` says that there are more.
        sets_among: where there are none, the minimal sets that identify the effect among the
            selected rows, which is all that can be told then.
        suggested: the set to use, of either kind: whose nodes have columns, then the smallest;
            None if none.
        causal_edges: edges on directed paths from treatment to outcome.
        biasing_edges: edges on open biasing paths; a bidirected edge appears as its pair in
            `biasing_arcs`.
        biasing_paths: the shortest open biasing paths, written with arrows.
        n_biasing_paths: how many were found; `complete` is False when there may be more.
        after_treatment: adjusted nodes that lie at or after a causal path and so distort it.
        measure: unobserved things that would identify the effect if they were measured.
        instruments: (node, what to condition on), where no set identifies the effect.
        note: one sentence.
    """

    treatment: str
    outcome: str
    adjusted: tuple[str, ...]
    selected: tuple[str, ...] = ()
    identified: bool
    valid: bool
    sets: tuple[tuple[str, ...], ...]
    sets_among: tuple[tuple[str, ...], ...] = ()
    capped: bool
    suggested: tuple[str, ...] | None
    causal_edges: tuple[tuple[str, str], ...]
    biasing_edges: tuple[tuple[str, str], ...]
    biasing_arcs: tuple[tuple[str, str], ...]
    biasing_paths: tuple[str, ...]
    n_biasing_paths: int
    complete: bool
    after_treatment: tuple[str, ...]
    measure: tuple[Text | str, ...]
    instruments: tuple[tuple[str, tuple[str, ...]], ...]
    note: Text

    def to_frame(self) -> pd.DataFrame:
        """One row a minimal adjustment set: set, size, suggested, about (all, selected)."""
        about = "all" if self.sets else "selected"
        listed = self.sets or self.sets_among
        rows = [(", ".join(s), len(s), s == self.suggested, about) for s in listed]
        return pd.DataFrame(rows, columns=["set", "size", "suggested", "about"])

    def summary(self, lang: str = "en") -> str:
        """The note."""
        return self.note.to(lang)


def analyse(
    graph: CausalGraph,
    treatment: str,
    outcome: str,
    adjusted: Iterable[str] = (),
    limit: int = 50,
) -> Analysis:
    """What a graph says of a question: minimal sets, the suggested one, open paths, a note.

    Args:
        graph: what is believed.
        treatment: name of the cause.
        outcome: name of the effect.
        adjusted: what is adjusted for now; it decides which paths are open.
        limit: most minimal sets to list.

    Raises:
        GraphError: a node is unknown, or treatment and outcome are the same.
    """
    question, given = graph.question(treatment, outcome), graph.numbers(adjusted)
    words, capped = question.minimal_sets_among(limit)
    among = sorted((graph.names(word) for word in words), key=lambda s: (len(s), s))
    sets = among if question.carries_over else []
    found = open_paths(question, given | question.selected)
    names = _Names(graph)
    measure = () if sets else names.things(question.would_help())
    facts: dict[str, Any] = {
        "treatment": graph.nodes[question.x],
        "outcome": graph.nodes[question.y],
        "adjusted": graph.names(given),
        "selected": graph.names(question.selected),
        "identified": bool(sets),
        "valid": question.is_valid(given),
        "sets": tuple(sets),
        "sets_among": () if sets else tuple(among),
        "capped": capped,
        "suggested": _suggest(graph, among),
        "causal_edges": tuple(names.edge(edge) for edge in question.causal_edges),
        "biasing_edges": tuple(sorted(names.edge(e) for e in found.edges if names.is_edge(e))),
        "biasing_arcs": names.arcs(found),
        "biasing_paths": tuple(names.path(path) for path in found.paths[:SHOWN_PATHS]),
        "n_biasing_paths": len(found.paths),
        "complete": found.complete,
        "after_treatment": graph.names(given & question.forbidden & ~_ends(question)),
        "measure": measure,
        "instruments": () if sets else _instruments(graph, question),
    }
    return Analysis(**facts, note=_note(facts, names, question))


def _ends(question: Question) -> int:
    return mask((question.x, question.y))


def _suggest(graph: CausalGraph, sets: list[tuple[str, ...]]) -> tuple[str, ...] | None:
    """The set with the fewest nodes that lack a column, then the smallest."""
    if not sets:
        return None
    return min(sets, key=lambda s: (sum(name not in graph.bindings for name in s), len(s), s))


def _instruments(graph: CausalGraph, question: Question) -> tuple[tuple[str, tuple[str, ...]], ...]:
    below = question.graph.descendants(1 << question.x)
    return tuple(
        (graph.nodes[z], graph.names(given))
        for z, given in question.instruments()
        if not below >> z & 1
    )


class _Names:
    """Numbers of nodes as words for people."""

    def __init__(self, graph: CausalGraph) -> None:
        self.graph = graph
        self.n = len(graph.nodes)

    def is_edge(self, edge: tuple[int, int]) -> bool:
        return max(edge) < self.n

    def edge(self, edge: tuple[int, int]) -> tuple[str, str]:
        return self.graph.nodes[edge[0]], self.graph.nodes[edge[1]]

    def arcs(self, found: OpenPaths) -> tuple[tuple[str, str], ...]:
        used = sorted({start for start, _ in found.edges if start >= self.n})
        return tuple(self.graph.bidirected[i - self.n] for i in used)

    def path(self, path: tuple[int, ...]) -> str:
        shown = self.graph.nodes[path[0]]
        for before, node in pairwise(path):
            if node >= self.n:
                continue
            forward = self.graph.bits.children[before] >> node & 1
            arrow = "↔" if before >= self.n else ("→" if forward else "←")
            shown += f" {arrow} {self.graph.nodes[node]}"
        return shown

    def things(self, word: int) -> tuple[Text | str, ...]:
        """Unobserved nodes by name; an unnamed common cause by what it causes."""
        return tuple(
            self.graph.nodes[i] if i < self.n else Text("causal.common_cause", **self._pair(i))
            for i in bits(word)
        )

    def _pair(self, i: int) -> dict[str, str]:
        a, b = self.graph.bidirected[i - self.n]
        return {"a": a, "b": b}


def _note(facts: dict[str, Any], names: _Names, question: Question) -> Text:
    """The one sentence: no effect, wrongly adjusted, done, to adjust, or not identified."""
    asked = {"treatment": facts["treatment"], "outcome": facts["outcome"]}
    if not question.between >> question.y & 1:
        return Text("causal.note_no_path", **asked)
    if facts["after_treatment"]:
        return Text("causal.note_after", **asked, nodes=_listed(facts["after_treatment"]))
    if facts["sets_among"]:
        return _only_among(
            asked, facts, question.is_valid_among(names.graph.numbers(facts["adjusted"]))
        )
    if facts["valid"] and facts["adjusted"]:
        return Text("causal.note_valid", **asked, nodes=_listed(facts["adjusted"]))
    if facts["suggested"] is not None:
        key = "causal.note_adjust" if facts["suggested"] else "causal.note_nothing"
        return Text(key, **asked, nodes=_listed(facts["suggested"]))
    return _not_identified(asked, facts, names, question)


def _only_among(asked: dict[str, Any], facts: dict[str, Any], done: bool) -> Text:
    """Rows were selected by what the outcome is connected with: they tell of themselves only."""
    told = {**asked, "selected": _listed(facts["selected"])}
    if done:
        return Text("causal.note_among_valid", **told)
    listed = _listed(facts["suggested"]) or Text("causal.note_among_none")
    return Text("causal.note_among_adjust", **told, nodes=listed)


def _not_identified(
    asked: dict[str, Any], facts: dict[str, Any], names: _Names, question: Question
) -> Text:
    """What selects the rows, or which path no observed set can close, and what to measure."""
    after = names.graph.names(question.selected & question.forbidden)
    if after:
        return Text("causal.note_selected_after", **asked, selected=_listed(after))
    best = question.graph.ancestors(_ends(question) | question.selected) & question.allowed()
    left = open_paths(question, best | question.selected).paths
    path = names.path(left[0]) if left else f"{asked['treatment']} ← {asked['outcome']}"
    measure = facts["measure"]
    if facts["selected"] and not measure:
        told = {**asked, "selected": _listed(facts["selected"])}
        return Text("causal.note_selected_path", **told, path=path)
    if not measure:
        return Text("causal.note_never", **asked, path=path)
    return Text("causal.note_measure", **asked, path=path, nodes=joined(measure))


def joined(things: tuple[Text | str, ...]) -> Text | str:
    """Names and Texts as one list that can be said in any language."""
    text: Text | str = things[0]
    for thing in things[1:]:
        text = Text("causal.and", a=text, b=thing)
    return text


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names)
