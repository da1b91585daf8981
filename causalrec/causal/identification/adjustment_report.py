"""What a graph says about one question: sets, paths, and a sentence."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pandas as pd

from causalrec.causal.graph.adjustment import Question
from causalrec.causal.graph.bitgraph import mask
from causalrec.causal.graph.paths import open_paths
from causalrec.causal.identification.node_words import NodeWords, listed
from causalrec.causal.identification.obstacles import obstacle
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
        sets = self.sets or self.sets_among
        rows = [(listed(s), len(s), s == self.suggested, about) for s in sets]
        return pd.DataFrame(rows, columns=["set", "size", "suggested", "about"])

    def summary(self, lang: str = "en") -> str:
        """The note."""
        return self.note.to(lang)


def analyse(
    graph: CausalGraph,
    treatment: str,
    outcome: str,
    adjusted: Iterable[str] = (),
    *,
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
    paths = open_paths(question, given | question.selected)
    names = NodeWords(graph)
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
        "biasing_edges": tuple(sorted(names.edge(e) for e in paths.edges if names.is_edge(e))),
        "biasing_arcs": names.arcs(paths),
        "biasing_paths": tuple(names.path(path) for path in paths.paths[:SHOWN_PATHS]),
        "n_biasing_paths": len(paths.paths),
        "complete": paths.complete,
        "after_treatment": graph.names(given & question.forbidden & ~_ends(question)),
        "measure": measure,
        "instruments": () if sets else _instruments(graph, question),
    }
    return Analysis(**facts, note=_note(graph, facts, question))


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


def _note(graph: CausalGraph, facts: dict[str, Any], question: Question) -> Text:
    """The one sentence: no effect, wrongly adjusted, done, to adjust, or not identified."""
    asked = {"treatment": facts["treatment"], "outcome": facts["outcome"]}
    if question.no_path:
        return Text("causal.note_no_path", **asked)
    if facts["after_treatment"]:
        return Text("causal.note_after", **asked, nodes=listed(facts["after_treatment"]))
    if facts["sets_among"]:
        done = question.is_valid_among(graph.numbers(facts["adjusted"]))
        return _only_among(asked, facts, done)
    if facts["valid"] and facts["adjusted"]:
        return Text("causal.note_valid", **asked, nodes=listed(facts["adjusted"]))
    if facts["suggested"] is not None:
        key = "causal.note_adjust" if facts["suggested"] else "causal.note_nothing"
        return Text(key, **asked, nodes=listed(facts["suggested"]))
    return obstacle(graph, question)


def _only_among(asked: dict[str, Any], facts: dict[str, Any], done: bool) -> Text:
    """Rows were selected by what the outcome is connected with: they tell of themselves only."""
    about = {**asked, "selected": listed(facts["selected"])}
    if done:
        return Text("causal.note_among_valid", **about)
    nodes = listed(facts["suggested"]) or Text("causal.note_among_none")
    return Text("causal.note_among_adjust", **about, nodes=nodes)
