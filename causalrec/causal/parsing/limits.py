"""How large a graph may be that is read from a text or a document."""

from __future__ import annotations

import os
from dataclasses import dataclass

from causalrec.core.errors import GraphError

__all__ = ["Limits", "limits"]

MOST = {"characters": 1_000_000, "nodes": 2_000, "edges": 10_000}
"""Beyond these, drawing and analysing take longer than a person waits."""


@dataclass(frozen=True)
class Limits:
    """Most characters of a text, most nodes and most edges of a graph."""

    characters: int
    nodes: int
    edges: int

    def too_many(self, what: str) -> GraphError:
        """The refusal of what goes beyond a limit: characters, nodes or edges."""
        most: int = getattr(self, what)
        return GraphError(
            f"causal.too_many_{what}", hint="causal.limit_hint", most=most, setting=setting(what)
        )


def setting(what: str) -> str:
    """The environment variable that raises a limit."""
    return f"CAUSALREC_GRAPH_{what.upper()}"


def limits() -> Limits:
    """The limits in force: ``$CAUSALREC_GRAPH_CHARACTERS``, ``_NODES`` and ``_EDGES``.

    Raises:
        GraphError: a setting is no whole number above 0.
    """
    return Limits(**{what: _limit(what, usual) for what, usual in MOST.items()})


def _limit(what: str, usual: int) -> int:
    given = os.environ.get(setting(what), "").strip()
    if not given:
        return usual
    if not (given.isascii() and given.isdecimal()) or int(given[:18]) == 0:
        raise GraphError(
            "causal.bad_limit",
            hint="causal.bad_limit_hint",
            setting=setting(what),
            value=given[:40],
        )
    return int(given[:18])
