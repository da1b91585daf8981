"""DAGitty's text: the only one of these that has bidirected edges of its own."""

from __future__ import annotations

from causalrec.causal.formats.graph_format import GraphFormat
from causalrec.causal.graph.causal_graph import CausalGraph
from causalrec.causal.parsing.grammar import read_arrows
from causalrec.causal.parsing.model_code import is_model_code, read_model_code
from causalrec.causal.parsing.node_lines import id_of, node_line
from causalrec.causal.parsing.source import Source

__all__ = ["Dagitty"]

HEADS = ("dag", "pdag", "mag", "pag")
WORDS = {"treatment": "exposure"}


class Dagitty(GraphFormat):
    """DAGitty text; columns and instruments are attributes that DAGitty ignores."""

    name = "dagitty"
    suffix = "txt"
    source = "Textor, van der Zander, Gilthorpe, Liskiewicz and Ellison, 2016"

    def recognises(self, source: Source) -> bool:
        """A head of DAGitty's, or its older model code; mere arrows are no one's."""
        return source.text.split(maxsplit=1)[0].lower() in HEADS or is_model_code(
            source.text.strip()
        )

    def read(self, source: Source) -> CausalGraph:
        """The graph of DAGitty's text, of its older model code, or of mere arrows.

        Raises:
            GraphError: it cannot be read, is too long, or its graph is cyclic.
        """
        body = Source(source.text.strip())
        return read_model_code(body) if is_model_code(body.text) else read_arrows(source)

    def write(self, graph: CausalGraph) -> str:
        """The graph as ``dag { … }``."""
        lines = []
        for name in graph.nodes:
            marks = ["latent"] if name in graph.latent else []
            marks += [WORDS.get(role, role) for role in graph.roles.get(name, ())]
            lines.append(node_line(graph, name, marks))
        lines += [f"{id_of(a)} -> {id_of(b)}" for a, b in graph.edges]
        lines += [f"{id_of(a)} <-> {id_of(b)}" for a, b in graph.bidirected]
        return "\n".join(["dag {", *lines, "}", ""])
