"""Graphs as text: read in whichever format it is, written in the one that is asked for."""

from __future__ import annotations

from causalrec.causal.formats import FORMATS
from causalrec.causal.formats.graph_format import GraphFormat
from causalrec.causal.graph.causal_graph import CausalGraph
from causalrec.causal.parsing.limits import limits
from causalrec.causal.parsing.source import Source
from causalrec.core.errors import GraphError

__all__ = ["check_length", "read_graph", "write_graph"]


def read_graph(text: str) -> CausalGraph:
    """The graph of a text in any of the formats.

    Raises:
        GraphError: it is none of them, is too long, or its graph is cyclic.
    """
    check_length(len(text))
    source = Source(text.removeprefix("\ufeff"))
    if not source.text.strip():
        raise GraphError("causal.no_text", hint="causal.unreadable_hint")
    # From the strictest to the loosest, which takes what no other knows for its own.
    formats = [written() for written in FORMATS.values()][::-1]
    reader: GraphFormat = next(
        (one for one in formats if one.recognises(source)), FORMATS[FORMATS.default]()
    )
    return reader.read(source)


def check_length(characters: int) -> None:
    """Refuse a text of so many characters where that is too long.

    Raises:
        GraphError: it is.
    """
    most = limits()
    if characters > most.characters:
        raise most.too_many("characters")


def write_graph(graph: CausalGraph, form: str) -> str:
    """The graph as text in a format, a name in `FORMATS`.

    Raises:
        NotFoundError: there is no such format.
    """
    text: str = FORMATS[form]().write(graph)
    return text
