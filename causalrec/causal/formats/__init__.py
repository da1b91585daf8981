"""Graphs as text of other tools, and as one JSON document; one file and one line a format."""

from __future__ import annotations

from typing import TYPE_CHECKING

from causalrec.core.catalogue import Catalogue

if TYPE_CHECKING:
    from causalrec.causal.formats.graph_format import GraphFormat

__all__ = ["FORMATS"]

FORMATS: Catalogue[type[GraphFormat]] = Catalogue(
    "graph format",
    {
        "dagitty": "causalrec.causal.formats.dagitty:Dagitty",
        "dot": "causalrec.causal.formats.dot:Dot",
        "gml": "causalrec.causal.formats.gml:GML",
        "json": "causalrec.causal.formats.json_text:JSONText",
    },
)
"""``name -> GraphFormat``. The default reads what none of the others knows for its own."""
