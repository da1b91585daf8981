"""Models of the nuisances: every row is predicted by models that never saw it."""

from __future__ import annotations

import numpy as np
import pytest

from causalrec.causal.nuisance.cross_fitting import make_folds
from causalrec.causal.nuisance.ridge import cross_fit_logistic, cross_fit_ridge


@pytest.fixture
def drawn():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 3))
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    y = x @ [1.0, -0.5, 0.0] + rng.normal(size=200)
    return x, y, np.arange(200) % 4, np.ones(200, dtype=bool)


def test_ridge_is_one_fit_a_fold(drawn):
    x, y, folds, rows = drawn
    fit = cross_fit_ridge(x, y, folds, rows=rows, penalties=(0.1,))
    for fold in range(4):
        taught = folds != fold
        mean, centre = x[taught].mean(axis=0), y[taught].mean()
        gram = (x[taught] - mean).T @ (x[taught] - mean) / taught.sum() + 0.1 * np.eye(3)
        slopes = np.linalg.solve(gram, (x[taught] - mean).T @ (y[taught] - centre) / taught.sum())
        expected = centre + (x[~taught] - mean) @ slopes
        np.testing.assert_allclose(fit.predicted[~taught], expected, rtol=1e-9, atol=1e-12)


def test_a_rows_own_outcome_never_moves_its_prediction(drawn):
    x, y, folds, rows = drawn
    before = cross_fit_ridge(x, y, folds, rows=rows, penalties=(0.1,)).predicted
    moved = np.where(folds == 2, y + 100.0, y)
    after = cross_fit_ridge(x, moved, folds, rows=rows, penalties=(0.1,)).predicted
    np.testing.assert_allclose(after[folds == 2], before[folds == 2])
    assert not np.allclose(after[folds != 2], before[folds != 2])


def test_the_penalty_that_predicts_left_out_rows_best_is_taken(drawn):
    x, _, folds, rows = drawn
    noise = np.random.default_rng(1).normal(size=200)
    assert cross_fit_ridge(x, noise, folds, rows=rows, penalties=(1e-3, 10.0)).penalty == 10.0
    line = x @ [1.0, -0.5, 0.0]
    assert cross_fit_ridge(x, line, folds, rows=rows, penalties=(1e-3, 10.0)).penalty == 1e-3


def test_logistic_is_the_minimum_of_its_penalised_likelihood(drawn):
    from sklearn.linear_model import LogisticRegression

    x, y, folds, rows = drawn
    t = (y > 0) * 1.0
    fit = cross_fit_logistic(x, t, folds, rows=rows, penalty=0.05)
    for fold in range(4):
        taught = folds != fold
        peer = LogisticRegression(C=1 / (0.05 * taught.sum()), tol=1e-10, max_iter=1000)
        expected = peer.fit(x[taught], t[taught]).predict_proba(x[~taught])[:, 1]
        np.testing.assert_allclose(fit.predicted[~taught], expected, atol=2e-3)


def test_folds_keep_units_whole_and_arms_alike():
    rng = np.random.default_rng(0)
    t = (rng.random(300) < 0.3) * 1.0
    alone = make_folds(t, None, 5, rng)
    shares = [t[alone == fold].mean() for fold in range(5)]
    assert max(shares) - min(shares) < 0.02
    unit = rng.integers(0, 40, 300)
    unit = np.unique(unit, return_inverse=True)[1]
    whole = make_folds(t, unit, 5, rng)
    assert all(len(np.unique(whole[unit == one])) == 1 for one in range(unit.max() + 1))
    assert set(whole) == set(range(5))
