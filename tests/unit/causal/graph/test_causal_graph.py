"""The graph: identification against DAGitty, networkx and brute force; formats; hostile names."""

from __future__ import annotations

import itertools
import json
import os
import random
from pathlib import Path

import networkx as nx
import pytest

from causalrec.causal.formats import FORMATS
from causalrec.causal.formats.graph_text import read_graph, write_graph
from causalrec.causal.formats.json_document import from_document, to_document
from causalrec.causal.graph.bitgraph import BitGraph, bits, mask
from causalrec.causal.graph.causal_graph import CausalGraph
from causalrec.causal.identification.adjustment_report import analyse
from causalrec.core.errors import GraphError, NotFoundError

BENCH = Path(os.environ.get("CAUSALREC_BENCH_DATA", "../shared/data"))
FORMS = tuple(FORMATS)


def oracle(name: str) -> list[dict]:
    path = BENCH / "dag_oracle" / f"{name}.json"
    if not path.exists():
        assert os.environ.get("CI") != "true", f"{path} must be there in CI"
        pytest.skip(f"{path} is not here")
    return json.loads(path.read_text())


@pytest.mark.parametrize("name", ["named_examples", "dev_200"])
def test_all_minimal_sets_and_instruments_are_dagittys(name):
    for case in oracle(name):
        graph = CausalGraph(case["edges"], nodes=case["nodes"], latent=case["latent"])
        mine = graph.adjustment_sets(case["x"], case["y"])
        assert sorted(mine) == sorted(case["minimal_adjustment_sets"])
        if "conditional_instruments" in case:
            found = graph.question(case["x"], case["y"]).instruments()
            listed = sorted([graph.nodes[z], list(graph.names(s))] for z, s in found)
            assert listed == sorted(case["conditional_instruments"])
        if case.get("canonical") and mine:
            assert graph.is_valid_adjustment(case["x"], case["y"], case["canonical"])


def test_dagittys_teaching_texts_are_read_and_written():
    folder = BENCH / "dagitty_examples"
    if not folder.exists():
        assert os.environ.get("CI") != "true"
        pytest.skip(f"{folder} is not here")
    for file in sorted(folder.glob("*.txt")):
        graph = read_graph(file.read_text())
        assert graph.marked("treatment") or file.stem == "Sebastiani_2005"
        for form in FORMS:
            again = read_graph(write_graph(graph, form))
            assert again == graph, (file.stem, form)
            for node, (x, y) in graph.positions.items():
                assert again.positions[node] == pytest.approx((x, y), abs=0.001)


def random_graph(seed: int, n: int = 6) -> CausalGraph:
    rng = random.Random(seed)
    names = [f"v{i}" for i in range(n)]
    edges = [(a, b) for a, b in itertools.combinations(names, 2) if rng.random() < 0.4]
    latent = [name for name in names if rng.random() < 0.2]
    arcs = [pair for pair in itertools.combinations(names, 2) if rng.random() < 0.08]
    return CausalGraph(edges, nodes=names, latent=latent, bidirected=arcs)


def spelled_out(graph: CausalGraph) -> nx.DiGraph:
    """The graph with each bidirected edge as a node of its own."""
    made = nx.DiGraph(list(graph.edges))
    made.add_nodes_from(graph.nodes)
    for i, (a, b) in enumerate(graph.bidirected):
        made.add_edges_from([(f"_{i}", a), (f"_{i}", b)])
    return made


def is_open(graph: nx.DiGraph, path: list[str], given: set[str]) -> bool:
    for before, node, after in zip(path, path[1:], path[2:], strict=False):
        if graph.has_edge(before, node) and graph.has_edge(after, node):
            if not (nx.descendants(graph, node) | {node}) & given:
                return False
        elif node in given:
            return False
    return True


def biasing(graph: nx.DiGraph, x: str, y: str, given: set[str]) -> list[list[str]]:
    paths = nx.all_simple_paths(graph.to_undirected(), x, y)
    return [
        path
        for path in paths
        if is_open(graph, path, given)
        and not all(graph.has_edge(a, b) for a, b in itertools.pairwise(path))
    ]


def valid_by_force(graph: CausalGraph, x: str, y: str, given: set[str]) -> bool:
    """No member at or after a causal path, and every non-causal path closed."""
    whole = spelled_out(graph)
    between = {
        node
        for node in whole.nodes
        if node != x and nx.has_path(whole, x, node) and nx.has_path(whole, node, y)
    }
    after = set().union(*[nx.descendants(whole, node) | {node} for node in between], {x, y})
    if given & (after | graph.latent):
        return False
    return not biasing(whole, x, y, given)


@pytest.mark.parametrize("seed", range(60))
def test_sets_are_those_of_brute_force(seed):
    graph = random_graph(seed)
    rng = random.Random(seed)
    x, y = rng.sample(graph.nodes, 2)
    others = [name for name in graph.nodes if name not in (x, y)]
    subsets = [set(s) for k in range(5) for s in itertools.combinations(others, k)]
    valid = [s for s in subsets if valid_by_force(graph, x, y, s)]
    for s in subsets:
        assert graph.is_valid_adjustment(x, y, s) == (s in valid)
    minimal = [sorted(s) for s in valid if not any(other < s for other in valid)]
    assert graph.adjustment_sets(x, y) == sorted(minimal, key=lambda s: (len(s), s))


@pytest.mark.parametrize("seed", range(60))
def test_biasing_edges_are_those_on_open_paths(seed):
    graph = random_graph(seed + 1000)
    rng = random.Random(seed)
    x, y = rng.sample(graph.nodes, 2)
    given = {name for name in graph.nodes if name not in (x, y) and rng.random() < 0.35}
    whole = spelled_out(graph)
    expected = set()
    for path in biasing(whole, x, y, given):
        expected |= {
            (a, b) if whole.has_edge(a, b) else (b, a) for a, b in itertools.pairwise(path)
        }
    found = analyse(graph, x, y, given)
    assert found.complete
    assert set(found.biasing_edges) == {e for e in expected if not e[0].startswith("_")}
    arcs = {graph.bidirected[int(a[1:])] for a, _ in expected if a.startswith("_")}
    assert set(found.biasing_arcs) == arcs
    assert found.n_biasing_paths == len(biasing(whole, x, y, given))
    on_causal = set()
    for path in nx.all_simple_paths(whole, x, y):
        on_causal |= set(itertools.pairwise(path))
    assert set(found.causal_edges) == on_causal


def test_the_search_that_is_cut_colours_too_many_edges_never_too_few():
    from causalrec.causal.graph.paths import open_paths

    for seed in range(30):
        graph = random_graph(seed + 5000, n=7)
        question = graph.question("v0", "v6")
        whole, cut = open_paths(question, 0), open_paths(question, 0, budget=1)
        assert whole.edges <= cut.edges


def test_separation_is_networkxs():
    rng = random.Random(3)
    for seed in range(40):
        graph = spelled_out(random_graph(seed, n=8))
        names = list(graph.nodes)
        index = {name: i for i, name in enumerate(names)}
        own = BitGraph.of(len(names), [(index[a], index[b]) for a, b in graph.edges])
        for _ in range(20):
            x, y = rng.sample(names, 2)
            z = {name for name in names if name not in (x, y) and rng.random() < 0.3}
            mine = own.separated(1 << index[x], 1 << index[y], mask(index[v] for v in z))
            assert mine == nx.is_d_separator(graph, {x}, {y}, z)


def test_bits_are_positions():
    assert list(bits(0b10110)) == [1, 2, 4]
    assert mask([1, 2, 4]) == 0b10110


def test_a_cycle_is_named():
    with pytest.raises(GraphError, match="a → b → c → a"):
        CausalGraph([("a", "b"), ("b", "c"), ("c", "a")])
    graph = CausalGraph([("a", "b")])
    with pytest.raises(GraphError) as caught:
        graph.with_edge("b", "a")
    assert caught.value.hint
    with pytest.raises(GraphError, match="a → a"):
        CausalGraph([("a", "a")])


def test_nothing_is_changed_in_place():
    graph = CausalGraph([("a", "b")], bindings={"a": "col"})
    more = graph.with_edge("c", "a").with_roles(treatment="a", outcome="b").with_latent("c")
    assert graph.edges == (("a", "b"),)
    assert graph.roles == {}
    assert more.marked("treatment") == ("a",)
    assert more.with_roles(treatment="c").marked("treatment") == ("c",)
    assert more.without_node("c") == graph.with_roles(treatment="a", outcome="b")
    assert more.without_edge("c", "a").nodes == more.nodes
    assert more.with_bidirected("b", "a").bidirected == (("a", "b"),)
    assert hash(graph) == hash(CausalGraph([("a", "b")], bindings={"a": "col"}))


def test_hostile_names_are_data_in_every_form():
    nasty = ['<script>alert("x")</script>', "a -> b", "x{;}", "graph", 'q"\\', "]", "节点", "1 2"]
    graph = CausalGraph(
        [*itertools.pairwise(nasty)],
        latent=nasty[:1],
        bidirected=[(nasty[0], nasty[3])],
        bindings={nasty[1]: 'col"umn]'},
        roles={nasty[2]: ["treatment", "adjusted"], nasty[4]: ["instrument"]},
        positions={nasty[5]: (1.5, -2.25)},
    )
    for form in FORMS:
        again = read_graph(write_graph(graph, form))
        assert again == graph, form
        assert again.positions[nasty[5]] == (1.5, -2.25) or form == "json"


@pytest.mark.parametrize(
    "text",
    [
        "", "   ", "{", "[1,2]", '{"nodes": 3}', "dag {", "dag { a -> }", "dag { a -- b }",
        "a @ -> b {",
        "graph [ node [ id 0 ]",
        "graph [ edge [ source 0 target 9 ] ]", "dag { a -> b -> a }",
        '{"nodes":[{"id":"a"}],"edges":[{"from":"a","to":"zz"}]}', "<html>",
        "digraph { a -> b [dir=",
        "graph [" * 200, "{" * 5000, "a {" + "{" * 50_000, "dag {" + "{" * 300 + "}",
    ],
)  # fmt: skip
def test_unreadable_text_is_a_sentence(text):
    with pytest.raises(GraphError) as caught:
        read_graph(text)
    assert caught.value.hint or "cycle" in str(caught.value)


def test_dialects_are_recognised():
    edges = {("a", "b"), ("b", "c")}
    for text in (
        'dag { bb="0,0,1,1" a -> b -> c }',
        "digraph G { node [shape=box]; a; b; a -> b; b -> c [color=red] }",
        'strict digraph "x y" { {a} -> {b}; c -> b [dir=back] }',
        (
            'Creator "me"\ngraph [ directed 1 node [ id 1 label "a" ] node [ id 2 label "b" ] '
            'node [ id 3 label "c" ] edge [ source 1 target 2 ] edge [ source 2 target 3 ] ]'
        ),
        (
            '{"nodes": [{"id": "a"}, {"id": "b"}, {"id": "c"}], '
            '"links": [{"source": "a", "target": "b"}, {"source": "b", "target": "c"}]}'
        ),
        "a -> b\nb -> c",
    ):
        assert set(read_graph(text).edges) == edges, text
    hidden = read_graph('digraph { U [label="Unseen", observed="no"]; U -> {x y}; x -> y }')
    assert hidden.latent == {"Unseen"}


def test_the_editors_document_goes_round():
    graph = CausalGraph(
        [("a", "b")], latent=["u"], bidirected=[("a", "b")], roles={"a": "treatment"},
        bindings={"b": "click"}, positions={"a": (1.0, 2.0)},
    )  # fmt: skip
    document = to_document(graph, revision=7)
    json.dumps(document)
    assert document["revision"] == 7
    assert from_document(document) == graph
    document["nodes"][0]["label"] = "renamed"
    assert "renamed" in from_document(document).nodes
    document["nodes"][1]["label"] = "renamed"
    with pytest.raises(GraphError, match="renamed"):
        from_document(document)


def test_what_to_measure_where_nothing_identifies():
    graph = CausalGraph([("u", "x"), ("u", "y"), ("x", "y"), ("z", "x")], latent=["u"])
    found = analyse(graph, "x", "y")
    assert not found.identified
    assert found.suggested is None
    assert [str(m) for m in found.measure] == ["u"]
    assert found.instruments == (("z", ()),)
    assert "x ← u → y" in str(found.note)
    hidden = analyse(CausalGraph([("x", "y")], bidirected=[("x", "y")]), "x", "y")
    assert "x ↔ y" in str(hidden.note)
    assert "共同原因" in hidden.note.to("zh")


def test_the_suggested_set_prefers_nodes_with_columns():
    edges = [("a", "x"), ("a", "m"), ("m", "y"), ("x", "y")]
    assert analyse(CausalGraph(edges), "x", "y").suggested == ("a",)
    assert analyse(CausalGraph(edges, bindings={"m": "col"}), "x", "y").suggested == ("m",)


def test_adjusting_after_the_treatment_is_told():
    found = analyse(CausalGraph([("x", "m"), ("m", "y"), ("m", "d")]), "x", "y", ["d"])
    assert found.after_treatment == ("d",)
    assert not found.valid
    assert analyse(CausalGraph([("y", "x")]), "x", "y").note.key == "causal.note_no_path"


def test_names_and_questions_that_make_no_sense():
    graph = CausalGraph([("a", "b")])
    with pytest.raises(GraphError, match="Did you mean a"):
        graph.adjustment_sets("aa", "b")
    with pytest.raises(GraphError):
        graph.adjustment_sets("a", "a")
    with pytest.raises(GraphError):
        CausalGraph([("a", "b")], roles={"a": ["king"]})
    with pytest.raises(GraphError):
        CausalGraph([("", "b")])
    with pytest.raises(GraphError):
        CausalGraph(["ab"])
    with pytest.raises(GraphError):
        CausalGraph([("a", "b" * 201)])
    with pytest.raises(GraphError):
        CausalGraph([], bidirected=[("a", "a")])
    with pytest.raises(NotFoundError):
        write_graph(graph, "xml")


def test_many_sets_are_capped_and_said_so():
    edges = [("x", "y")]
    for i in range(8):
        edges += [("x0", f"a{i}"), (f"a{i}", f"b{i}"), (f"b{i}", "y")]
    graph = CausalGraph([*edges, ("x0", "x")], latent=["x0"])
    found = analyse(graph, "x", "y", limit=50)
    assert found.capped
    assert len(found.sets) == 50
    assert len(graph.adjustment_sets("x", "y")) == 2**8
