"""The arithmetic of instruments and mediators against statsmodels, scipy and plain algebra."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import causalrec as cr
from causalrec.causal.estimation.reduced_form import reduced_form
from causalrec.causal.estimation.through_mediators import Path, bent, slopes, through


def draw(n: int = 500, seed: int = 0, strength: float = 1.0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    u, x, z, v, e, f = rng.normal(size=(6, n))
    t = strength * (z + 0.5 * v) + u + x + e
    y = 0.5 * t + u + x + f * (1 + np.abs(z))
    who = rng.integers(0, 60, n)
    return pd.DataFrame({"t": t, "y": y, "x": x, "z": z, "v": v, "who": who})


def asked(frame: pd.DataFrame, instruments=("z", "v"), **how):
    about = {"treatment": "t", "outcome": "y", "estimator": "iv", "instruments": instruments}
    return cr.estimate(frame, ["x"], **({"cluster": None} | about | how))


def form(frame: pd.DataFrame, names: list[str]):
    one = np.ones((len(frame), 1)) / len(frame) ** 0.5
    values = frame[[*names, "t", "y"]].to_numpy()
    values = values - values.mean(axis=0)
    return reduced_form(values[:, : len(names)], values[:, -2:], one, None)


def test_two_stage_least_squares_is_statsmodels():
    from statsmodels.sandbox.regression.gmm import IV2SLS

    frame = draw()
    one = np.ones(len(frame))
    regressors = np.column_stack([frame["t"], one, frame["x"]])
    given = np.column_stack([frame[["z", "v"]], one, frame["x"]])
    theirs = IV2SLS(frame["y"].to_numpy(), regressors, given).fit()
    ours = asked(frame)
    assert ours.value == pytest.approx(theirs.params[0], rel=1e-9)
    # Their robust errors do not scale by leverage; the sandwich with HC3 is this one.
    fitted = given @ np.linalg.lstsq(given, regressors, rcond=None)[0]
    inverse = np.linalg.inv(fitted.T @ fitted)
    leverage = np.einsum("ij,jk,ik->i", fitted, inverse, fitted)
    pull = fitted @ inverse * (theirs.resid / (1 - leverage))[:, None]
    assert ours.se == pytest.approx(np.sqrt((pull.T @ pull)[0, 0]), rel=1e-9)


def test_errors_by_unit_are_those_of_a_clustered_sandwich():
    frame = draw()
    ours = asked(frame, cluster="who")
    one = np.ones(len(frame))
    regressors = np.column_stack([frame["t"], one, frame["x"]])
    given = np.column_stack([frame[["z", "v"]], one, frame["x"]])
    fitted = given @ np.linalg.lstsq(given, regressors, rcond=None)[0]
    inverse = np.linalg.inv(fitted.T @ fitted)
    error = frame["y"] - regressors @ (inverse @ fitted.T @ frame["y"].to_numpy())
    sums = pd.DataFrame(fitted * error.to_numpy()[:, None]).groupby(frame["who"]).sum().to_numpy()
    plain = np.sqrt((inverse @ sums.T @ sums @ inverse)[0, 0])
    # Ours adds Bell and McCaffrey's correction, which is small with 60 units.
    assert plain < ours.se < 1.06 * plain
    assert ours.clusters == 60


def test_the_strength_of_one_instrument_is_its_robust_f_and_the_bound_is_the_published_one():
    import statsmodels.api as sm

    frame = draw(strength=0.1)
    first = sm.OLS(frame["t"], sm.add_constant(frame["z"])).fit(cov_type="HC2")
    one = form(frame, ["z"])
    assert one.strength == pytest.approx(first.tvalues["z"] ** 2, rel=1e-9)
    # Montiel Olea and Pflueger, 2013: 23.1 of one instrument for a bias of a tenth.
    assert one.least_strength == pytest.approx(23.11, abs=0.01)
    assert 10 < form(frame, ["z", "v"]).least_strength < 23.11


@pytest.mark.parametrize("names", [["z"], ["z", "v"]])
def test_the_ends_of_the_allowed_values_are_where_the_test_begins_to_reject(names):
    from scipy.stats import f as f_distribution

    one = form(draw(strength=0.3), names)
    low, high = one.allowed(0.95)
    most = f_distribution.ppf(0.95, one.k, one.freedom)
    at = one.statistic(np.array([low, high, low - 0.01, high + 0.01, (low + high) / 2]))
    assert at[:2] == pytest.approx([most, most], rel=1e-6)
    assert (at[2:4] > most).all()
    assert at[4] < most
    wide = one.allowed(0.99)
    assert wide[0] < low < high < wide[1]


def test_instruments_that_say_nothing_allow_every_value():
    frame = draw()
    frame["z"] = np.random.default_rng(9).normal(size=len(frame))
    assert form(frame, ["z"]).allowed(0.95) is None
    assert form(frame, ["z"]).disagreement == 1
    refused = asked(frame, ["z"])
    assert refused.reason.key == "causal.refuse_weak"


def test_a_number_as_instrument_written_twice_counts_once():
    frame = draw().assign(w=lambda f: 3 * f["z"] + 2)
    assert form(frame, ["z", "w"]).k == 1
    assert asked(frame, ["z", "w"]).value == pytest.approx(asked(frame, ["z"]).value, rel=1e-9)


def test_slopes_are_those_of_the_whole_regression_and_influences_sum_to_nothing():
    frame = draw()
    x, y = frame[["t", "z"]].to_numpy(), frame[["y"]].to_numpy()
    ours, influence = slopes(x, y, frame[["x"]].to_numpy())
    whole = np.column_stack([x, np.ones(len(x)), frame["x"]])
    assert ours[:, 0] == pytest.approx(np.linalg.lstsq(whole, y, rcond=None)[0][:2, 0], rel=1e-9)
    assert influence.sum(axis=0) == pytest.approx(np.zeros((2, 1)), abs=1e-8)


@pytest.mark.parametrize("groups", [True, False])
def test_the_influence_is_how_the_answer_moves_when_a_row_counts_more(groups):
    frame = draw(300)
    t = (frame["t"] > 0).to_numpy(dtype=float) if groups else frame["t"].to_numpy()
    m = np.column_stack([t + frame["z"], frame["v"]])
    parts = (t, frame["y"].to_numpy(), m, frame[["x"]].to_numpy())
    value, scores = through(Path(*parts), groups=groups)
    many = 400
    for row in (3, 77):
        more = [np.concatenate([np.repeat(p, many, axis=0), p[[row]]]) for p in parts]
        moved, _ = through(Path(*more), groups=groups)
        assert (moved - value) * many * 300 == pytest.approx(scores[row], rel=0.01, abs=1e-3)


def test_squares_and_products_that_are_columns_already_are_left_out():
    rng = np.random.default_rng(0)
    m = np.column_stack([rng.normal(size=50), rng.integers(0, 2, 50)])
    assert bent(m).shape == (50, 4)
    assert bent(m[:, [1]]).shape == (50, 1)
