"""Differences in differences: agreement with regressions, refusals, what alarms say."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import causalrec as cr
from causalrec.causal.designs.contrasts import contrast, estimated
from causalrec.causal.designs.design_effect import DesignEffect

STARTS = (6, 9, 12)


def panel(
    rng: np.random.Generator,
    sizes: tuple[int, int] = (20, 30),
    *,
    times: int = 16,
    growth: float = 0.0,
    trend: float = 0.0,
    starts: tuple[int, ...] = (8,),
) -> pd.DataFrame:
    """Treated and untreated units with errors that go on (AR 0.6); the effect is 1 + growth * t."""
    n = sum(sizes)
    error = rng.normal(size=(n, times))
    for time in range(1, times):
        error[:, time] += 0.6 * error[:, time - 1]
    first = np.full(n, times)
    first[: sizes[0]] = np.resize(starts, sizes[0])
    since = np.arange(times) - first[:, None]
    effect = np.where(since >= 0, 1 + growth * since, 0.0)
    drift = trend * np.arange(times) * (first < times)[:, None]
    y = rng.normal(size=(n, 1)) + rng.normal(size=times).cumsum() + error + effect + drift
    unit, time = np.indices(y.shape)
    columns = {"unit": unit, "time": time, "y": y, "on": since >= 0, "true": effect}
    frame = pd.DataFrame({name: part.ravel() for name, part in columns.items()})
    return frame.assign(on=frame["on"].astype(int), x=frame["unit"] % 5)


def ask(frame: pd.DataFrame, **more) -> DesignEffect:
    question = {"outcome": "y", "unit": "unit", "time": "time", "treatment": "on", **more}
    return cr.design(frame, **question)


def test_two_groups_agree_with_two_way_fixed_effects() -> None:
    """With one date and a whole panel the regression on units and times is the same number."""
    import statsmodels.formula.api as smf

    frame = panel(np.random.default_rng(0), (5, 7), times=6, starts=(3,))
    theirs = smf.ols("y ~ on + C(unit) + C(time)", frame).fit()
    answer = ask(frame)
    assert answer.value == pytest.approx(theirs.params["on"], abs=1e-10)
    late = frame["time"] >= 3
    change = frame[late].groupby("unit")["y"].mean() - frame[~late].groupby("unit")["y"].mean()
    change = change.to_numpy()
    both = np.arange(12) < 5
    value, influence = contrast(change[:, None], both, ~both, np.empty((12, 0)))
    one = estimated(value, influence, ((~both).astype(int), np.arange(12)), level=0.95)
    spread = change[both].var(ddof=1) / 5 + change[~both].var(ddof=1) / 7
    assert answer.se == pytest.approx(float(one.se[0])) == pytest.approx(spread**0.5)
    theirs = smf.ols("change ~ on", {"change": change, "on": both.astype(float)}).fit()
    assert answer.se == pytest.approx(theirs.get_robustcov_results("HC2").bse[1])


def test_covariates_agree_with_the_line_of_the_others() -> None:
    import statsmodels.api as sm

    frame = panel(np.random.default_rng(1), (6, 20))
    answer = ask(frame, covariates=["x"])
    late = frame["time"] >= 8
    change = frame[late].groupby("unit")["y"].mean() - frame[~late].groupby("unit")["y"].mean()
    x = sm.add_constant(frame.groupby("unit")["x"].first().to_numpy(dtype=float))
    line = sm.OLS(change.to_numpy()[6:], x[6:]).fit()
    assert answer.value == pytest.approx((change.to_numpy()[:6] - line.predict(x[:6])).mean())


def test_the_regression_on_units_and_times_is_wrong_where_effects_grow_and_ours_is_not() -> None:
    """Goodman-Bacon, 2021: it subtracts what the effects of those treated earlier gain meanwhile.

    Every unit is treated in the end, so that later ones have only earlier ones to be compared
    with. Ours is within 4 of its errors of the truth: a false alarm 6 in 100,000.
    """
    import statsmodels.formula.api as smf

    frame = panel(np.random.default_rng(2), (60, 0), growth=1.0, starts=(4, 8, 14))
    answer = ask(frame, design="staggered-adoption", control="not-yet")
    on = frame[(frame["on"] == 1) & (frame["time"] < 14)]
    first = frame[frame["on"] == 1].groupby("unit")["time"].min()
    by_start = on.groupby(on["unit"].map(first))["true"].mean()
    truth = float(by_start.mean())
    pooled = smf.ols("y ~ on + C(unit) + C(time)", frame).fit().params["on"]
    assert abs(answer.value - truth) < 4 * answer.se
    true_mean = frame.loc[frame["on"] == 1, "true"].mean()
    assert pooled < 0.5 * true_mean, "the regression is far off on this world"


def test_staggered_adoption_with_one_date_is_the_difference_since_the_last_time_before() -> None:
    frame = panel(np.random.default_rng(3))
    answer = ask(frame, design="staggered-adoption")
    wide = frame.pivot_table(index="unit", columns="time", values="y")
    change = wide.loc[:, 8:].mean(axis=1) - wide[7]
    assert answer.value == pytest.approx(change[:20].mean() - change[20:].mean())
    event = answer.event.set_index("since")
    assert event.loc[-1, "value"] == 0
    assert event.loc[0, "value"] == pytest.approx(
        (wide[8] - wide[7])[:20].mean() - (wide[8] - wide[7])[20:].mean()
    )
    assert (event["band_low"] <= event["low"]).all()


def test_groups_that_went_apart_before_are_an_alarm() -> None:
    """A trend of 1 a time against slopes that spread by a tenth of it: seen in every draw."""
    frame = panel(np.random.default_rng(4), trend=1.0)
    for design in ("difference-in-differences", "staggered-adoption"):
        answer = ask(frame, design=design)
        assert "pre-trends" in answer.flags
        assert "time" in answer.failed


def test_what_cannot_be_told_is_refused_or_flagged() -> None:
    rng = np.random.default_rng(5)
    one = ask(panel(rng, (1, 20)))
    assert one.refused
    assert "synthetic" in str(one.reason)
    assert ask(panel(rng, (20, 1))).refused
    several = ask(panel(rng, starts=STARTS))
    assert several.refused
    assert "Staggered" in str(several.reason)
    back = panel(rng)
    back.loc[back["time"] == 12, "on"] = 0
    assert ask(back).refused
    assert "few-units" in ask(panel(rng, (3, 30))).flags
    still = ask(panel(rng).assign(y=1.0))
    assert still.refused
    assert "vary" in str(still.reason)
    holes = panel(rng)
    gaps = ask(holes[~((holes["unit"] == 3) & (holes["time"] == 2))])
    assert "gaps" in gaps.flags
    assert gaps.n == 49
    assert ask(holes[(holes["unit"] + holes["time"]) % 2 == 0]).refused
    with pytest.raises(cr.CausalRecError):
        ask(holes, treatment=None, treated=[0, 1], start=99)
    with pytest.raises(cr.CausalRecError, match="nobody"):
        ask(holes, treatment=None, treated=["nobody"], start=8)


def test_dates_names_and_repeated_rows_are_read() -> None:
    frame = panel(np.random.default_rng(6))
    plain = ask(frame)
    days = pd.Timestamp("2026-03-01") + pd.to_timedelta(frame["time"], "D")
    said = frame.assign(time=days.dt.strftime("%Y-%m-%d"), unit="u" + frame["unit"].astype(str))
    twice = pd.concat([said, said.assign(y=said["y"])])
    answer = ask(twice, treatment=None, treated=[f"u{k}" for k in range(20)], start="2026-03-09")
    assert answer.value == pytest.approx(plain.value)
    assert answer.low == pytest.approx(plain.low)
    assert "averaged" in answer.flags
    assert "2026-03-09" in answer.summary("zh")


def test_units_treated_together_count_as_one() -> None:
    """Ten units of a cluster with a shock in common: the interval by unit is far too narrow."""
    rng = np.random.default_rng(7)
    frame = panel(rng, (60, 60))
    frame["town"] = frame["unit"] // 10
    shock = rng.normal(scale=2, size=12)
    frame["y"] += np.where(frame["time"] >= 8, shock[frame["town"]], 0)
    by_unit, by_town = ask(frame), ask(frame, cluster="town")
    assert by_town.value == pytest.approx(by_unit.value)
    assert by_town.high - by_town.low > 2 * (by_unit.high - by_unit.low)
    assert "few-units" in by_town.flags
