"""GML, as networkx and igraph write it.

It has no bidirected edges: each is written as a node that nobody observed and that causes both,
with a mark that tells us to read it back as an edge.
"""

from __future__ import annotations

from causalrec.causal.formats.graph_format import GraphFormat
from causalrec.causal.graph.causal_graph import CausalGraph
from causalrec.causal.graph.node_names import stand_ins
from causalrec.causal.parsing.gml_text import is_gml, read_gml
from causalrec.causal.parsing.source import Source

__all__ = ["GML"]


class GML(GraphFormat):
    """GML text in 7-bit ASCII with labels, marks, columns and places."""

    name = "gml"
    suffix = "gml"
    source = "Himsolt, 1997"

    def recognises(self, source: Source) -> bool:
        """Keys with values, then ``graph [`` and a key."""
        return is_gml(source)

    def read(self, source: Source) -> CausalGraph:
        """The graph of GML text.

        Raises:
            GraphError: it cannot be read, is too long, or its graph is cyclic.
        """
        return read_gml(source)

    def write(self, graph: CausalGraph) -> str:
        """The graph as ``graph [ … ]``."""
        lines = ["graph [", "  directed 1"]
        for i, name in enumerate(graph.nodes):
            marks = ["latent 1", 'observed "no"'] if name in graph.latent else []
            marks += [f"{role} 1" for role in graph.roles.get(name, ())]
            if name in graph.bindings:
                marks.append(f'column "{_ascii(graph.bindings[name])}"')
            if name in graph.positions:
                x, y = graph.positions[name]
                marks.append(f"graphics [ x {x:.3f} y {y:.3f} ]")
            lines.append(_node(i, name, marks))
        index = {name: i for i, name in enumerate(graph.nodes)}
        pairs = [(index[a], index[b]) for a, b in graph.edges]
        numbered = enumerate(
            zip(graph.bidirected, stand_ins(graph.nodes), strict=False), start=len(index)
        )
        for i, ((a, b), name) in numbered:
            lines.append(_node(i, name, ["bidirected 1", "latent 1", 'observed "no"']))
            pairs += [(i, index[a]), (i, index[b])]
        lines += [f"  edge [ source {a} target {b} ]" for a, b in pairs]
        return "\n".join([*lines, "]", ""])


def _node(i: int, name: str, marks: list[str]) -> str:
    return "\n".join(
        ["  node [", *(f"    {m}" for m in (f"id {i}", f'label "{_ascii(name)}"', *marks)), "  ]"]
    )


def _ascii(text: str) -> str:
    """A text as GML may hold it: numeric entities for what is no plain ASCII."""
    plain = text.replace("&", "&#38;").replace('"', "&#34;")
    return "".join(c if " " <= c <= "~" else f"&#{ord(c)};" for c in plain)
