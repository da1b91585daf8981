"""Whom an effect is about, and rows that stand for several people."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import causalrec as cr
from causalrec.causal.estimation.estimation_problem import TARGETS
from causalrec.causal.estimators import ESTIMATORS
from causalrec.core.errors import DataError
from causalrec.core.words import LANGUAGES, table

SEVERAL = [
    name for name in ESTIMATORS.where(checks=None, causal=True, costly=False)
    if "ATC" in ESTIMATORS[name].targets and name not in ("ols", "reverse-regression")
]  # fmt: skip


def world(n: int = 1500, seed: int = 0) -> pd.DataFrame:
    """Treatment and effect, 1 + x, both grow with x."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    t = (rng.random(n) < 1 / (1 + np.exp(-x))).astype(int)
    frame = pd.DataFrame({"x": x, "t": t, "y": x + t * (1 + x) + 0.5 * rng.normal(size=n)})
    return frame.assign(w=np.exp(0.5 * x), other=1 - t)


def answer(frame: pd.DataFrame, **asked) -> cr.Effect:
    how = {"treatment": "t", "outcome": "y", "cluster": None, **asked}
    return cr.estimate(frame, ["x"], **how)


def test_every_target_has_words_wherever_one_is_told() -> None:
    for lang in LANGUAGES:
        for target in TARGETS:
            one = target.lower()
            keys = {f"causal.who_{one}", f"causal.estimand_{one}", f"page_effects.target_{one}"}
            keys |= {f"causal.param_target_{one}", f"answer.whom_{one}_user"}
            assert keys <= set(table(lang))


@pytest.mark.parametrize("name", SEVERAL)
def test_the_others_are_the_treated_of_the_treatment_turned_round(name: str) -> None:
    frame = world()
    atc = answer(frame, estimator=name, target="ATC")
    turned = answer(frame, estimator=name, target="ATT", treatment="other")
    # Folds are drawn anew, which moves an answer by a fraction of its error.
    assert atc.value == pytest.approx(-turned.value, abs=0.5 * atc.se)
    assert atc.se == pytest.approx(turned.se, rel=0.25)
    # Five errors of the mean effect on those who had none, which is known in this draw.
    truth = 1 + frame["x"][frame["t"] == 0].mean()
    assert atc.value == pytest.approx(truth, abs=5 * atc.se)
    assert atc.value < answer(frame, estimator=name, target="ATT").value - 0.4
    assert (atc.target, atc.estimand.key) == ("ATC", "causal.estimand_atc")


def test_one_that_tells_of_the_same_people_always_says_so() -> None:
    frame = world()
    asked = answer(frame, estimator="overlap-weights", target="ATT")
    plain = answer(frame, estimator="overlap-weights", target="overlap")
    assert asked.target == plain.target == "overlap"
    assert asked.value == plain.value == answer(frame, estimator="ipw", target="overlap").value
    assert "aimed" in asked.flags
    assert "aimed" not in plain.flags
    refused = answer(frame, estimator="matching", target="overlap")
    assert refused.reason.key == "causal.refuse_target"


@pytest.mark.parametrize("name", ["ols", "interacted", "entropy-balancing", "difference"])
def test_a_row_of_weight_two_counts_as_two_rows(name: str) -> None:
    frame = world(300)
    frame["w"] = 1 + (np.arange(300) % 2)
    twice = pd.concat([frame, frame[frame["w"] == 2]])
    weighted = answer(frame, estimator=name, weights="w")
    assert weighted.value == pytest.approx(answer(twice, estimator=name).value, abs=1e-7)
    assert weighted.n == 300
    assert weighted.weights == "w"
    assert any(text.key == "causal.assume_weights" for text in weighted.assumptions)
    assert weighted.baseline == pytest.approx(answer(twice, estimator=name).baseline)


@pytest.mark.parametrize("name", [n for n in SEVERAL if ESTIMATORS[n].by_weight])
def test_weights_move_an_effect_to_those_whom_the_rows_stand_for(name: str) -> None:
    """With weights exp(x / 2) the mean of x, and of 1 + x, is half a unit higher."""
    frame = world()
    one = answer(frame, estimator=name, weights="w")
    truth = 1 + np.average(frame["x"], weights=frame["w"])
    # Five errors; without the weights the answer would be ten away.
    assert one.value == pytest.approx(truth, abs=5 * one.se)
    assert one.value - answer(frame, estimator=name).value > 0.3
    constant = answer(frame.assign(w=7.0), estimator=name, weights="w")
    assert constant.value == pytest.approx(answer(frame, estimator=name).value, abs=1e-9)


def test_weights_that_an_estimator_cannot_take_or_that_are_none_are_refused() -> None:
    frame = world(200)
    refused = answer(frame, estimator="matching", weights="w")
    assert refused.reason.key == "causal.refuse_by_weight"
    for values in (np.where(np.arange(200) == 3, 0.0, 1.0), np.nan, "heavy", -1.0):
        with pytest.raises(DataError, match=r"no number above 0|no column"):
            answer(frame.assign(w=values), weights="w")
    with pytest.raises(DataError, match="no column"):
        answer(frame, weights="nothing")
    assert cr.refute(answer(frame, weights="w"), frame, refuters=["bootstrap"]).refused is False
