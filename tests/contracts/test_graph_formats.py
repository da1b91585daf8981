"""Every text format of a graph: the same contract. A new one is run by being listed."""

from __future__ import annotations

import pytest
from practice_entries import add_entry

import causalrec as cr
from causalrec.causal.formats import FORMATS
from causalrec.causal.formats.graph_format import GraphFormat
from causalrec.causal.formats.graph_text import check_length, read_graph, write_graph
from causalrec.causal.formats.json_document import to_document
from causalrec.causal.parsing.source import Source
from causalrec.core.errors import GraphError, NotFoundError
from causalrec.core.words import LANGUAGES, table

GRAPH = cr.CausalGraph(
    [("活动 & \"x\"", "click"), ("activity", "click"), ("click", "purchase")],
    bidirected=[("activity", "purchase")],
    latent=["活动 & \"x\""],
    bindings={"click": "clicked 'once'"},
    roles={"click": ["treatment"], "purchase": ["outcome"], "activity": ["adjusted"]},
    positions={"click": (1.5, -2.0)},
)  # fmt: skip


@pytest.mark.parametrize("name", list(FORMATS))
def test_it_declares_itself(name):
    entry = FORMATS[name]
    assert issubclass(entry, GraphFormat)
    assert entry.name == name
    assert entry.source
    assert entry.suffix.isalnum()
    assert "/" in entry.mime
    for lang in LANGUAGES:
        assert entry.word().key in table(lang)


@pytest.mark.parametrize("name", list(FORMATS))
def test_what_it_writes_is_recognised_by_it_alone_and_read_back(name):
    text = write_graph(GRAPH, name)
    knows = [one for one, written in FORMATS.items() if written().recognises(Source(text))]
    assert knows == [name]
    read = read_graph(text)
    assert read.positions["click"] == GRAPH.positions["click"]
    assert (read.nodes, read.edges, read.bidirected) == (
        GRAPH.nodes,
        GRAPH.edges,
        GRAPH.bidirected,
    )
    assert (read.latent, read.roles, read.bindings) == (GRAPH.latent, GRAPH.roles, GRAPH.bindings)


@pytest.mark.parametrize("name", list(FORMATS))
def test_a_text_cut_short_is_no_graph_and_the_refusal_says_so_in_words(name):
    text = write_graph(GRAPH, name)
    with pytest.raises(GraphError) as refusal:
        read_graph(text[: len(text) // 2])
    assert refusal.value.hint
    assert refusal.value.text.to("zh") != str(refusal.value.text)


@pytest.mark.parametrize("name", list(FORMATS))
def test_memory_is_bounded_by_the_length_of_the_text(name, monkeypatch):
    text = write_graph(GRAPH, name)
    monkeypatch.setenv("CAUSALREC_GRAPH_CHARACTERS", str(len(text) - 1))
    with pytest.raises(GraphError):
        read_graph(text)
    monkeypatch.setenv("CAUSALREC_GRAPH_CHARACTERS", str(len(text)))
    check_length(len(text))
    assert read_graph(text).nodes == GRAPH.nodes


def test_an_unknown_format_has_a_near_name():
    with pytest.raises(NotFoundError) as refusal:
        write_graph(GRAPH, "dagity")
    assert FORMATS.default in str(refusal.value.hint)


def exported(app, workspace, lang: str) -> list[str]:
    """The exports that the Graph page offers."""
    workspace.save_json("graph", "mine", to_document(GRAPH))
    workspace.set(graph="mine")
    test = app("graph", state={"graph-menu-export": True}, w=workspace.id, lang=lang)
    assert not test.exception
    return [button.proto.label for button in test.get("download_button")]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_offers_every_format(app, workspace, lang):
    assert exported(app, workspace, lang) == [one.word().to(lang) for one in FORMATS.values()]


MATRIX = """
    from causalrec.causal.formats.graph_format import GraphFormat
    from causalrec.causal.graph.causal_graph import CausalGraph

    class Matrix(GraphFormat):
        name = "matrix"
        suffix = "csv"
        source = "Nobody"

        def recognises(self, source):
            return source.text.startswith("cause,effect")

        def read(self, source):
            rows = [row.split(",") for row in source.text.split()[1:]]
            return CausalGraph([(cause, effect) for cause, effect in rows])

        def write(self, graph):
            return "cause,effect\\n" + "\\n".join(map(",".join, graph.edges))
"""


def test_a_file_a_line_and_words_are_a_format_on_the_page(app, workspace, tmp_path, monkeypatch):
    words = {"causal.format_matrix": "Table of edges"}
    add_entry(monkeypatch, tmp_path, FORMATS, "matrix = matrix_text:Matrix", MATRIX, words)
    plain = cr.CausalGraph([("a", "b"), ("b", "c")])
    assert read_graph(write_graph(plain, "matrix")) == plain
    for lang, label in (("en", "Table of edges"), ("zh", "Table of edges 中")):
        assert exported(app, workspace, lang)[-1] == label
