"""Interrupted time series: agreement with statsmodels, the interval, seasons, refusals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import causalrec as cr
from causalrec.causal.designs.autoregression import foresee
from causalrec.causal.designs.design_effect import DesignEffect


def series(
    rng: np.random.Generator,
    *,
    before: int = 60,
    after: int = 14,
    carry: float = 0.5,
    effect: float = 0,
) -> pd.DataFrame:
    """Days on a line, Saturdays and Sundays 4 higher, errors of which `carry` goes on."""
    days = pd.date_range("2026-01-01", periods=before + after)
    error = rng.normal(size=len(days))
    for at in range(1, len(days)):
        error[at] += carry * error[at - 1]
    at = np.arange(len(days))
    y = 20 + 0.1 * at + 4 * (days.day_of_week >= 5) + error + effect * (at >= before)
    return pd.DataFrame({"day": days, "y": y})


def ask(frame: pd.DataFrame, before: int = 60, **more) -> DesignEffect:
    start = frame["day"].drop_duplicates().iloc[before] if before < len(frame) else "2027-01-01"
    question = {"outcome": "y", "time": "day", "start": start, **more}
    return cr.design(frame, design="interrupted-time-series", **question)


def test_the_line_drawn_on_agrees_with_statsmodels() -> None:
    """A long series knows its r: the mixture is then nearly its maximum likelihood forecast."""
    from statsmodels.tsa.statespace.sarimax import SARIMAX

    rng = np.random.default_rng(0)
    n, ahead = 400, 10
    error = rng.normal(size=n + ahead)
    for at in range(1, len(error)):
        error[at] += 0.6 * error[at - 1]
    x = np.column_stack([np.ones(n + ahead), np.arange(n + ahead) / n])
    y = x @ [3.0, 2.0] + error
    ours = foresee(y[:n], x[:n], x[n:], np.eye(ahead))
    fit = SARIMAX(y[:n], exog=x[:n], order=(1, 0, 0)).fit(disp=False)
    theirs = fit.get_forecast(ahead, exog=x[n:])
    np.testing.assert_allclose(ours.value, theirs.predicted_mean, atol=0.02)
    low, high = ours.interval(0.95)
    reach = theirs.conf_int()
    ratio = (high - low) / (reach[:, 1] - reach[:, 0])
    assert ratio.min() >= 1, "ours counts that the line and r were estimated, theirs does not"
    assert ratio.max() < 1.06


def test_an_effect_is_told_with_its_sum_and_the_week() -> None:
    answer = ask(series(np.random.default_rng(1), effect=5))
    assert answer.low < 5 < answer.high
    assert answer.excludes_zero
    assert not answer.failed
    assert answer.total == pytest.approx(14 * answer.value)
    after = answer.path[answer.path["after"]]
    assert (after["observed"] - after["counterfactual"]).mean() == pytest.approx(answer.value)
    assert after["counterfactual"].std() > 1, "it has the week"
    plain = ask(series(np.random.default_rng(1), effect=5), season=1)
    assert plain.fit > 1.3 * answer.fit


def test_errors_that_go_on_widen_the_interval() -> None:
    wide, narrow = (ask(series(np.random.default_rng(2), carry=carry)) for carry in (0.8, 0.0))
    assert wide.high - wide.low > 2 * (narrow.high - narrow.low)


def test_a_change_before_the_start_fails_the_placebo() -> None:
    frame = series(np.random.default_rng(3))
    frame.loc[frame.index >= 42, "y"] += 12
    assert ask(frame).failed == ("time",)


def test_a_series_that_cannot_move_explains_what_the_line_does_not() -> None:
    rng = np.random.default_rng(4)
    frame = series(rng)
    frame["other"] = rng.normal(size=len(frame)).cumsum()
    frame["y"] += 3 * frame["other"]
    plain, helped = ask(frame), ask(frame, covariates=["other"])
    assert helped.high - helped.low < 0.5 * (plain.high - plain.low)
    assert helped.low < 0 < helped.high


def test_what_is_too_short_is_refused_or_flagged() -> None:
    rng = np.random.default_rng(5)
    assert ask(series(rng, before=9), before=9).refused
    assert "short" in ask(series(rng, before=20), before=20).flags
    assert "far" in ask(series(rng, before=30, after=40), before=30).flags
    assert "persistent" in ask(series(rng, before=300, carry=0.97), before=300).flags
    assert ask(series(rng).assign(y=2.0)).refused
    frame = series(rng)
    assert "averaged-time" in ask(pd.concat([frame, frame])).flags
    assert "uneven" in ask(frame.drop(index=[10, 11, 12]), before=50).flags
    with pytest.raises(cr.CausalRecError):
        ask(frame, before=999)
