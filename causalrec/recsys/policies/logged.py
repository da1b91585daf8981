"""The policy that made a log, where it chose without looking at users: one probability an item."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from causalrec.core.errors import DataError
from causalrec.core.words import Text
from causalrec.data.dataset.dataset import Dataset
from causalrec.data.dataset.exposure import ExposureLog
from causalrec.recsys.policies.policy import Policy

__all__ = ["LoggedPolicy"]

_SAME = 1.01
"""Largest over smallest propensity of an item up to which its rows say the same: logs round."""


class LoggedPolicy(Policy):
    """Every item as often as the log showed it, for whoever looks.

    Where each item was shown with the same propensity in all of its rows, these are the
    probabilities of the log's own policy, exactly. Where they vary (a policy that adapts, or
    knows more than the log says), the items' frequencies stand for them: an item's expected
    frequency is its mean probability. Outcomes are not looked at, so every row of the log may
    judge it and what is made of it.

    Attributes:
        shares: probability of each item, float64 (n_items,), sums to 1.
        exact: whether it is the log's own policy, not only as frequent on average.
    """

    def __init__(self, log: Dataset | ExposureLog) -> None:
        """Read the policy off a log.

        Args:
            log: impressions; of a dataset the rows that were shown.

        Raises:
            DataError: nothing was shown.
        """
        super().__init__(np.empty(0, dtype=object), log.item_ids, "log")
        frame = log.frame
        if "exposed" in frame.columns:
            frame = frame[frame["exposed"] > 0]
        if frame.empty:
            raise DataError("whatif.empty_log")
        counts = np.bincount(frame["item"].to_numpy(), minlength=self.n_items).astype(float)
        recorded = _recorded(frame, self.n_items)
        self.exact = recorded is not None
        shares = counts if recorded is None else recorded
        self.shares = shares / shares.sum()

    def summary(self, lang: str = "en") -> str:
        """How many items it shows, and how exactly it is known."""
        key = "recsys.policy_logged" if self.exact else "recsys.policy_as_often"
        return Text(key, items=int((self.shares > 0).sum())).to(lang)

    def to_frame(self) -> pd.DataFrame:
        """Columns item, probability; the likeliest first."""
        frame = pd.DataFrame({"item": self.item_ids, "probability": self.shares})
        return frame.sort_values("probability", ascending=False, ignore_index=True)

    def logits(self, users: ArrayLike) -> np.ndarray:
        rows = len(np.atleast_1d(np.asarray(users)))
        logged = np.full(self.n_items, -np.inf)
        np.log(self.shares, out=logged, where=self.shares > 0)
        return np.tile(logged, (rows, 1))


def _recorded(frame: pd.DataFrame, n_items: int) -> np.ndarray | None:
    """Each item's propensity, (n_items,), 0 where never shown; None where rows differ."""
    if "propensity" not in frame.columns:
        return None
    by_item = frame.groupby("item")["propensity"].agg(["mean", "min", "max"])
    if not bool((by_item["max"] <= _SAME * by_item["min"]).all()):
        return None
    shares = np.zeros(n_items)
    shares[by_item.index.to_numpy()] = by_item["mean"]
    return shares if np.isfinite(shares).all() else None
