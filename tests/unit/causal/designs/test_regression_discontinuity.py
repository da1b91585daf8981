"""Regression discontinuity: agreement, sharp and fuzzy, sorting, covariates, refusals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import causalrec as cr
from causalrec.causal.designs.design_effect import DesignEffect
from causalrec.causal.designs.local_polynomial import bandwidth, jump


def around(rng: np.random.Generator, n: int = 1500, effect: float = 2.0) -> pd.DataFrame:
    """Scores about 50, a curve through it, and a covariate that runs smoothly."""
    score = rng.normal(50, 10, size=n)
    x = (score - 50) / 10
    past = x + rng.normal(size=n)
    y = 5 + x + 0.5 * x**2 + 0.3 * past + effect * (x >= 0) + rng.normal(size=n)
    return pd.DataFrame({"score": score, "y": y, "past": past})


def ask(frame: pd.DataFrame, **more) -> DesignEffect:
    question = {"outcome": "y", "running": "score", "cutoff": 50, **more}
    return cr.design(frame, design="regression-discontinuity", **question)


def test_the_jump_agrees_with_a_weighted_regression() -> None:
    import statsmodels.api as sm

    rng = np.random.default_rng(0)
    x = rng.uniform(-1, 1, 400)
    y = x + (x >= 0) + rng.normal(size=400)
    one = jump(x, y[:, None], 0.5)
    near = np.abs(x) < 0.5
    x, y = x[near], y[near]
    right = (x >= 0).astype(float)
    columns = np.column_stack([np.ones(len(x)), x, x**2, right, right * x, right * x**2])
    fit = sm.WLS(y, columns, weights=1 - np.abs(x) / 0.5).fit(cov_type="HC3")
    assert one.value[0] == pytest.approx(fit.params[3], abs=1e-8)
    assert np.sqrt((one.influence**2).sum()) == pytest.approx(fit.bse[3], rel=1e-8)
    assert one.sides == (int((right == 0).sum()), int(right.sum()))


def test_the_bandwidth_follows_the_curve_and_the_units_of_running() -> None:
    rng = np.random.default_rng(1)
    x = rng.uniform(-1, 1, 2000)
    noise = 0.1 * rng.normal(size=2000)
    straight, bent = (bandwidth(x, y + noise) for y in (x, 6 * np.sin(4 * x) * np.sign(x)))
    assert bent < 0.7 * straight
    assert bandwidth(1000 * x, x + noise) == pytest.approx(1000 * straight, rel=1e-6)


def test_a_sharp_cutoff() -> None:
    frame = around(np.random.default_rng(2))
    answer = ask(frame, covariates=["past"])
    assert answer.low < 2 < answer.high
    assert answer.excludes_zero
    assert not answer.failed
    assert set(answer.placebos["placebo"]) == {"density", "covariate", "cutoff"}
    assert "score = 50" in answer.summary()
    given = ask(frame.assign(got=(frame["score"] >= 50).astype(int)), treatment="got")
    assert given.value == answer.value


def test_a_fuzzy_cutoff_divides_by_the_jump_of_the_treatment() -> None:
    rng = np.random.default_rng(3)
    frame = around(rng, 6000, effect=0)
    keen = rng.normal(size=6000)
    frame["got"] = (keen + 1.5 * (frame["score"] >= 50) > 0.5).astype(int)
    frame["y"] += 2 * frame["got"] + keen
    answer = ask(frame, treatment="got")
    assert answer.low < 2 < answer.high
    assert answer.excludes_zero
    seen = frame.loc[frame["got"] == 1, "y"].mean() - frame.loc[frame["got"] == 0, "y"].mean()
    assert seen > answer.high
    frame["got"] = rng.integers(0, 2, 6000)
    weak = ask(frame, treatment="got")
    assert weak.refused
    assert "got" in str(weak.reason)


def test_who_chose_the_side_is_an_alarm() -> None:
    """Half of those just below step over: the number of rows jumps by far."""
    rng = np.random.default_rng(4)
    frame = around(rng, 4000)
    just = frame["score"].between(47, 50) & (rng.random(4000) < 0.5)
    frame.loc[just, "score"] += 3
    assert "sorted" in ask(frame).flags
    assert "sorted" not in ask(around(np.random.default_rng(5), 4000)).flags


def test_a_covariate_that_jumps_is_an_alarm() -> None:
    frame = around(np.random.default_rng(6))
    frame["past"] += 2 * (frame["score"] >= 50)
    answer = ask(frame, covariates=["past"])
    assert "jumps" in answer.flags
    assert answer.failed == ("covariate",)


def test_what_cannot_be_told_is_refused_or_flagged() -> None:
    rng = np.random.default_rng(7)
    frame = around(rng)
    assert ask(frame, cutoff=frame["score"].max() - 1e-6).refused
    assert ask(frame.assign(score="a")).refused
    assert "few-near" in ask(frame.head(120)).flags
    assert "discrete" in ask(frame.assign(score=frame["score"].round())).flags
    holes = frame.assign(y=frame["y"].where(frame.index > 9))
    assert "without" in ask(holes).flags


def test_rows_of_one_unit_count_together() -> None:
    rng = np.random.default_rng(8)
    frame = around(rng, 300)
    frame["who"] = np.arange(300)
    frame = pd.concat([frame] * 4, ignore_index=True)
    by_row, by_unit = ask(frame), ask(frame, cluster="who")
    assert by_unit.value == pytest.approx(by_row.value)
    assert by_unit.high - by_unit.low > 1.6 * (by_row.high - by_row.low)
