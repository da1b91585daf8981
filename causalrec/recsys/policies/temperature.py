"""How sharp a policy may be before a log can no longer speak about it."""

from __future__ import annotations

import numpy as np

from causalrec.core.errors import DataError
from causalrec.core.seeds import generator
from causalrec.data.dataset import Dataset
from causalrec.data.exposure import ExposureLog
from causalrec.recsys.history import codes_of
from causalrec.recsys.policies.policy import Policy, RecommenderPolicy
from causalrec.recsys.recommender import Recommender

__all__ = ["default_temperature", "effective_share"]

_USERS = 1_000
_GRID = np.logspace(-3, 3, 37)
_STEPS = 12


def effective_share(weights: np.ndarray) -> float:
    """Kish's effective sample size as a share of n: (Σw)² / (n Σw²); weights (n,)."""
    square = float((weights**2).sum())
    return float(weights.sum()) ** 2 / (square * len(weights)) if square > 0 else 0.0


def default_temperature(
    model: Recommender | RecommenderPolicy, log: ExposureLog | Dataset, share: float = 0.05
) -> float:
    """The sharpest temperature at which the log keeps an effective sample of ``share`` of n.

    Weights are softmax(score / temperature) over the propensity of what was shown. Measured
    on the rows of at most 1,000 users (the same ones each time).

    Args:
        model: a fitted recommender, or a policy made of one (its epsilon and candidates count).
        log: impressions with propensities.
        share: effective sample as a share of the rows, 0 to 1.

    Returns:
        A temperature; the flattest one tried (1,000 times the spread of the scores) where none
        keeps the share.

    Raises:
        DataError: the log has no propensities.
    """
    if "propensity" not in log.frame.columns:
        raise DataError("recsys.no_propensities", hint="recsys.no_propensities_hint")
    policy = model if isinstance(model, RecommenderPolicy) else Policy.from_recommender(model)
    sample = _sample(log)
    logged = sample.frame["propensity"].to_numpy(dtype=float)

    def keeps(temperature: float) -> bool:
        shown = policy.with_temperature(temperature).propensities(sample)
        return effective_share(shown / logged) >= share

    unit = _spread(policy, sample)
    sharp = next((i for i, factor in enumerate(_GRID) if keeps(unit * factor)), len(_GRID) - 1)
    if sharp == 0:
        return float(unit * _GRID[0])
    low, high = unit * _GRID[sharp - 1], unit * _GRID[sharp]
    for _ in range(_STEPS):
        middle = float(np.sqrt(low * high))
        low, high = (low, middle) if keeps(middle) else (middle, high)
    return float(high)


def _sample(log: ExposureLog | Dataset) -> ExposureLog:
    """The rows of at most 1,000 users, or 50,000 rows of a log without users."""
    frame = log.frame
    rng = generator(0, "temperature")
    if "user" in frame.columns:
        users = frame["user"].unique()
        if len(users) > _USERS:
            frame = frame[frame["user"].isin(rng.choice(np.sort(users), _USERS, replace=False))]
    elif len(frame) > 50 * _USERS:
        frame = frame.iloc[np.sort(rng.choice(len(frame), 50 * _USERS, replace=False))]
    return ExposureLog(frame.reset_index(drop=True), log.item_ids, log.user_ids)


def _spread(policy: RecommenderPolicy, log: ExposureLog) -> float:
    """Typical standard deviation of a user's scores, the unit of the search."""
    users = np.full(1, -1, dtype=np.int64)
    if "user" in log.frame.columns:
        known = codes_of(log.user_ids, policy.user_ids)[log.frame["user"].to_numpy()]
        users = np.unique(known)[:200]
    spread = float(np.median(policy.model.score(users).std(axis=1)))
    return spread if spread > 0 else 1.0
