"""The truth of a made-up world, where the question is one that it can answer."""

from __future__ import annotations

from causalrec.causal.effects.effect import Effect
from causalrec.core.words import Text
from causalrec.shop.effect_question import EffectQuestion
from causalrec.tasks.data.shop import shop_of
from causalrec.workspace import Thing, Workspace

__all__ = ["has_truth", "true_value"]


def has_truth(place: Workspace, thing: Thing, effect: Effect) -> bool:
    """Whether the effect's data are of a made-up world that knows the answer (looked up only)."""
    data = _dataset(place, thing)
    is_shop = data is not None and data.meta.get("shop") is not None
    return is_shop and _question(thing, effect).answerable


def true_value(place: Workspace, thing: Thing, effect: Effect) -> tuple[float, Text] | None:
    """The true effect on everybody, and what it is about; None where nobody can know."""
    data = _dataset(place, thing)
    shop = None if data is None else shop_of(data)
    value = None if shop is None else _question(thing, effect).answer(shop)
    return None if value is None else (value, Text("page_effects.truth_everybody"))


def _dataset(place: Workspace, thing: Thing) -> Thing | None:
    """What the effect was estimated from."""
    ref = next((ref for ref in thing.made_from if ref.kind == "dataset"), None)
    return None if ref is None else place.find("dataset", ref.name, ref.version)


def _question(thing: Thing, effect: Effect) -> EffectQuestion:
    asked = thing.meta.get("asked") or {}
    return EffectQuestion(
        treatment=effect.treatment,
        outcome=effect.outcome,
        by_user=asked.get("unit") == "user",
        measure=asked.get("measure", "any"),
        arms=effect.arms,
    )
