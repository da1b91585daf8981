"""The truth of a made-up world, where the question is one that it can answer."""

from __future__ import annotations

from typing import Any

from causalrec.causal.effect import Effect
from causalrec.core.errors import CausalRecError
from causalrec.core.words import Text
from causalrec.tasks.shop import shop_of
from causalrec.workspace import Thing, Workspace

__all__ = ["true_value"]

TREATMENTS = ("promotion", "position")
OUTCOMES = ("click", "purchase", "revenue")


def true_value(place: Workspace, thing: Thing, effect: Effect) -> tuple[float, Text] | None:
    """The true effect on everybody, and what it is about; None where nobody can know."""
    refs = [ref for ref in thing.made_from if ref.kind == "dataset"]
    if not refs or effect.treatment not in TREATMENTS or effect.outcome not in OUTCOMES:
        return None
    shop = shop_of(place.thing("dataset", refs[0].name, refs[0].version))
    asked: dict[str, Any] = thing.meta.get("asked") or {}
    by_user = asked.get("unit") == "user"
    if shop is None or by_user != (effect.treatment == "promotion"):
        return None
    try:
        if by_user:
            measure: Any = asked.get("measure", "any")
            value = shop.true_effect(effect.treatment, effect.outcome, measure=measure)
        else:
            levels: Any = "step"
            if effect.arms:
                levels = (int(float(effect.arms[1])), int(float(effect.arms[0])))
            value = shop.true_effect(effect.treatment, effect.outcome, levels=levels)
    except (CausalRecError, ValueError):
        return None
    return float(value), Text("page_effects.truth_everybody")
