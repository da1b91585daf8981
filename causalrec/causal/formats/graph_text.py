"""Graphs as text of other tools: DAGitty, DOT, GML, and our JSON."""

from __future__ import annotations

import json
import re

from causalrec.causal.formats.gml import is_gml, read_gml
from causalrec.causal.formats.grammar import read_arrows
from causalrec.causal.formats.json_document import from_document, to_document
from causalrec.causal.formats.limits import limits, too_many
from causalrec.causal.formats.model_code import is_model_code, read_model_code
from causalrec.causal.formats.source import Source
from causalrec.causal.formats.writing import write_dagitty, write_dot, write_gml
from causalrec.causal.graph.causal_graph import CausalGraph
from causalrec.core.errors import GraphError, unknown_name

__all__ = ["FORMS", "check_length", "read_graph", "write_graph"]

FORMS = ("dagitty", "dot", "gml", "json")
JSON = re.compile(r'\[|\{\s*(?:\}|"[^"\\]*(?:\\.[^"\\]*)*"\s*:)', re.DOTALL)
"""How JSON begins; a group of DAGitty's (``{x y} -> z``) begins with a brace, too."""


def read_graph(text: str) -> CausalGraph:
    """The graph of a text in any of the four forms.

    Raises:
        GraphError: it is none of them, is too long, or its graph is cyclic.
    """
    check_length(len(text))
    source = Source(text.removeprefix("\ufeff"))
    if not source.text.strip():
        raise GraphError("causal.no_text", hint="causal.unreadable_hint")
    if JSON.match(source.text.lstrip()):
        return from_document(_json(source))
    if is_gml(source):
        return read_gml(source)
    body = Source(source.text.strip())
    if is_model_code(body.text):
        return read_model_code(body)
    return read_arrows(source)


def check_length(characters: int) -> None:
    """Refuse a text of so many characters where that is too long.

    Raises:
        GraphError: it is.
    """
    most = limits().characters
    if characters > most:
        raise too_many("characters", most)


def _json(source: Source) -> dict[str, object]:
    try:
        document = json.loads(source.text)
    except json.JSONDecodeError as error:
        raise source.refuse(error.pos, "causal.read_bad_json", why=error.msg) from error
    except (RecursionError, ValueError) as error:
        raise source.refuse(0, "causal.read_bad_json", why=str(error)) from error
    if not isinstance(document, dict):
        raise source.refuse(0, "causal.read_json", hint="causal.read_json_hint")
    return document


def write_graph(graph: CausalGraph, form: str) -> str:
    """The graph as text.

    Raises:
        NotFoundError: there is no such form.
    """
    if form == "json":
        return json.dumps(to_document(graph), ensure_ascii=False, indent=1)
    writers = {"dagitty": write_dagitty, "dot": write_dot, "gml": write_gml}
    if form not in writers:
        raise unknown_name("graph format", form, FORMS)
    return writers[form](graph)
