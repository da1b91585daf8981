"""A saved effect's question asked in many ways, from what is saved."""

from __future__ import annotations

from causalrec.causal.effects.effect import Effect
from causalrec.causal.effects.specifications import Specifications
from causalrec.runs.record.runner import run_inline


def test_it_asks_what_the_effect_asked(workspace) -> None:
    run_inline(workspace, "shop", {"users": 300, "items": 40, "impressions": 9_000, "seed": 1})
    asked = {"dataset": "shop", "covariates": ("activity", "past_purchase"), "estimator": "ols"}
    asked |= {"treatment": "promotion", "outcome": "purchase", "unit": "user", "name": "one"}
    effect = run_inline(workspace, "estimate", asked)
    curve = run_inline(workspace, "ask-many-ways", {"effect": "one"})
    assert isinstance(effect, Effect)
    assert isinstance(curve, Specifications)
    assert curve.about.measure == effect.measure
    assert curve.about.arms == effect.arms
    same = curve.rows.query("estimator == 'ols' and target == 'ATE'")["value"]
    assert list(same) == [effect.value]
