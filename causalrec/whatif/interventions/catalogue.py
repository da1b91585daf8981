"""The shelf of interventions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from causalrec.core.catalogue import Catalogue

if TYPE_CHECKING:
    from causalrec.whatif.interventions.intervention_kinds import Intervention

__all__ = ["INTERVENTIONS", "intervention"]

_HERE = "causalrec.whatif.interventions"

INTERVENTIONS: Catalogue[type[Intervention]] = Catalogue(
    "intervention",
    {
        "boost-item": f"{_HERE}.boost_item:BoostItem",
        "boost-category": f"{_HERE}.boost_category:BoostCategory",
        "boost-segment-category": f"{_HERE}.boost_segment_category:BoostSegmentCategory",
        "hide-items": f"{_HERE}.hide_items:HideItems",
        "popularity-penalty": f"{_HERE}.popularity_penalty:PopularityPenalty",
        "diversify": f"{_HERE}.diversify:Diversify",
        "explore": f"{_HERE}.explore:Explore",
        "treat": f"{_HERE}.treat:Treat",
    },
)
"""What one can change: lists, and (last) a treatment."""


def intervention(name: str, **params: object) -> Intervention:
    """An intervention by name.

    ``intervention("boost-category", category="Books", strength=1.0).apply(policy)`` is another
    policy; ``intervention("treat", node="promotion", value=1)`` sets a treatment instead.

    Raises:
        NotFoundError: no intervention has the name.
        ParamError: a parameter is unknown, out of range or missing.
    """
    return INTERVENTIONS[name](**params)
