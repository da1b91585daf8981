"""DOT, Graphviz' text.

It has no bidirected edges. Each is written as what it stands for, a node that nobody observed and
that causes both, so that networkx, dowhy and Graphviz see no cause where there is none; a mark
tells us to read it back as an edge.
"""

from __future__ import annotations

import re

from causalrec.causal.formats.graph_format import GraphFormat
from causalrec.causal.graph.causal_graph import ROLES, CausalGraph
from causalrec.causal.graph.node_names import stand_ins
from causalrec.causal.parsing.grammar import read_arrows
from causalrec.causal.parsing.node_lines import id_of, line, node_line
from causalrec.causal.parsing.source import Source

__all__ = ["Dot"]

HEAD = re.compile(r'\s*(?:strict\s+)?(?:di)?graph\s*(?:"[^"\n]*"|\w+)?\s*\{', re.IGNORECASE)
HIDDEN = ("latent=true", 'observed="no"', "style=dashed")
"""An unobserved node is dashed, and dowhy knows it by ``observed="no"``."""


class Dot(GraphFormat):
    """DOT text; its grammar is a part of the one that DAGitty's text is read by."""

    name = "dot"
    suffix = "dot"
    source = "Gansner and North, 2000"

    def recognises(self, source: Source) -> bool:
        """A head of Graphviz', ``strict digraph "name" {``."""
        return HEAD.match(source.text) is not None

    def read(self, source: Source) -> CausalGraph:
        """The graph of DOT text.

        Raises:
            GraphError: it cannot be read, is too long, or its graph is cyclic.
        """
        return read_arrows(source)

    def write(self, graph: CausalGraph) -> str:
        """The graph as ``digraph { … }``."""
        lines = []
        for name in graph.nodes:
            marks = list(HIDDEN) if name in graph.latent else []
            marks += [f"{role}=true" for role in ROLES if role in graph.roles.get(name, ())]
            lines.append(node_line(graph, name, marks) + ";")
        lines += [f"{id_of(a)} -> {id_of(b)};" for a, b in graph.edges]
        for (a, b), name in zip(graph.bidirected, stand_ins(graph.nodes), strict=False):
            lines.append(line(name, ["bidirected=true", *HIDDEN]) + ";")
            lines += [f"{id_of(name)} -> {id_of(end)} [style=dashed];" for end in (a, b)]
        return "\n".join(["digraph {", *lines, "}", ""])
