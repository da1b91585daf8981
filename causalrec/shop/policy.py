"""The sample shop's own policy: the one that made its log."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
import pandas as pd

from causalrec.shop.world import ShopWorld

__all__ = ["ShopPolicy"]

_CHUNK = 512


class ShopPolicy:
    """The softmax that the shop shows items by; it does all that a recommender's policy does.

    A user who is not known (code -1) is shown what the shop shows somebody without tastes.

    Attributes:
        user_ids, item_ids: external ids, code = index.
        users, items: attribute tables in the same order.
    """

    name = "shop"

    def __init__(self, world: ShopWorld, users: pd.DataFrame, items: pd.DataFrame) -> None:
        self.world = world
        self.users = users
        self.items = items
        self.user_ids = users["user_id"].to_numpy()
        self.item_ids = items["item_id"].to_numpy()

    @property
    def n_users(self) -> int:
        """Number of users."""
        return len(self.user_ids)

    @property
    def n_items(self) -> int:
        """Number of items."""
        return len(self.item_ids)

    def logits(self, users: Any) -> np.ndarray:
        """Log weights for user codes (m,), float64 (m, n_items)."""
        codes = np.atleast_1d(np.asarray(users, dtype=np.int64))
        return np.where((codes < 0)[:, None], self.world.appeal(), self.world.logits(codes))

    def probabilities(self, users: Any) -> np.ndarray:
        """P(item | user) for user codes (m,), float64 (m, n_items)."""
        logits = self.logits(users)
        weights = np.exp(logits - logits.max(axis=1, keepdims=True))
        return np.asarray(weights / weights.sum(axis=1, keepdims=True))

    def propensities(self, log: Any) -> np.ndarray:
        """The probability of each logged item, (n,); users and items are matched by external id."""
        items = pd.Index(self.item_ids).get_indexer(pd.Index(log.item_ids))[log.frame["item"]]
        users = pd.Index(self.user_ids).get_indexer(pd.Index(log.user_ids))[log.frame["user"]]
        shares = np.zeros(len(items))
        order = np.argsort(users, kind="stable")
        distinct, starts = np.unique(users[order], return_index=True)
        edges = np.append(starts, len(users))
        for at in range(0, len(distinct), _CHUNK):
            part = distinct[at : at + _CHUNK]
            rows = order[edges[at] : edges[at + len(part)]]
            table = self.probabilities(part)
            shares[rows] = table[np.searchsorted(part, users[rows]), items[rows].clip(0)]
        return np.where(items >= 0, shares, 0.0)

    def top(self, users: Any, k: int, exclude: Any = None) -> np.ndarray:
        """The k likeliest items of each user, best first, int64 (m, k); -1 where none is left.

        Args:
            users: codes (m,).
            k: length of the list.
            exclude: sparse (m, n_items), items that may not be listed.
        """
        logits = self.logits(users)
        if exclude is not None:
            logits[exclude.toarray() > 0] = -np.inf
        best = np.argsort(-logits, axis=1, kind="stable")[:, :k].astype(np.int64)
        best[~np.isfinite(np.take_along_axis(logits, best, axis=1))] = -1
        short = k - best.shape[1]
        return np.pad(best, ((0, 0), (0, max(short, 0))), constant_values=-1)

    def recommend(self, k: int = 10, users: Any = None) -> pd.DataFrame:
        """Lists as a frame: user (code), rank (1 is best), item (code), score (logit)."""
        codes = np.arange(self.n_users) if users is None else np.atleast_1d(np.asarray(users))
        frames = []
        for at in range(0, len(codes), _CHUNK):
            part = codes[at : at + _CHUNK]
            lists, logits = self.top(part, k), self.logits(part)
            row, place = np.nonzero(lists >= 0)
            item = lists[row, place]
            columns = {"user": part[row], "rank": place + 1, "item": item}
            frames.append(pd.DataFrame({**columns, "score": logits[row, item]}))
        return pd.concat(frames, ignore_index=True)

    def with_history(self, history: Any) -> Self:
        """The same policy: it knows tastes, not histories."""
        return self
