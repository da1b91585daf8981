"""The truth of a made-up world, where the question is one that it can answer."""

from __future__ import annotations

from typing import Any

from causalrec.causal.effects.effect import Effect
from causalrec.core.errors import CausalRecError
from causalrec.core.words import Text
from causalrec.shop.truth import OUTCOMES
from causalrec.tasks.data.shop import shop_of
from causalrec.workspace import Thing, Workspace

__all__ = ["has_truth", "true_value"]

TREATMENTS = ("promotion", "position")


def has_truth(place: Workspace, thing: Thing, effect: Effect) -> bool:
    """Whether the effect's data are of a made-up world that knows the answer (looked up only)."""
    refs = [ref for ref in thing.made_from if ref.kind == "dataset"]
    if not refs or effect.treatment not in TREATMENTS or effect.outcome not in OUTCOMES:
        return False
    by_user = (thing.meta.get("asked") or {}).get("unit") == "user"
    if by_user != (effect.treatment == "promotion"):
        return False
    data = place.find("dataset", refs[0].name, refs[0].version)
    return data is not None and data.meta.get("shop") is not None


def true_value(place: Workspace, thing: Thing, effect: Effect) -> tuple[float, Text] | None:
    """The true effect on everybody, and what it is about; None where nobody can know."""
    if not has_truth(place, thing, effect):
        return None
    ref = next(ref for ref in thing.made_from if ref.kind == "dataset")
    shop = shop_of(place.thing("dataset", ref.name, ref.version))
    assert shop is not None
    asked: dict[str, Any] = thing.meta.get("asked") or {}
    try:
        if effect.treatment == "promotion":
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
