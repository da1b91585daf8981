"""Graphs as text of other tools: DAGitty, DOT, GML, and our JSON."""

from __future__ import annotations

import json
import re

from causalrec.causal.document import from_document, to_document
from causalrec.causal.formats.arrows import read_arrows, write_dagitty, write_dot
from causalrec.causal.formats.gml import read_gml, write_gml
from causalrec.causal.graph import CausalGraph
from causalrec.core.errors import GraphError, unknown_name

__all__ = ["FORMS", "read_text", "write_text"]

LONGEST = 2_000_000
FORMS = ("dagitty", "dot", "gml", "json")


def read_text(text: str) -> CausalGraph:
    """The graph of a text in any of the four forms.

    Raises:
        GraphError: it is none of them, is too long, or its graph is cyclic.
    """
    body = text.lstrip("\ufeff").strip()
    if len(body) > LONGEST:
        raise GraphError("causal.too_long", hint="causal.unreadable_hint", longest=LONGEST)
    if not body:
        raise GraphError("causal.no_text", hint="causal.unreadable_hint")
    if body[0] in "{[":
        return _read_json(body)
    if re.search(r"^\s*graph\s*\[", body, flags=re.MULTILINE | re.IGNORECASE):
        return read_gml(body)
    try:
        return read_arrows(body)
    except RecursionError as error:
        raise GraphError(
            "causal.unreadable", hint="causal.unreadable_hint", where=body[:40]
        ) from error


def _read_json(body: str) -> CausalGraph:
    try:
        document = json.loads(body)
    except (json.JSONDecodeError, RecursionError) as error:
        where = f"{error}"[:80]
        raise GraphError("causal.unreadable", hint="causal.unreadable_hint", where=where) from error
    if not isinstance(document, dict):
        raise GraphError("causal.unreadable", hint="causal.unreadable_hint", where=body[:40])
    return from_document(document)


def write_text(graph: CausalGraph, form: str) -> str:
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
