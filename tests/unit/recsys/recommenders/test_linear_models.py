"""Neighbours and linear models against slow solutions of the same problems."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

import causalrec as cr
from causalrec.core.errors import DataError, MemoryBudgetError, ParamError
from causalrec.core.progress import silent
from causalrec.recsys.arrays import least_squares
from causalrec.recsys.learning import score_blend as blend
from causalrec.recsys.learning.training_loop import FitJob
from causalrec.recsys.recommenders import ease
from causalrec.recsys.recommenders.hybrid import Hybrid


def taken(users: int = 80, items: int = 25, seed: int = 0) -> sparse.csr_matrix:
    """Items taken with falling popularity; every user and item occurs."""
    rng = np.random.default_rng(seed)
    dense = rng.random((users, items)) < 0.6 / np.sqrt(1.0 + np.arange(items))
    dense[np.arange(users), np.arange(users) % items] = True
    return sparse.csr_matrix(dense.astype(np.float32))


def as_data(matrix: sparse.csr_matrix) -> cr.Dataset:
    """Ids sort as the codes do, so that codes are kept."""
    coo = matrix.tocoo()
    frame = pd.DataFrame({"u": coo.row + 1_000, "i": coo.col + 1_000})
    return cr.Dataset.from_frame(frame, cr.ColumnMapping(user="u", item="i"))


def test_ease_is_the_same_in_single_and_double_precision(monkeypatch: pytest.MonkeyPatch) -> None:
    data = as_data(taken(400, 150))
    single, double = (cr.recommender("ease", regularization=20.0) for _ in range(2))
    single.fit(data)
    monkeypatch.setattr(ease, "_SINGLE", 0.0)
    double.fit(data)
    a, b = (model._arrays["item_weights"] for model in (single, double))
    assert 0.0 < np.abs(a - b).max() < 1e-5


def test_ease_trimmed_solves_for_the_items_taken_most() -> None:
    """Weights as of a log of these items alone; the others come after, the popular first."""
    matrix = taken()
    data = as_data(matrix)
    model = cr.recommender("ease", regularization=5.0, items=10)
    model.fit(data)
    kept = model._arrays["kept"]
    counts = np.asarray(model.history.sum(axis=0)).ravel()
    assert set(kept) == set(np.argsort(-counts, kind="stable")[:10])
    dense = model.history[:, kept].toarray().astype(float)
    inverse = np.linalg.inv(dense.T @ dense + 5.0 * np.eye(10))
    expected = -inverse / np.diag(inverse)
    np.fill_diagonal(expected, 0.0)
    np.testing.assert_allclose(model._arrays["item_weights"], expected, atol=1e-5)
    scores = model.score(np.arange(model.n_users))
    others = np.setdiff1d(np.arange(25), kept)
    some = model.history[:, kept].getnnz(axis=1) > 0
    assert (scores[some][:, others].max(axis=1) < scores[some][:, kept].min(axis=1)).all()
    assert (np.diff(scores[:, others[np.argsort(counts[others])]], axis=1) >= 0).all()
    stranger = model.score([-1], sparse.csr_matrix(np.eye(25, dtype=np.float32)[others[:1]]))
    np.testing.assert_array_equal(stranger[0], model._popularity)


def test_ease_is_trimmed_to_the_budget_and_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    data = as_data(taken())
    monkeypatch.setattr(ease, "_LEAST", 5)
    monkeypatch.setenv("CAUSALREC_MEMORY_GB", str(10 * 12**2 / 1e9))
    model = cr.recommender("ease")
    report = model.fit(data)
    assert model._arrays["item_weights"].shape == (12, 12)
    (note,) = report.notes
    assert note.key == "recsys.note_trimmed"
    assert "12" in note
    model.save(tmp_path)
    with monkeypatch.context() as roomy:  # reading a model needs more than these weights
        roomy.delenv("CAUSALREC_MEMORY_GB")
        again = cr.load_recommender(tmp_path)
    np.testing.assert_array_equal(again.score([0, 1, -1]), model.score([0, 1, -1]))
    for params in ({"items": 13}, {"items": 25}):
        with pytest.raises(MemoryBudgetError):
            cr.recommender("ease", **params).fit(data)
    monkeypatch.setattr(ease, "_LEAST", 13)
    with pytest.raises(MemoryBudgetError):
        cr.recommender("ease").fit(data)


def test_a_matrix_that_cannot_be_inverted_is_named() -> None:
    with pytest.raises(DataError) as caught:
        ease._inverse(-np.eye(3, dtype=np.float32), "cpu")
    assert caught.value.text.key == "recsys.ease_singular"


def test_slim_agrees_with_an_elastic_net_for_each_item() -> None:
    """Coefficients of scikit-learn's positive elastic net, item by item."""
    from sklearn.linear_model import ElasticNet

    model = cr.recommender("slim", l1=2.0, l2=4.0, tolerance=1e-6, sweeps=1_000)
    model.fit(as_data(taken()))
    X = model.history.toarray().astype(float)
    parts = (model._arrays[name] for name in ("data", "indices", "indptr"))
    weights = sparse.csr_matrix(tuple(parts), shape=(25, 25)).toarray()
    penalty = (2.0 + 4.0) / len(X)
    for item in range(25):
        net = ElasticNet(
            alpha=penalty,
            l1_ratio=2.0 / 6.0,
            positive=True,
            fit_intercept=False,
            tol=1e-10,
            max_iter=100_000,
        )
        others = X.copy()
        others[:, item] = 0.0
        expected = net.fit(others, X[:, item]).coef_
        np.testing.assert_allclose(weights[:, item], expected, atol=2e-4)
    assert (np.diag(weights) == 0).all()
    assert 0.02 < (weights > 0).mean() < 0.9


def test_slim_that_is_stopped_too_early_says_so() -> None:
    report = cr.recommender("slim", sweeps=1, l2=5.0).fit(as_data(taken()))
    assert [note.key for note in report.notes] == ["recsys.note_sweeps"]


def test_user_neighbours_vote_as_defined() -> None:
    """Against a loop over users: the 3 nearest others, similarities with shrinkage."""
    model = cr.recommender("user-knn", k=3, shrink=2.0)
    model.fit(as_data(taken(30, 25)))
    X = model.history.toarray().astype(float)
    size = np.sqrt(X.sum(axis=1))
    scores = model.score(np.arange(30))
    for user in range(30):
        like = X @ X[user] / (size * size[user] + 2.0)
        like[user] = 0.0
        edge = np.sort(like)[-3]
        votes = np.where(like >= edge - 1e-9, like, 0.0)
        np.testing.assert_allclose(scores[user], votes @ X, atol=1e-4)


def test_ials_solves_its_normal_equations(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each row against a dense solve of the weighted ridge problem, in several parts."""
    import torch

    monkeypatch.setattr(least_squares, "_ENTRIES", 60)
    rng = np.random.default_rng(1)
    dense = ((rng.random((40, 25)) < 0.2) * rng.uniform(0.5, 2.0, (40, 25))).astype(np.float32)
    dense[0] = 0.0
    matrix = sparse.csr_matrix(dense)
    other = rng.normal(size=(25, 6)).astype(np.float32)
    side = least_squares.Side(matrix, 0.2, 0.05, "cpu")
    assert len(side.parts) > 2
    solved = torch.zeros(40, 6)
    side.improve(solved, torch.from_numpy(other), 20, lambda: None)
    taste = least_squares.taste_of(matrix, other, 0.2, 0.05)
    for row in range(40):
        weight = dense[row].astype(float)
        left = other.T @ (other * weight[:, None]) + 0.2 * other.T @ other
        left += 0.05 * (weight.sum() + 0.2 * 25) * np.eye(6)
        expected = np.linalg.solve(left, other.T @ weight)
        np.testing.assert_allclose(solved[row].numpy(), expected, atol=5e-5)
        np.testing.assert_allclose(taste[row], expected, atol=5e-5)
    scores = taste @ other.T
    error = (dense * (1.0 - scores) ** 2).sum() + 0.2 * (scores**2).sum()
    assert side.error(torch.from_numpy(taste), torch.from_numpy(other)) == pytest.approx(error)


def test_random_lists_differ_by_user_seed_and_history_and_are_even() -> None:
    """Uniform: over 30 x 25 draws the mean is .5 within 5 standard errors (p < 1e-6)."""
    data = as_data(taken(30, 25))
    one, other = cr.recommender("random"), cr.recommender("random")
    one.fit(data, seed=1)
    other.fit(data, seed=2)
    scores = one.score(np.arange(30))
    assert abs(scores.mean() - 0.5) < 5 * np.sqrt(1 / 12 / scores.size)
    assert len({tuple(np.argsort(row)) for row in scores}) == 30
    assert (scores != other.score(np.arange(30))).all()
    lists = [one.recommend(histories=[h], k=5)["item"].tolist() for h in (["1000"], ["1001"])]
    assert lists[0] != lists[1]
    again = one.recommend(histories=[["1001", "1000"]], k=5, exclude_seen=False)
    turned = one.recommend(histories=[["1000", "1001"]], k=5, exclude_seen=False)
    pd.testing.assert_frame_equal(again, turned)


def test_blend_is_never_below_its_best_model_on_validation() -> None:
    """Two models that each know half of the users' taste, and one that knows nothing."""
    rng = np.random.default_rng(0)
    wanted = sparse.csr_matrix(np.eye(60, 80, dtype=np.float32))
    noise = rng.normal(size=(3, 60, 80))
    noise[0, :30] += 3.0 * wanted[:30].toarray()
    noise[1, 30:] += 3.0 * wanted[30:].toarray()
    matrix = sparse.csr_matrix(np.eye(60, 80, 20, dtype=np.float32))
    job = FitJob(matrix, wanted, 0, "cpu", silent)
    scorers = [lambda users, part=part: part[users] for part in noise]
    scores = blend.candidates(job, scorers)
    weights, value = blend.best_weights(job, scores)
    alone = [job.valid_ndcg(scorer) for scorer in scorers]
    np.testing.assert_allclose([scores.ndcg(one) for one in np.eye(3)], alone)
    assert value > max(alone) + 0.1
    assert weights.sum() == pytest.approx(1.0)
    assert weights[2] < weights[:2].min()


def test_hybrid_without_validation_weighs_all_alike_and_says_so() -> None:
    model = cr.recommender("hybrid", models=("ease", "user-knn"))
    report = model.fit(as_data(taken()))
    assert [note.key for note in report.notes] == ["recsys.note_blend_even", "recsys.note_blend"]
    assert isinstance(model, Hybrid)
    assert model._blend() == {"ease": 0.5, "user-knn": 0.5}
    strangers = ({"models": ("hybrid",)}, {"models": ("ease",), "settings": {"ials": {}}})
    for params in strangers:
        with pytest.raises(ParamError):
            cr.recommender("hybrid", **params).fit(as_data(taken()))
