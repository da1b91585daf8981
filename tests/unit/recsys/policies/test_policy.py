"""Policies: probabilities, propensities by external id, candidates, temperature."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

import causalrec as cr
from causalrec.core.errors import DataError, ParamError
from causalrec.recsys.model.recommender import Recommender
from causalrec.recsys.policies.policy import RecommenderPolicy
from causalrec.recsys.policies.temperature import default_temperature, effective_share


@pytest.fixture(scope="module")
def model() -> Recommender:
    rng = np.random.default_rng(0)
    users, items = np.nonzero(rng.random((30, 12)) < 0.3)
    frame = pd.DataFrame({"u": [f"u{u}" for u in users], "i": [f"i{i}" for i in items]})
    fitted = cr.recommender("ease", regularization=2.0)
    fitted.fit(cr.Dataset.from_frame(frame, cr.ColumnMapping(user="u", item="i")))
    return fitted


def test_probabilities_are_the_softmax_of_the_scores(model: Recommender) -> None:
    policy = cr.Policy.from_recommender(model, temperature=0.2)
    users = np.array([3, 0, 3])
    weights = np.exp(model.score(users).astype(float) / 0.2)
    np.testing.assert_allclose(
        policy.probabilities(users), weights / weights.sum(axis=1, keepdims=True), rtol=1e-9
    )


def test_epsilon_mixes_with_chance(model: Recommender) -> None:
    sharp = cr.Policy.from_recommender(model, temperature=0.05)
    mixed = cr.Policy.from_recommender(model, temperature=0.05, epsilon=0.3)
    expected = 0.7 * sharp.probabilities([1, 2]) + 0.3 / 12
    np.testing.assert_allclose(mixed.probabilities([1, 2]), expected, rtol=1e-9)
    chance = cr.Policy.from_recommender(model, epsilon=1.0)
    np.testing.assert_allclose(chance.probabilities([1]), 1 / 12)


@pytest.mark.parametrize("form", ["dense", "sparse", "row"])
def test_candidates_bound_what_is_shown(model: Recommender, form: str) -> None:
    allowed = np.zeros((model.n_users, 12), dtype=bool)
    allowed[:, 2:5] = True
    given = {"dense": allowed, "sparse": sparse.csr_matrix(allowed), "row": allowed[0]}[form]
    policy = cr.Policy.from_recommender(model, epsilon=0.1, candidates=given)
    shares = policy.probabilities([0, 9])
    np.testing.assert_allclose(shares.sum(axis=1), 1.0)
    assert (shares[:, [0, 1, 5, 6, 11]] == 0).all()
    lists = policy.top([0, 9], 5)
    assert set(lists[:, :3].ravel()) <= {2, 3, 4}
    assert (lists[:, 3:] == -1).all()
    with pytest.raises(ParamError):
        cr.Policy.from_recommender(model, candidates=np.ones(3))
    with pytest.raises(DataError):
        cr.Policy.from_recommender(model, candidates=np.zeros(12, bool)).probabilities([0])


def test_propensities_match_by_external_id(model: Recommender) -> None:
    """A log with its own codes, an unknown user (treated as new) and an unknown item (0)."""
    frame = pd.DataFrame(
        {
            "who": ["u7", "u2", "nobody", "u2"],
            "what": ["i3", "i1", "i0", "other"],
            "y": [0, 1, 0, 1],
        }
    )
    log = cr.ExposureLog.from_frame(frame, item="what", outcome="y", user="who")
    policy = cr.Policy.from_recommender(model, temperature=0.3)
    user = {u: i for i, u in enumerate(model.user_ids)}
    item = {i: n for n, i in enumerate(model.item_ids)}
    shares = policy.probabilities([user["u7"], user["u2"], -1])
    expected = [shares[0, item["i3"]], shares[1, item["i1"]], shares[2, item["i0"]], 0.0]
    np.testing.assert_allclose(policy.propensities(log), expected)
    anonymous = cr.ExposureLog.from_frame(frame, item="what", outcome="y")
    np.testing.assert_allclose(policy.propensities(anonymous)[[0, 3]], [shares[2, item["i3"]], 0.0])


def test_lists_as_a_frame(model: Recommender) -> None:
    policy = cr.Policy.from_recommender(model)
    frame = policy.recommend(3, [4, 1])
    assert list(frame.columns) == ["user", "rank", "item", "score"]
    assert list(frame["user"]) == [4, 4, 4, 1, 1, 1]
    assert len(policy.recommend(2)) == 2 * model.n_users
    history = model.history[[4]]
    fresh = policy.top([4], 12, exclude=history)[0]
    assert not set(fresh[fresh >= 0]) & set(history.indices)
    assert (fresh == -1).sum() == history.nnz


@pytest.mark.parametrize(
    "values", [{"temperature": 0.0}, {"temperature": np.inf}, {"epsilon": 1.5}]
)
def test_arguments_out_of_range(model: Recommender, values: dict[str, float]) -> None:
    with pytest.raises(ParamError):
        cr.Policy.from_recommender(model, **values)


def uniform_log(n: int = 3_000, seed: int = 1) -> cr.ExposureLog:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "u": [f"u{i}" for i in rng.integers(0, 30, n)],
            "i": [f"i{i}" for i in rng.integers(0, 12, n)],
            "p": 1 / 12,
            "y": 0.0,
        }
    )
    return cr.ExposureLog.from_frame(frame, item="i", outcome="y", user="u", propensity="p")


@pytest.mark.parametrize("share", [0.2, 0.6])
def test_default_temperature_is_the_sharpest_that_keeps_the_share(
    model: Recommender, share: float
) -> None:
    log = uniform_log()
    temperature = default_temperature(model, log, share)

    def kept(value: float) -> float:
        policy = cr.Policy.from_recommender(model, value)
        return effective_share(policy.propensities(log) / (1 / 12))

    assert kept(temperature) >= 0.94 * share  # the median of five groups of users has it
    assert kept(temperature / 1.3) < share
    wrapped = RecommenderPolicy(model, 5.0)
    assert default_temperature(wrapped, log, share) == pytest.approx(temperature)


def test_one_row_that_was_almost_never_shown_does_not_decide_the_temperature(
    model: Recommender,
) -> None:
    log = uniform_log()
    usual = default_temperature(model, log, 0.2)
    propensity = log.frame["propensity"].to_numpy().copy()
    propensity[np.flatnonzero(log.frame["user"].to_numpy() == 0)[0]] = 1e-6
    rare = replace(log, frame=log.frame.assign(propensity=propensity))
    assert usual / 1.5 < default_temperature(model, rare, 0.2) < usual * 1.5


def test_default_temperature_needs_propensities(model: Recommender) -> None:
    frame = pd.DataFrame({"i": ["i1"], "y": [0.0]})
    log = cr.ExposureLog.from_frame(frame, item="i", outcome="y")
    with pytest.raises(DataError):
        default_temperature(model, log)


def test_effective_share() -> None:
    assert effective_share(np.ones(7)) == 1.0
    assert effective_share(np.array([1.0, 0, 0, 0])) == 0.25
    assert effective_share(np.zeros(3)) == 0.0
