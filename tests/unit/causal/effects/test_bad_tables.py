"""Tables that other tools answer wrongly: an answer that is right, or a refusal that says why."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import causalrec as cr
from causalrec.core.errors import DataError

ESTIMATORS = ("ols", "aipw")


def world(n: int = 400, seed: int = 0) -> pd.DataFrame:
    """Effect 1, one confounder."""
    rng = np.random.default_rng(seed)
    x, z = rng.normal(size=(2, n))
    t = (rng.random(n) < 1 / (1 + np.exp(-x))).astype(int)
    return pd.DataFrame({"x": x, "z": z, "t": t, "y": t + x + z + rng.normal(size=n)})


def answer(frame: pd.DataFrame, covariates=("x", "z"), **asked) -> cr.Effect:
    how = {"treatment": "t", "outcome": "y", "cluster": None, **asked}
    return cr.estimate(frame, list(covariates), **how)


def right(effect: cr.Effect) -> bool:
    """Within five errors of the truth: a false alarm in a million, and a tenth of the naive's."""
    return not effect.refused and abs(effect.value - 1) < 5 * effect.se < 1


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_an_arm_of_nineteen_is_refused_with_both_numbers(estimator: str) -> None:
    frame = world()
    frame.loc[frame.index[frame["t"] == 1][19:], "t"] = 0
    effect = answer(frame, estimator=estimator)
    assert effect.reason.key == "causal.refuse_arm"
    assert "19" in effect.reason
    assert effect.value is effect.low is None


def test_perfect_separation_is_no_number_of_weights_and_an_alarm_of_lines() -> None:
    frame = world().assign(t=lambda f: (f["x"] > 0).astype(int))
    for estimator in ("aipw", "ipw", "dml", "overlap-weights", "stratification", "matching"):
        effect = answer(frame, estimator=estimator)
        assert effect.refused
        assert "overlap" in effect.flags
        assert effect.target == "overlap"  # not even of these
    assert {"extrapolates", "overlap"} <= set(answer(frame, estimator="ols").flags.names)


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_collinear_columns_change_nothing_and_twins_are_refused(estimator: str) -> None:
    frame = world().assign(both=lambda f: 2 * f["x"] + f["z"], again=lambda f: f["x"])
    plain = answer(frame, estimator=estimator)
    more = answer(frame, ("x", "z", "both", "again"), estimator=estimator)
    assert right(more)
    assert more.value == pytest.approx(plain.value, abs=0.5 * plain.se)
    twins = pd.concat([frame[["x", "t", "y"]], frame[["x"]]], axis=1)
    with pytest.raises(DataError, match="two columns"):
        answer(twins, ("x",), estimator=estimator)


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_a_treatment_that_the_outcome_causes_is_refused(estimator: str) -> None:
    graph = cr.read_graph("dag { y -> t; x -> t; x -> y }")
    asked = {"treatment": "t", "outcome": "y", "cluster": None, "estimator": estimator}
    effect = cr.estimate(world(), graph, **asked)
    assert effect.refused
    assert "t" in effect.reason
    assert "y" in effect.reason


def test_what_comes_after_the_treatment_is_kept_out_by_a_graph_and_named_without_one() -> None:
    frame = world(1500).assign(m=lambda f: f["y"] + np.random.default_rng(1).normal(size=1500))
    graph = cr.read_graph("dag { x -> t; x -> y; z -> y; t -> y; y -> m }")
    asked = {"treatment": "t", "outcome": "y", "cluster": None, "estimator": "ols"}
    effect = cr.estimate(frame, graph, **asked)
    assert "m" not in effect.adjustment
    assert right(effect)
    by_hand = answer(frame, ("x", "m"), estimator="ols")
    assert "causal.assume_before" in {text.key for text in by_hand.assumptions}
    assert "causal.assume_before" not in {text.key for text in effect.assumptions}


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_infinite_outcomes_are_left_out_and_counted_or_refused(estimator: str) -> None:
    frame = world()
    frame.loc[:3, "y"] = [np.inf, -np.inf, np.inf, np.nan]
    effect = answer(frame, estimator=estimator)
    assert right(effect)
    assert {"infinite", "dropped"} <= set(effect.flags.names)
    assert effect.n == 396
    frame.loc[:60, "y"] = np.inf
    assert answer(frame, estimator=estimator).reason.key == "causal.refuse_missing"


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_dates_are_days_as_covariates_and_no_outcome(estimator: str) -> None:
    frame = world()
    dates = pd.Timestamp("2024-01-01") + pd.to_timedelta(frame["x"] * 10, "D")
    assert right(answer(frame.assign(x=dates), estimator=estimator))
    assert right(answer(frame.assign(x=dates.astype(str)), estimator=estimator))
    with pytest.raises(DataError, match="no numbers"):
        answer(frame.assign(y=dates), ("z",), estimator=estimator)


@pytest.mark.parametrize("estimator", ESTIMATORS)
@pytest.mark.parametrize("words", [("no", "yes"), ("False", "TRUE"), ("否", "是")])
def test_booleans_in_words_are_booleans(estimator: str, words: tuple[str, str]) -> None:
    frame = world().assign(y=lambda f: (f["y"] > 0).astype(int))
    told = frame.assign(t=np.array(words)[frame["t"]], y=np.array(words)[frame["y"]])
    plain, read = answer(frame, estimator=estimator), answer(told, estimator=estimator)
    assert read.value == pytest.approx(plain.value)
    assert read.se == pytest.approx(plain.se)
    assert read.arms == words


def test_five_hundred_covariates_are_refused_where_the_rows_cannot_bear_them() -> None:
    names = [f"c{i}" for i in range(500)]
    noise = pd.DataFrame(np.random.default_rng(5).normal(size=(400, 500)), columns=names)
    wide = pd.concat([world(), noise], axis=1)
    for estimator in ESTIMATORS:
        effect = answer(wide, ("x", *names), estimator=estimator)
        assert effect.reason.key == "causal.refuse_columns"


@pytest.mark.parametrize("estimator", [*ESTIMATORS, "matching", "dml"])
def test_clusters_of_one_are_rows(estimator: str) -> None:
    frame = world().assign(user=np.arange(400))
    alone, rows = (
        answer(frame, cluster="user", estimator=estimator),
        answer(frame, estimator=estimator),
    )
    assert (alone.value, alone.se, alone.clusters) == (rows.value, rows.se, 400)
