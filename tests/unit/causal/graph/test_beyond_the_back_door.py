"""Instruments, front doors and mediators against their definitions, set by set."""

from __future__ import annotations

import itertools
import random

import networkx as nx
import pytest

from causalrec.causal.graph.bitgraph import bits
from causalrec.causal.graph.causal_graph import CausalGraph
from causalrec.causal.graph.front_door import is_front_door, mediation_set

GRAPHS = 300
"""Of so many random graphs at least 15 have a front door, 30 an instrument, 15 mediators."""


def random_graph(seed: int) -> CausalGraph:
    rng = random.Random(seed)
    names = ["x", "y", *"abcd"[: rng.randint(1, 4)]]
    order = rng.sample(names, len(names))
    density = rng.uniform(0.25, 0.6)
    edges = [pair for pair in itertools.combinations(order, 2) if rng.random() < density]
    if order.index("y") < order.index("x"):
        edges = [(b, a) for a, b in edges]
    pairs = list(itertools.combinations(names, 2))
    arcs = [pair for pair in pairs if rng.random() < 0.12]
    latent = [name for name in names[2:] if rng.random() < 0.15]
    return CausalGraph(edges, names, latent, arcs)


def directed(graph: CausalGraph) -> nx.DiGraph:
    """The same graph with a node for each common cause."""
    whole = nx.DiGraph(graph.edges)
    whole.add_nodes_from(graph.nodes)
    for i, (a, b) in enumerate(graph.bidirected):
        whole.add_edges_from([(f"u{i}", a), (f"u{i}", b)])
    return whole


def cut(whole: nx.DiGraph, nodes) -> nx.DiGraph:
    """Without what leaves the nodes."""
    copy = whole.copy()
    copy.remove_edges_from(list(whole.out_edges(nodes)))
    return copy


def separated(whole: nx.DiGraph, left, right, given) -> bool:
    return not left or nx.is_d_separator(whole, set(left), set(right), set(given))


def subsets(names):
    return [set(s) for k in range(len(names) + 1) for s in itertools.combinations(names, k)]


def seen(graph: CausalGraph) -> list[str]:
    return [n for n in graph.nodes if n not in graph.latent and n not in ("x", "y")]


def front_door(whole: nx.DiGraph, through: set[str]) -> bool:
    """Pearl, 1995: all directed paths cut, no back door to it, all from it closed by x."""
    if nx.has_path(whole.subgraph(set(whole) - through), "x", "y"):
        return False
    behind = separated(cut(whole, ["x"]), through, {"x"}, ())
    return behind and separated(cut(whole, through), through, {"y"}, {"x"})


@pytest.fixture(scope="module")
def graphs() -> list[CausalGraph]:
    return [random_graph(seed) for seed in range(GRAPHS)]


def test_front_doors_are_the_minimal_sets_of_the_definition(graphs):
    some = 0
    for graph in graphs:
        whole = directed(graph)
        valid = [s for s in subsets(seen(graph)) if front_door(whole, s)]
        minimal = {frozenset(s) for s in valid if not any(other < s for other in valid)}
        listed = graph.frontdoor_sets("x", "y")
        assert set(listed) == minimal, graph
        assert len(listed) == len(minimal)
        question = graph.question("x", "y")
        for s in subsets(seen(graph)):
            assert is_front_door(question, graph.numbers(s)) == (s in valid), (graph, s)
        some += bool(minimal - {frozenset()})
    assert some >= 15


def test_instruments_are_valid_and_all_ancestral_ones_are_listed(graphs):
    some = 0
    for graph in graphs:
        whole = directed(graph)
        between = nx.descendants(whole, "x") & (nx.ancestors(whole, "y") | {"y"})
        effectless = whole.copy()
        effectless.remove_edges_from([("x", b) for b in set(whole.successors("x")) & between])
        below = nx.descendants(effectless, "y") | nx.descendants(whole, "x") | {"x", "y"}
        listed = dict(graph.instruments("x", "y"))

        def valid(z, given, graph=effectless):
            apart = separated(graph, {z}, {"y"}, given)
            return apart and not separated(graph, {z}, {"x"}, given)

        for z in seen(graph):
            above = nx.ancestors(effectless, z) | nx.ancestors(effectless, "y")
            may = [n for n in seen(graph) if n != z and n not in below]
            if z in listed:
                assert listed[z] <= set(may), (graph, z)
                assert valid(z, listed[z]), (graph, z)
            elif between:
                assert not any(valid(z, s) for s in subsets([n for n in may if n in above]))
        some += bool(listed)
    assert some >= 30


def test_mediators_and_what_to_adjust_for_them_are_those_of_the_definition(graphs):
    some = 0
    for graph in graphs:
        whole = directed(graph)
        between = nx.descendants(whole, "x") & nx.ancestors(whole, "y")
        through = set(graph.mediators("x", "y"))
        assert through == between & set(seen(graph))
        if not through:
            continue
        below = nx.descendants(whole, "x")
        no_x, no_m = cut(whole, ["x"]), cut(whole, through)

        def closes(given, no_x=no_x, no_m=no_m, through=through):
            return separated(no_x, {"x"}, through | {"y"}, given) and separated(
                no_m, through, {"y"}, given | {"x"}
            )

        sets = [s for s in subsets([n for n in seen(graph) if n not in below]) if closes(s)]
        word = mediation_set(graph.question("x", "y"), graph.numbers(through))
        assert (word is None) == (not sets), graph
        if word is not None:
            assert set(graph.names(word)) in sets
            assert not any(set(graph.names(word & ~(1 << i))) in sets for i in bits(word))
            some += 1
    assert some >= 15


def test_textbook_front_door_and_the_instruments_of_a_page():
    graph = CausalGraph([("t", "m"), ("m", "y"), ("z", "t")], bidirected=[("t", "y")])
    assert graph.frontdoor_sets("t", "y") == [frozenset({"m"})]
    assert graph.instruments("t", "y") == [("z", frozenset())]
    assert graph.mediators("t", "y") == ("m",)
    assert graph.adjustment_sets("t", "y") == []


def test_a_cause_of_mediator_and_outcome_belongs_to_the_front_door():
    graph = CausalGraph([("t", "m"), ("m", "y"), ("c", "m"), ("c", "y")], bidirected=[("t", "y")])
    assert graph.frontdoor_sets("t", "y") == [frozenset({"c", "m"})]


def test_where_rows_are_selected_no_front_door_is_told():
    graph = CausalGraph([("t", "m"), ("m", "y"), ("y", "s")], bidirected=[("t", "y")])
    assert graph.with_roles(selected="s").frontdoor_sets("t", "y") == []


def test_a_limit_ends_the_list():
    edges = [("x", "a"), ("a", "b"), ("b", "c"), ("c", "y")]
    graph = CausalGraph(edges, bidirected=[("x", "y")])
    assert graph.frontdoor_sets("x", "y") == [frozenset(s) for s in "abc"]
    assert len(graph.frontdoor_sets("x", "y", limit=2)) == 2
