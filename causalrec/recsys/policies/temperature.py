"""How sharp a policy may be before a log can no longer speak about it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from causalrec.core.errors import DataError
from causalrec.core.seeds import generator
from causalrec.core.statistics.samples import kish
from causalrec.data.dataset.dataset import Dataset
from causalrec.data.dataset.exposure import ExposureLog
from causalrec.recsys.interactions.interaction_matrix import codes_of
from causalrec.recsys.model.recommender import Recommender
from causalrec.recsys.policies.policy import Policy, RecommenderPolicy, softmax

__all__ = ["default_temperature", "effective_share"]

_USERS = 1_000
_CELLS = 10_000_000
_GRID = np.logspace(-3, 3, 37)
_STEPS = 12
_GROUPS = 5


def effective_share(weights: np.ndarray) -> float:
    """Kish's effective sample size as a share of n; weights (n,)."""
    return kish(weights) / max(len(weights), 1)


def default_temperature(
    model: Recommender | RecommenderPolicy, log: ExposureLog | Dataset, share: float = 0.08
) -> float:
    """The sharpest temperature at which the log keeps an effective sample of ``share`` of n.

    Weights are softmax(score / temperature) over the propensity of what was shown. Measured
    on the rows of at most 1,000 users (the same ones each time), as the median of five groups of
    them: one row that the log had almost never shown would otherwise decide alone.

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
    shown = _Shown(policy, log)

    def keeps(temperature: float) -> bool:
        return shown.effective_share(temperature) >= share

    unit = shown.spread
    sharp = next((i for i, factor in enumerate(_GRID) if keeps(unit * factor)), len(_GRID) - 1)
    if sharp == 0:
        return float(unit * _GRID[0])
    low, high = unit * _GRID[sharp - 1], unit * _GRID[sharp]
    for _ in range(_STEPS):
        middle = float(np.sqrt(low * high))
        low, high = (low, middle) if keeps(middle) else (middle, high)
    return float(high)


class _Shown:
    """The logged rows of some users, and their importance weights at any temperature."""

    def __init__(self, policy: RecommenderPolicy, log: ExposureLog | Dataset) -> None:
        self.policy = policy
        most = min(_USERS, max(1, _CELLS // max(policy.n_items, 1)))
        frame = _sample(log.frame, most)
        items = codes_of(log.item_ids, policy.item_ids)[frame["item"].to_numpy()]
        users = np.full(len(frame), -1, dtype=np.int64)
        if "user" in frame.columns:
            users = codes_of(log.user_ids, policy.user_ids)[frame["user"].to_numpy()]
        self.users, self.row = np.unique(users, return_inverse=True)
        by_user = len(self.users) >= _GROUPS
        self.group = (self.row if by_user else np.arange(len(frame))) % _GROUPS
        self.items = items
        self.logged = frame["propensity"].to_numpy(dtype=float)
        self.scores = policy.model.score(self.users)
        spread = float(np.median(self.scores.std(axis=1)))
        self.spread = spread if spread > 0 else 1.0

    def weights(self, temperature: float) -> np.ndarray:
        """P(item | user) at the temperature over the propensity, (n,)."""
        policy = self.policy.with_temperature(temperature)
        table = softmax(policy.logits_of(self.scores, self.users))
        shares = np.where(self.items >= 0, table[self.row, self.items.clip(0)], 0.0)
        return np.asarray(shares / self.logged)

    def effective_share(self, temperature: float) -> float:
        """Median over the groups of users of the effective share of their rows."""
        weights = self.weights(temperature)
        groups = (weights[self.group == group] for group in range(_GROUPS))
        return float(np.median([effective_share(group) for group in groups]))


def _sample(frame: pd.DataFrame, most: int) -> pd.DataFrame:
    """The rows of at most ``most`` users, or 50 times as many rows of a log without users."""
    rng = generator(0, "temperature")
    if "user" in frame.columns:
        users = np.sort(frame["user"].unique())
        if len(users) > most:
            frame = frame[frame["user"].isin(rng.choice(users, most, replace=False))]
    elif len(frame) > 50 * most:
        frame = frame.iloc[np.sort(rng.choice(len(frame), 50 * most, replace=False))]
    return frame
