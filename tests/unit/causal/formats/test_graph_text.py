"""Graph text by grammar: what is read, what is refused and where, and what others can read."""

from __future__ import annotations

import json
import re
import warnings

import networkx as nx
import pydot
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from causalrec.causal.formats import FORMATS
from causalrec.causal.formats.graph_text import read_graph, write_graph
from causalrec.causal.graph.causal_graph import CausalGraph
from causalrec.core.errors import GraphError

FORMS = tuple(FORMATS)
IGRAPH = """Creator "igraph"
Version 1
graph [ directed 1 node [ id 0 name "p" ] node [ id 1 name "q" ]
 edge [ source 0 target 1 value 3 ] ]"""
NODE_LINK = """{"directed": true, "nodes": [{"id": 1}, {"id": 2}],
 "edges": [{"source": 1, "target": 2}]}"""


def edges(text: str) -> set[str]:
    graph = read_graph(text)
    return {f"{a}>{b}" for a, b in graph.edges} | {f"{a}={b}" for a, b in graph.bidirected}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("dag { e -> o; {p [e]} -> {q [o]} }", "e>o p>q"),
        ('dag { l -> p; {m [label="l", l]} -> q }', "l>p m>q"),  # a label that is another's key
        ("digraph { rank; {rank=same; b} -> c }", "b>c"),
        ("dag { x -> {a -> b} }", "x>a x>b a>b"),
        ("dag{a->{b->{c->d}}}", "a>b a>c a>d b>c b>d c>d"),
        ("{p[e]} <- a -> m <- b -> {q[o]}", "a>p a>m b>m b>q"),
        ("strict dag { p -> m -> a b }", "p>m m>a"),
        ("DiGraph G { {a, b} -> c; d, f; }", "a>c b>c"),
        ("digraph {\n  graph [rankdir=LR];\n  a -> b\n};", "a>b"),
        ('digraph { subgraph cluster_1 { graph [label="One"]\n a -> b } -> c }', "a>b a>c b>c"),
        ("digraph { edge [dir=back] a -> b { edge [dir=forward] c -> d } e -> f }", "b>a c>d f>e"),
        ("digraph { a -> b [dir=both, arrowtail=none, arrowhead=normal] }", "a>b"),
        ("digraph { a -> b [arrowhead=none, arrowtail=vee, dir=both] }", "b>a"),
        ("digraph { a -> b [dir=both]; b -> c [arrowtail=odot] }", "a=b b>c"),
        ("graph { a -- b [dir=forward]; c <-> d }", "a>b c=d"),
        ("dag { a -> b [beta=-0.5, pos=\"-1,2\"]; -1 -> 2.5 }", "a>b -1>2.5"),
        ("dag { o->b a -> o }", "o>b a>o"),
        ("digraph { a:p:ne -> b:q # why\n // c -> d\n /* e -> f */ }", "a>b"),
        ("digraph { 'a b' -> \"c\" + \"d\"; \"x\\\ny\" -> z }", "a b>cd xy>z"),
        ("digraph { node [shape=box]; \"node\" -> x }", "node>x"),
        ("a -> b; b -> c\nd\nuser-id -> 点击", "a>b b>c user-id>点击"),
        ("bb=\"0,0,1,1\"\na -> b", "a>b"),
        ("graph[directed 1node[id 0label\"A\"]node[id 1label\"B\"]edge[source 0target 1]]", "A>B"),
        (IGRAPH, "p>q"),
        (NODE_LINK, "1>2"),
        ("A 1 @0.1,0.2\nS%20S E\nT O @1,2\n\nA S%20S @.3,.4 T\nS%20S T", "A>S S A>T S S>T"),
        ("A E 1\nB O 1\n\nA B", "A>B"),
        ("A U\nB 1\nC 1\n\nA B C\nB A", "A=B A>C"),
    ],
)  # fmt: skip
def test_grammars_are_read(text, expected):
    known = re.split(r" (?=\S+(?: \S)?[>=])", expected)
    if "S S" in expected:
        known = ["A>S S", "A>T", "S S>T"]
    assert edges(text) == set(known) if expected != "a b>cd xy>z" else {"a b>cd", "xy>z"}


@pytest.mark.parametrize(
    ("label", "name"),
    [
        (r'"Time\nspent\lhere\r"', "Time spent here"), ("<Age>", "Age"),
        ("<<b>A&amp;B</b>>", "A&B"), (r'"say \"so\" \\ now"', r'say "so" \ now'),
        (r'"\N"', "a"), (r'"\N of \G"', "a of G"), ('"" + "A" + "b"', "Ab"), ('""', "a"),
        ('"A &lt; B"', "A < B"), ("<one<br/>two>", "one two"),
    ],
)  # fmt: skip
def test_labels_say_what_graphviz_draws(label, name):
    assert read_graph(f"digraph G {{ a [label={label}]; a -> b }}").nodes == (name, "b")


@pytest.mark.parametrize(
    ("text", "place", "key"),
    [
        ("hello world", (1, 7), "read_after"),
        ("hello", (1, 1), "read_no_arrow"),
        ("x = 5\na -> b", (1, 3), "read_after"),
        ("a -> b\nbecause a is b", (2, 9), "read_after"),
        ("Here it is:\ndag { a -> b }", (1, 6), "read_after"),
        ("y ~ x + z", (1, 3), "read_arrow"),
        ("y =~ x1", (1, 3), "read_arrow"),
        ("from,to\na,b", (1, 5), "read_after"),
        ("a --> b", (1, 3), "read_arrow"),
        ("a => b", (1, 3), "read_arrow"),
        ("X ← U → Y", (1, 3), "read_character"),
        ("X↔Y", (1, 2), "read_character"),
        ("g <- dagitty('dag { a -> b }')", (1, 13), "read_character"),
        ("flowchart TD\nA --> B", (1, 11), "read_after"),
        ("graph TD; A-->B", (1, 1), "read_reserved"),
        ("[a][b|a]", (1, 2), "read_bad_json"),
        ("dag { a -> b } dag { c -> d }", (1, 16), "read_more"),
        ("dag {\n  a -> b\n", (1, 5), "read_unclosed"),
        ("dag { a [e }", (1, 12), "read_unexpected"),
        ("dag { a [e", (1, 9), "read_unclosed"),
        ("dag { a -> }", (1, 12), "read_unexpected"),
        ("dag { a -> b /* }", (1, 14), "read_unclosed"),
        ('dag { a -> "b }', (1, 12), "read_unclosed"),
        ("dag { a -> <b }", (1, 12), "read_unclosed"),
        ("dag { a, b -> c }", (1, 10), "read_comma"),
        ("dag { a -> b, c }", (1, 13), "read_comma"),
        ("dag { node -> b }", (1, 7), "read_reserved"),
        ("dag { a -> (b) }", (1, 12), "read_character"),
        ("dag { a [latent=maybe] }", (1, 7), "read_mark"),
        ("dag { a " + "{" * 101, (1, 109), "read_deep"),
        ("dag { a -> " + "b" * 201 + " }", (1, 12), "long_name"),
        ("pag { a <-@ b }", (1, 9), "circle"),
        ("pag { a --@ b }", (1, 9), "circle"),
        ("pag { a o-o b }", (1, 9), "circle"),
        ("pag { a <-o b }", (1, 9), "circle"),
        ("digraph { a -> b [dir=both, arrowtail=odot] }", (1, 13), "circle"),
        ("digraph { a -> b [arrowhead=none] }", (1, 13), "undirected"),
        ("digraph { edge [dir=none] a -> b }", (1, 29), "undirected"),
        ("digraph { a -> b [dir=up] }", (1, 13), "read_unexpected"),
        ("pdag {\n a -> b\n b -- c }", (3, 4), "undirected"),
        ("graph [ node [ id 0 ] node [ id 1 ] edge [ source 0 target 1 ] ]", (1, 1), "undirected"),
        ("graph [ directed 1 node [ id 0 ]\n edge [ target 9 ] ]", (2, 2), "read_no_node"),
        ('graph [ directed 1 node [ id 0 label "a ] ]', (1, 38), "read_unclosed"),
        ("graph [ directed 1 node [ id ] ]", (1, 30), "read_unexpected"),
        ("graph [ directed 1 node [ id 0 ]", (1, 7), "read_unclosed"),
        ("A 1\nB 1\n\nA B\nA C", (5, 3), "read_no_node"),
        ('{"nodes": [}', (1, 12), "read_bad_json"),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_refused_with_its_place(text, place, key):
    with pytest.raises(GraphError) as caught:
        read_graph(text)
    error = caught.value
    assert error.hint
    assert error.text.key == "causal.read_at"
    assert error.text.values["what"].key == f"causal.{key}"
    assert (error.text.values["line"], error.text.values["column"]) == place
    assert "行" in error.text.to("zh")


@pytest.mark.parametrize(
    "document",
    [
        {}, {"hello": 1}, {"nodes": []}, {"nodes": ["a"], "edges": []}, {"a": ["b"]}, [1], [],
        {"nodes": [{"id": "a"}], "adjacency": [[]], "directed": True},
        {"elements": {"nodes": [{"data": {"id": "a"}}], "edges": []}},
        {"nodes": [{"id": True}], "edges": []}, {"nodes": [{"x": 1}], "edges": []},
        {"nodes": [{"id": 1}, {"id": 2}], "links": [{"source": 1, "target": 2}], "directed": False},
        {"nodes": [{"id": 1, "observed": "maybe"}], "links": []},
    ],
)  # fmt: skip
def test_json_of_another_shape_is_no_graph(document):
    with pytest.raises(GraphError) as caught:
        read_graph(json.dumps(document))
    assert caught.value.hint


def test_marks_are_the_same_in_every_format():
    nodes: dict[str, dict[str, object]] = {
        "x": {"source": 1}, "y": {"target": "yes"}, "u": {"observed": "no"}, "l": {"u": True},
        "s": {"selected": "true"}, "a": {"a": "1"}, "n": {"latent": 0, "exposure": "no"},
    }  # fmt: skip
    listed = [{"id": name, **mark} for name, mark in nodes.items()]
    pairs = [(name, *next(iter(mark.items()))) for name, mark in nodes.items()]
    gml = "\n".join(f'node [ id "{name}" {mark} "{says}" ]' for name, mark, says in pairs)
    texts = [
        json.dumps({"nodes": listed, "edges": []}),
        f"graph [ directed 1\n{gml} ]",
        "dag { x [source] y [target] u [observed=no] l [u] s [selected] a [a] n [latent=0] }",
        "digraph { "
        + "".join(f'{{ node [{mark}="{says}"] {name} }}' for name, mark, says in pairs)
        + "}",
    ]
    marks = {"x": "treatment", "y": "outcome", "s": "selected", "a": "adjusted"}
    for text in texts:
        graph = read_graph(text)
        assert graph.latent == {"u", "l"}, text
        assert graph.roles == {name: (role,) for name, role in marks.items()}, text


def test_names_are_cleaned_wherever_they_stand():
    graph = read_graph('dag { "x " [exposure,pos="1,2",column=c] " x" -> y }')
    assert graph.nodes == ("x", "y")
    assert (graph.roles, graph.bindings, graph.positions) == (
        {"x": ("treatment",)}, {"x": "c"}, {"x": (1.0, 2.0)}
    )  # fmt: skip
    text = (
        'graph [ directed 1 node [ id 0 label "two\nlines" treatment 1 ] node [ id 1 label "b" ] ]'
    )
    assert read_graph(text).marked("treatment") == ("two lines",)
    numbers = CausalGraph(
        [(1, 2)], roles={1: "treatment"}, bindings={2: "c"}, positions={1: (0, 0)}
    )
    assert numbers.marked("treatment") == ("1",)
    assert numbers.adjustment_sets(1, "2 ") == [[]]
    assert numbers.with_roles(outcome=[2]).marked("outcome") == ("2",)
    assert numbers.without_edge(1, 2).edges == ()
    assert numbers.without_node(" 1").nodes == ("2",)


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("characters", "a -> b" + " " * 2000), ("nodes", "dag { " + " ".join("abcdefghij") + " }"),
        ("nodes", "a 1\n" * 1 + "".join(f"b{i} 1\n" for i in range(9)) + "\na b1"),
        ("nodes", json.dumps({"nodes": [{"id": i} for i in range(9)], "edges": []})),
        ("nodes", "graph [ " + "".join(f"node [ id {i} ] " for i in range(9)) + "]"),
        ("edges", "dag { {a b c d} -> {e f g h} }"), ("edges", "a -> b\n" * 13),
    ],
)  # fmt: skip
def test_limits_are_named_and_raised_by_a_setting(monkeypatch, what, text):
    read_graph(text)
    for name, most in (("CHARACTERS", 1000), ("NODES", 8), ("EDGES", 12)):
        monkeypatch.setenv(f"CAUSALREC_GRAPH_{name}", str(most))
    with pytest.raises(GraphError) as caught:
        read_graph(text)
    assert caught.value.text.key == f"causal.too_many_{what}"
    assert f"CAUSALREC_GRAPH_{what.upper()}" in str(caught.value.hint)
    monkeypatch.setenv(f"CAUSALREC_GRAPH_{what.upper()}", "many")
    with pytest.raises(GraphError, match="many"):
        read_graph(text)


def test_exports_are_what_other_tools_read(tmp_path):
    """Bidirected edges too, a bow among them: as a cause that nobody observed, never as a cause."""
    graph = CausalGraph(
        [("a", "b"), ("Größe & \"x\"", "价格")], latent=["价格"], roles={"a": "selected"},
        bidirected=[("a", "b"), ("价格", "b")], bindings={"a": "α"}, positions={"b": (1.5, -2.0)},
    )  # fmt: skip
    causes = {
        ("a", "b"),
        ('Größe & "x"', "价格"),
        ("U1", "a"),
        ("U1", "b"),
        ("U2", "价格"),
        ("U2", "b"),
    }
    file = tmp_path / "graph.gml"
    file.write_text(write_graph(graph, "gml"), encoding="ascii")
    read = nx.read_gml(file)
    assert set(read.edges) == causes
    assert {n for n, no in read.nodes(data="observed") if no == "no"} == {"U1", "U2", "价格"}
    nx.write_gml(read, file)
    assert read_graph(file.read_text(encoding="ascii")).edges == graph.edges
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydot's own use of an older parser
        (drawn,) = pydot.graph_from_dot_data(write_graph(graph, "dot"))
    assert len(drawn.get_edges()) == len(causes)
    for text in (*(write_graph(graph, form) for form in FORMS), drawn.to_string()):
        assert read_graph(text) == graph
    many = write_graph(CausalGraph([], bidirected=[("x", "y")], nodes=["U1"]), "dot")
    assert read_graph(many).nodes == ("U1", "x", "y")


def test_columns_keep_every_character():
    odd = "\x00\x85 &#133; \u2028 é 😀"
    graph = CausalGraph([("a", "b")], bindings={"a": odd})
    for form in FORMS:
        assert read_graph(write_graph(graph, form)).bindings == {"a": odd}, form


WORDS = r"""dag { digraph } graph [ ] node edge subgraph -> <- <-> -- @-> o-> ; , = : + " ' < > /*
# \ */ a b "x y" [e] [label= <b> id 0 directed 1 source target label "A" -1 .5 é → ~ ( bidirected //
{"nodes":[ {"id":"a"} ],"edges":[]} pos="1,2" latent=no"""
PARTS = st.sampled_from([*WORDS.split(), "\n", "\u200b", "\ud800"])


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.one_of(st.lists(PARTS, max_size=30).map(" ".join), st.text(max_size=60)))
def test_any_text_is_a_graph_or_a_graph_error(text):
    """As the docstring of `from_text` promises; what is read comes back from every form."""
    found = read(text)
    if isinstance(found, GraphError):
        assert found.hint
        assert found.text.to("zh")
        return
    for form in FORMS:
        assert read_graph(write_graph(found, form)) == found, form


def read(text: str) -> CausalGraph | GraphError:
    try:
        return read_graph(text)
    except GraphError as error:
        return error
