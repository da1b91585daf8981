"""A policy against a log: its probabilities and expectations for each impression, user by user."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from causalrec.data.dataset.exposure import ExposureLog
from causalrec.recsys.arrays.topk import chunks
from causalrec.recsys.interactions.interaction_matrix import codes_of
from causalrec.recsys.policies.policy import Policy

__all__ = ["PolicyTarget"]

_KEPT_BYTES = 256_000_000


class PolicyTarget:
    """What a policy would show in the place of each impression of a log.

    A table of all items for every impression would be the largest thing in memory; impressions
    of a user share a row, and rows are kept only while they fit in 256 MB.

    Attributes:
        chosen: the policy's probability of each logged item, (n,).
    """

    def __init__(self, policy: Policy, log: ExposureLog) -> None:
        self.policy = policy
        self._items = codes_of(policy.item_ids, log.item_ids)  # theirs by ours
        self._logged = codes_of(log.item_ids, policy.item_ids)[log.frame["item"].to_numpy()]
        users = np.full(log.n, -1, dtype=np.int64)
        if log.has("user"):
            users = codes_of(log.user_ids, policy.user_ids)[log.frame["user"].to_numpy()]
        self._users, self._row = np.unique(users, return_inverse=True)
        self._kept: list[tuple[slice, np.ndarray]] | None = None
        self.chosen = self._chosen()

    def expect(self, values: np.ndarray, rest: float) -> np.ndarray:
        """``sum_a target(a | x_i) values(a)`` of each impression, (n, m).

        Args:
            values: of the log's items, (n_items, m).
            rest: the value of items that the log does not know.
        """
        theirs = np.full((len(self._items), values.shape[1]), rest)
        theirs[self._items >= 0] = values[self._items[self._items >= 0]]
        expected = np.empty((len(self._users), values.shape[1]))
        for part, table in self._tables():
            expected[part] = table @ theirs
        return np.asarray(expected[self._row])

    def _chosen(self) -> np.ndarray:
        order = np.argsort(self._row, kind="stable")
        edges = np.searchsorted(self._row[order], np.arange(len(self._users) + 1))
        shares = np.zeros(len(self._row))
        for part, table in self._tables():
            rows = order[edges[part.start] : edges[part.stop]]
            shares[rows] = table[self._row[rows] - part.start, self._logged[rows].clip(0)]
        return np.where(self._logged >= 0, shares, 0.0)

    def _tables(self) -> Iterator[tuple[slice, np.ndarray]]:
        """Probabilities of the distinct users, part by part."""
        if self._kept is not None:
            yield from self._kept
            return
        small = 8 * len(self._users) * self.policy.n_items <= _KEPT_BYTES
        kept: list[tuple[slice, np.ndarray]] = []
        for part in chunks(len(self._users), self.policy.n_items, bytes_each=32):
            table = self.policy.probabilities(self._users[part])
            if small:
                kept.append((part, table))
            yield part, table
        if small:
            self._kept = kept
