"""JSON: the editor's own document, and networkx' node-link data."""

from __future__ import annotations

import json
import re

from causalrec.causal.formats.graph_format import GraphFormat
from causalrec.causal.formats.json_document import from_document, to_document
from causalrec.causal.graph.causal_graph import CausalGraph
from causalrec.causal.parsing.source import Source

__all__ = ["JSONText"]

BEGINNING = re.compile(r'\[|\{\s*(?:\}|"[^"\\]*(?:\\.[^"\\]*)*"\s*:)', re.DOTALL)
"""How JSON begins; a group of DAGitty's (``{x y} -> z``) begins with a brace, too."""


class JSONText(GraphFormat):
    """The one written form of a graph, as text."""

    name = "json"
    suffix = "json"
    mime = "application/json"
    source = "RFC 8259"

    def recognises(self, source: Source) -> bool:
        """A list, or an object with a key in quotes."""
        return BEGINNING.match(source.text.lstrip()) is not None

    def read(self, source: Source) -> CausalGraph:
        """The graph of a document's text.

        Raises:
            GraphError: it cannot be read, is too long, or its graph is cyclic.
        """
        return from_document(_json(source))

    def write(self, graph: CausalGraph) -> str:
        """The editor's document."""
        return json.dumps(to_document(graph), ensure_ascii=False, indent=1)


def _json(source: Source) -> dict[str, object]:
    """The document of a text.

    Raises:
        GraphError: it is no JSON, or no object.
    """
    try:
        document = json.loads(source.text)
    except json.JSONDecodeError as error:
        raise source.refuse(error.pos, "causal.read_bad_json", why=error.msg) from error
    except (RecursionError, ValueError) as error:
        raise source.refuse(0, "causal.read_bad_json", why=str(error)) from error
    if not isinstance(document, dict):
        raise source.refuse(0, "causal.read_json", hint="causal.read_json_hint")
    return document
