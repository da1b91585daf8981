"""E-values, robustness values and benchmarks: published figures, and worlds with a known cause."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

import causalrec as cr
from causalrec.causal.effects.effect import Effect
from causalrec.causal.sensitivity.e_value import e_value
from causalrec.causal.sensitivity.robustness import Benchmark, bias, robustness_value


@pytest.mark.parametrize(("ratio", "expected"), [(3.9, 7.26), (1.8, 3.0), (1 / 3.9, 7.26), (1, 1)])
def test_e_values_of_published_studies(ratio: float, expected: float) -> None:
    """VanderWeele and Ding, 2017: 3.9 needs 7.26, its lower limit 1.8 needs 3.0."""
    assert e_value(ratio) == pytest.approx(expected, abs=5e-3)


def test_a_risk_ratio_is_positive() -> None:
    with pytest.raises(ValueError, match="positive"):
        e_value(0.0)


def test_the_robustness_value_of_a_published_study() -> None:
    """Cinelli and Hazlett, 2020, Darfur: .0973 with error .0233, 783 degrees of freedom."""
    ratio = 0.0233 * math.sqrt(783)
    assert robustness_value(0.0973, ratio) == pytest.approx(0.139, abs=5e-4)
    assert robustness_value(0.0973 - 1.963 * 0.0233, ratio) == pytest.approx(0.076, abs=5e-4)


def test_a_cause_of_that_strength_leaves_nothing() -> None:
    for distance in (0.01, 0.3, 5.0, 1e9):
        share = robustness_value(distance, 2.0)
        assert 0 < share <= 1
        if share < 1:
            assert bias(share, share, 2.0) == pytest.approx(distance, rel=1e-6)
    assert robustness_value(0.0, 2.0) == 0.0


def test_bounds_of_the_published_study() -> None:
    """The same study's covariate `female`: bounds at once, twice, three times its strength."""
    female = Benchmark("female", 0.00908, 0.1090)
    for times, d, y in ((1, 0.0092, 0.1246), (2, 0.0183, 0.2493), (3, 0.0275, 0.3741)):
        assert female.bound(times) == pytest.approx((d, y), rel=5e-3)


def test_a_covariate_that_goes_with_one_of_the_two_only_is_no_measure() -> None:
    assert Benchmark("x", 0.0, 0.5).times(1.0, 1.0) == math.inf
    assert Benchmark("x", 0.5, 0.0).times(1.0, 1.0) == math.inf


def test_partial_shares_are_those_of_the_regressions() -> None:
    rng = np.random.default_rng(0)
    n = 400
    x = rng.normal(size=n)
    kind = rng.choice(["a", "b", "c"], n)
    t = x + (kind == "b") + rng.normal(size=n)
    y = t + x - (kind == "c") + rng.normal(size=n)
    frame = pd.DataFrame({"x": x, "kind": kind, "same": x, "t": t, "y": y})
    hidden = ask(frame, ("x", "kind")).hidden
    one = np.ones(n)
    kinds = np.column_stack([kind == "b", kind == "c"]).astype(float)
    rows = hidden.rows.set_index("covariate")
    for name, own, others in (("x", x[:, None], kinds), ("kind", kinds, x[:, None])):
        d = share(t, np.column_stack([one, others]), own)
        o = share(y, np.column_stack([one, others, t]), own)
        assert rows.loc[name, "with_treatment"] == pytest.approx(d, rel=1e-5)
        assert rows.loc[name, "with_outcome"] == pytest.approx(o, rel=1e-5)
    # A column that another repeats adds nothing, and does not make the rest undefined.
    doubled = ask(frame, ("x", "kind", "same")).hidden.rows.set_index("covariate")
    assert doubled.loc["same", "with_treatment"] < 1e-5
    assert doubled.loc["kind", "with_outcome"] == pytest.approx(
        rows.loc["kind", "with_outcome"], rel=1e-5
    )


def share(target: np.ndarray, others: np.ndarray, own: np.ndarray) -> float:
    """Partial R-squared by two regressions."""
    short, whole = (
        float(((target - x @ np.linalg.lstsq(x, target, rcond=None)[0]) ** 2).sum())
        for x in (others, np.column_stack([others, own]))
    )
    return 1 - whole / short


def ask(frame: pd.DataFrame, covariates: tuple[str, ...]) -> Effect:
    return cr.estimate(frame, covariates, treatment="t", outcome="y", estimator="ols", cluster=None)


def test_a_cause_as_strong_as_a_covariate_is_found_to_be_enough() -> None:
    """A hidden cause is exactly as strong as `x`, and all that there is to the effect.

    The multiple of `x` that explains the effect away is 1: .95 to 1.05 in the mean of 40 worlds
    (a mean's error is .008: false alarm below 1e-6). Without the square of the hidden cause's
    tie to `x` in the bound it would be 1.2.
    """
    found = []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        x, u = rng.normal(size=(2, 4000))
        t = x + u + rng.normal(size=4000)
        y = x + u + rng.normal(size=4000)
        frame = pd.DataFrame({"t": t, "y": y, "x": x})
        found.append(ask(frame, ("x",)).hidden.times)
    assert 0.95 < float(np.mean(found)) < 1.05


def test_what_is_left_is_what_adjusting_for_the_cause_leaves() -> None:
    """The formula and the regression with the cause in it agree exactly."""
    rng = np.random.default_rng(5)
    x, u = rng.normal(size=(2, 3000))
    t = x + 0.7 * u + rng.normal(size=3000)
    y = 0.5 * t + x + u + rng.normal(size=3000)
    frame = pd.DataFrame({"t": t, "y": y, "x": x, "u": u})
    without, given = ask(frame, ("x",)), ask(frame, ("x", "u"))
    one = np.ones(3000)
    d = share(t, np.column_stack([one, x]), u[:, None])
    o = share(y, np.column_stack([one, x, t]), u[:, None])
    assert without.hidden.left(d, o) == pytest.approx(given.value, rel=1e-9)


def test_an_interval_with_zero_has_nothing_to_explain() -> None:
    rng = np.random.default_rng(3)
    frame = pd.DataFrame(rng.normal(size=(300, 3)), columns=["t", "y", "x"])
    hidden = ask(frame, ("x",)).hidden
    assert hidden.robustness_low == 0
    assert hidden.e_value_low == pytest.approx(1.0)
    assert "includes 0" in hidden.summary()
