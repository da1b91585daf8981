"""Selected rows: the graph's verdict against the effects of enumerated worlds."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest

from causalrec.causal.formats.graph_text import read_graph
from causalrec.causal.graph.causal_graph import CausalGraph
from causalrec.causal.identification.adjustment_report import analyse

LEVELS = 6
NODES = ("a", "b", "x", "y", "s")


def drawn(seed: int) -> CausalGraph:
    """A random graph whose last node selects the rows; one node in four is unobserved."""
    rng = random.Random(seed)
    order = [*rng.sample(NODES[:4], 4), "s"]
    edges = [pair for pair in itertools.combinations(order, 2) if rng.random() < 0.45]
    if ("y", "x") in edges:
        edges[edges.index(("y", "x"))] = ("b", "a")
        edges = [e for e in edges if set(e) != {"a", "b"}]
    latent = [name for name in ("a", "b") if rng.random() < 0.25]
    return CausalGraph(edges, nodes=NODES, latent=latent, roles={"s": ["selected"]})


class World:
    """Binary nodes, each a random step function of its parents and of a noise of its own.

    All noises together are enumerated, so that every probability is exact and what would
    have been, had x been set, is known in each of the worlds.
    """

    def __init__(self, graph: CausalGraph, seed: int) -> None:
        rng = np.random.default_rng(seed)
        self.graph = graph
        grid = np.array(list(itertools.product(range(LEVELS), repeat=len(NODES))))
        self.noise = dict(zip(NODES, grid.T, strict=True))
        shares = {name: rng.dirichlet(np.full(LEVELS, 3.0)) for name in NODES}
        self.weight = np.prod([shares[n][self.noise[n]] for n in NODES], axis=0)
        self.steps = {}
        for name in NODES:
            n = 2 ** sum(effect == name for _, effect in graph.edges)
            self.steps[name] = rng.permutation(np.arange(n) % (LEVELS - 1) + 1)
        self.seen = self.values({})

    def values(self, done: dict[str, int]) -> dict[str, np.ndarray]:
        found: dict[str, np.ndarray] = {}
        while len(found) < len(NODES):
            for name in NODES:
                causes = [cause for cause, effect in self.graph.edges if effect == name]
                if name in found or not all(cause in found for cause in causes):
                    continue
                if name in done:
                    found[name] = np.full(self.weight.shape, done[name])
                    continue
                row = sum((found[c] << i for i, c in enumerate(causes)), np.zeros(1, int))
                found[name] = (self.noise[name] < self.steps[name][row]).astype(int)
        return found

    def mean(self, values: np.ndarray, where: np.ndarray) -> float:
        return float((self.weight * values * where).sum() / (self.weight * where).sum())

    def outcome(self, among: np.ndarray) -> list[float]:
        """The mean outcome in these worlds if x had been 0, and 1."""
        return [self.mean(self.values({"x": v})["y"], among) for v in (0, 1)]

    def adjusted(self, given: tuple[str, ...]) -> np.ndarray:
        """What adjusting among the selected rows gives for it, (2,)."""
        chosen = self.seen["s"] == 1
        total = np.zeros(2)
        for levels in itertools.product((0, 1), repeat=len(given)):
            here = chosen.copy()
            for name, level in zip(given, levels, strict=True):
                here &= self.seen[name] == level
            if not here.any():
                continue
            arms = [self.mean(self.seen["y"], here & (self.seen["x"] == v)) for v in (0, 1)]
            total += self.mean(here.astype(float), chosen) * np.array(arms)
        return total


@pytest.mark.parametrize("seed", range(40))
def test_selected_rows_tell_what_the_graph_says_they_tell(seed):
    """Valid sets give the effect exactly; invalid ones miss it in one of three worlds at least."""
    graph = drawn(seed)
    everybody, selected = [], []
    worlds = [World(graph, 100 * seed + i) for i in range(3)]
    question = graph.question("x", "y")
    for given in ((), ("a",), ("b",), ("a", "b")):
        if graph.latent & set(given):
            continue
        answers = [world.adjusted(given) for world in worlds]
        for found, among in ((everybody, False), (selected, True)):
            truths = [w.outcome((w.seen["s"] == 1) | (not among)) for w in worlds]
            if np.allclose(answers, truths, atol=1e-9):
                found.append(set(given))
        right = question.is_valid(graph.numbers(given))
        assert right == (set(given) in everybody), given
        assert right == graph.is_valid_adjustment("x", "y", (*given, "s"))
        assert question.is_valid_among(graph.numbers(given)) == (set(given) in selected), given
    minimal = [sorted(s) for s in everybody if not any(t < s for t in everybody)]
    assert sorted(graph.adjustment_sets("x", "y")) == sorted(minimal)
    analysis = analyse(graph, "x", "y")
    assert analysis.identified == bool(everybody)
    among = [] if everybody else [sorted(s) for s in selected if not any(t < s for t in selected)]
    assert sorted(map(list, analysis.sets_among)) == sorted(among)
    assert (analysis.suggested is None) == (not selected)


def test_a_selected_node_may_be_anywhere():
    def analysis(text: str, *adjusted: str):
        return analyse(read_graph(text), "x", "y", adjusted)

    after = analysis("dag { x [e] y [o] s [selected] x -> s y -> s x -> y }")
    assert not after.identified
    assert after.note.key == "causal.note_selected_after"
    assert after.selected == ("s",)
    opened = analysis("dag { u [latent] s [selected] x -> s <- u -> y x -> y }")
    assert opened.note.key == "causal.note_selected_path"
    assert "x → s ← u → y" in str(opened.note)
    assert ("x", "s") in opened.biasing_edges
    text = "dag { s [selected] a -> {x y s} x -> y }"
    assert analysis(text).note.key == "causal.note_among_adjust"
    assert analysis(text, "a").note.key == "causal.note_among_valid"
    assert not analysis(text, "a").valid
    assert analysis(text).to_frame()["about"].tolist() == ["selected"]
    assert analysis("dag { s [selected] a -> {y s} x -> y }").note.key == "causal.note_among_valid"
    harmless = analysis("dag { s [selected] x -> s x -> y }")
    assert harmless.valid
    assert harmless.note.key == "causal.note_nothing"
    for end in ("x", "y"):
        assert not analysis(f"dag {{ {end} [selected] x -> y }}").identified


def test_instruments_are_asked_among_the_selected_rows():
    text = "dag {{ u [latent] {} u -> {{x y}} z -> x -> y {} }}"
    assert analyse(read_graph(text.format("", "")), "x", "y").instruments
    for selection in ("z -> s <- u", "x -> s", "y -> s"):
        graph = read_graph(text.format("s [selected]", selection))
        assert analyse(graph, "x", "y").instruments == ()
