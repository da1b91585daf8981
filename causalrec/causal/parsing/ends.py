"""What the two ends of an edge say, by its arrow or by Graphviz' attributes.

Graphviz: graphviz.org/docs/attrs/dir and attr-types/arrowType. causal-learn, Tetrad and pcalg
write every edge with ``dir=both`` and say its direction by ``arrowtail`` and ``arrowhead``.
"""

from __future__ import annotations

from collections.abc import Mapping

from causalrec.causal.parsing.source import Source
from causalrec.core.errors import GraphError

__all__ = ["STYLED", "direction"]

STYLED = ("dir", "arrowhead", "arrowtail")
"""Attributes that say what an edge means."""
USUAL = {"->": "forward", "--": "none"}
DRAWN = {
    "forward": (False, True),
    "back": (True, False),
    "both": (True, True),
    "none": (False, False),
}
END = {"none": "", "": "", "dot": "o", "odot": "o"}
"""Ends of Graphviz that are no arrowheads; what draws a head of any other form is one."""


def direction(source: Source, at: int, arrow: str, given: Mapping[str, str]) -> str:
    """``->``, ``<-`` or ``<->``: what an edge means.

    Args:
        source: the text.
        at: where the arrow stands.
        arrow: as written.
        given: the edge's attributes, defaults among them.

    Raises:
        GraphError: the edge has no direction, or an end that is not known.
    """
    meant = _styled(source, at, arrow, given) if arrow in USUAL else arrow
    if meant in ("->", "<-", "<->"):
        return meant
    circle = "@" in meant or "o" in meant
    key = "causal.circle" if circle else "causal.undirected"
    raise source.refuse(at, key, hint="causal.undirected_hint", arrow=meant)


def _styled(source: Source, at: int, arrow: str, given: Mapping[str, str]) -> str:
    way = given.get("dir", "").lower() or USUAL[arrow]
    if way not in DRAWN:
        raise _no_way(source, at, way)
    tail, head = (
        END.get(given.get(end, "normal").lower(), ">") if drawn else ""
        for end, drawn in zip(("arrowtail", "arrowhead"), DRAWN[way], strict=True)
    )
    meant = f"{tail.replace('>', '<')}-{head}"
    return "--" if meant == "-" else meant


def _no_way(source: Source, at: int, way: str) -> GraphError:
    return source.refuse(
        at, "causal.read_unexpected", hint="causal.undirected_hint", found=f"dir={way}"
    )
