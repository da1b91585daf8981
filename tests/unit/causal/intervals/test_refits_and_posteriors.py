"""Intervals of a line from refits to drawn units, and from a posterior."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

import causalrec as cr
from causalrec.causal.estimation.estimation_problem import Problem, Query
from causalrec.causal.intervals import clustered_bootstrap
from causalrec.causal.intervals.clustered_bootstrap import refits
from causalrec.core.errors import NotFoundError


def world(units: int = 300, rows: int = 8, seed: int = 0) -> pd.DataFrame:
    """Users whose rows are alike, treated as a whole: errors by row would be half as large."""
    rng = np.random.default_rng(seed)
    user = np.repeat(np.arange(units), rows)
    own, given = rng.normal(size=units)[user], (rng.random(units) < 0.5)[user]
    x = rng.normal(size=len(user))
    y = 0.5 * given + x + own + rng.normal(size=len(user))
    return pd.DataFrame({"user": user, "t": given.astype(int), "x": x, "x2": 2 * x, "y": y})


def line(frame: pd.DataFrame, **asked) -> cr.Effect:
    how = {"treatment": "t", "outcome": "y", "cluster": None, "estimator": "ols", **asked}
    return cr.estimate(frame, ["x"], **how)


def test_refits_of_units_have_the_error_of_the_formula_and_rows_alone_would_not() -> None:
    """1,000 draws know it to 2.2 %, and both estimate: .1 apart at most in 40 seeds."""
    frame = world()
    formula = line(frame, cluster="user")
    drawn = line(frame, cluster="user", interval="bootstrap")
    assert drawn.value == formula.value
    assert drawn.se == pytest.approx(formula.se, rel=0.15)
    assert line(frame, interval="bootstrap").se < 0.6 * drawn.se
    assert drawn.interval == "bootstrap"
    assert drawn.low < drawn.value < drawn.high
    assert drawn.se == line(frame, cluster="user", interval="bootstrap").se


def test_a_refit_is_the_line_of_the_drawn_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every row in a bucket of its own, in parts: the slopes are those of numpy on these rows."""
    monkeypatch.setattr(clustered_bootstrap, "ROWS_AT_ONCE", 7)
    frame = world(10, 4)
    x = frame[["x", "x2"]].to_numpy()  # collinear
    t, y = frame["t"].to_numpy(dtype=float), frame["y"].to_numpy()
    cluster = frame["user"].to_numpy()
    problem = Problem(
        Query("t", "y", ()), pd.DataFrame(index=frame.index), t, y, cluster, "binary", ("0", "1")
    )
    slopes = refits(problem, x, draws=5)
    from causalrec.core.seeds import generator

    order = generator(0, "buckets").permutation(10)
    drawn = generator(0, "bootstrap").integers(0, 10, (5, 10))
    unit = np.argsort(order)  # the unit of each bucket
    for buckets, slope in zip(drawn, slopes, strict=True):
        rows = np.concatenate([np.flatnonzero(cluster == unit[bucket]) for bucket in buckets])
        columns = np.column_stack([t[rows], np.ones(len(rows)), x[rows, 0]])
        assert slope == pytest.approx(np.linalg.lstsq(columns, y[rows], rcond=None)[0][0])


def test_many_units_are_drawn_in_groups_with_the_same_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    frame = world(1200, 2)
    one = line(frame, cluster="user", interval="bootstrap").se
    monkeypatch.setattr(clustered_bootstrap, "MOST_BUCKETS", 400)
    assert line(frame, cluster="user", interval="bootstrap").se == pytest.approx(one, rel=0.15)


def test_a_posterior_is_the_plain_line_but_for_a_row() -> None:
    rng = np.random.default_rng(1)
    frame = world(400, 1).assign(y=lambda f: 2 * f["t"] + f["x"] + rng.normal(size=400))
    told = line(frame, interval="posterior")
    fit = sm.OLS(frame["y"], sm.add_constant(frame[["t", "x"]])).fit()
    assert told.value == pytest.approx(fit.params["t"] * 400 / 401)
    assert told.se == pytest.approx(fit.bse["t"], rel=0.02)
    assert "posterior" in told.flags
    assert line(world(), cluster="user", interval="posterior").reason.key == (
        "causal.refuse_posterior_units"
    )


def test_an_interval_that_an_estimator_does_not_have_is_unknown() -> None:
    with pytest.raises(NotFoundError, match="bootstrap"):
        line(world(), estimator="aipw", interval="bootstrap")
    beside = line(world(60), interval="bootstrap", compare=True)
    assert not beside.rows["refused"].any()
