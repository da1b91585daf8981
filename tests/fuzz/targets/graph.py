"""Graph text: DAGitty, DOT, GML, JSON and prose, mixed, cut and with odd letters."""

from __future__ import annotations

from random import Random
from typing import Any

from causalrec.causal.formats.graph_text import read_graph, write_graph
from causalrec.causal.formats.json_document import from_document, to_document
from causalrec.causal.identification.adjustment_report import analyse

SAMPLES = [
    (
        'dag {\nbb="0,0,1,1"\nA [exposure,pos="0.1,0.2"]\nB [outcome,pos="1,2"]\nC [latent]\n'
        "A -> B\nC -> A\nC -> B\nA <-> B\n}"
    ),
    (
        'strict digraph "g" { node [shape=box]; subgraph s { a; b } a -> {b c}; "x y" -> a '
        '[label="<b>"]; edge [dir=back]; c -> d [dir=both]; rankdir=LR }'
    ),
    'digraph G { a -> b -> c; d [label="D", latent=true, column="col"]; /* no */ a:p -> d // x\n}',
    (
        'graph [\n directed 1\n node [ id 0 label "A" latent 1 graphics [ x 1 y 2 ] ]\n'
        ' node [ id 1 label "B" outcome 1 ]\n edge [ source 0 target 1 ]\n]'
    ),
    (
        '{"nodes":[{"id":"a","x":1,"y":2,"treatment":true},{"id":"b","latent":true}],'
        '"edges":[{"from":"a","to":"b","bidirected":false}],"revision":3}'
    ),
    '{"nodes":[{"id":1},{"id":2}],"links":[{"source":1,"target":2}],"directed":true}',
    *("A -> B\nB <- C\nD", "dag{X->Y;Z->{X Y}}", "mag { A <-> B }", "pdag { A -- B @-> C }"),
    "A E @1,2\nB O @3,4\n\nA B",
    "The weather decides -> sales",
    "  ╙── a\n      └─╼ b",
]
_BITS = [
    *("->", "<-", "<->", "--", "@->", "{", "}", "[", "]", '"', "'", "\\", ";", ",", "=", ":", "<"),
    *("/*", "*/", "//", "#", "\n", "\x00", "graph [", "node", "edge", "subgraph", "dag {", "label"),
    *(
        "digraph {",
        "pos",
        "1e999",
        "nan",
        "é",
        "\u202e",
        "😀",
        "a",
        "B",
        "id 0",
        "exposure",
        "null",
    ),
    *("dir=both", "arrowhead=none", "]]", "{}", "{{", "-1", "\t", "\ufeff", "\u2028", "0,0"),
]


def make(r: Random) -> dict[str, Any]:
    if r.random() < 0.15:
        return {
            "text": "".join(r.choice(_BITS) + r.choice(["", " "]) for _ in range(r.randrange(40)))
        }
    text = r.choice(SAMPLES)
    for _ in range(r.choice([0, 1, 1, 2, 4, 9])):
        at = r.randrange(len(text) + 1)
        other = r.choice(SAMPLES)
        text = r.choice(
            [
                text[:at] + r.choice(_BITS) + text[at:],
                text[:at] + text[at + r.choice([1, 2, 9]) :],
                text[:at] + text[at : at + 15] + text[at:],
                text[:at] + other[r.randrange(len(other)) :][:30] + text[at:],
                text[:at]
                + chr(r.choice([0, 9, 0x200B, 0x1F600, r.randrange(32, 0xD7FF)]))
                + text[at:],
            ]
        )
    if r.random() < 0.01:
        text = text * r.choice([50, 2_000])
    return {"text": text}


def run(case: dict[str, Any]) -> None:

    used(read_graph(case["text"]))


def used(graph: Any) -> None:
    """A graph is written and comes back, and is asked."""

    for form in ("dagitty", "dot", "gml", "json"):
        assert read_graph(write_graph(graph, form)) == graph, form
    assert from_document(to_document(graph)) == graph
    names = list(graph.nodes)[:3]
    if len(names) > 1:
        graph.adjustment_sets(names[0], names[1], 20)
        told = analyse(graph, names[0], names[1], names[2:3])
        told.note.to("zh")
