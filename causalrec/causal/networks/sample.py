"""Rows on a device, drawn for each of K networks: so many of each arm, so many held out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["Arms", "Batch", "Draws", "Table"]


@dataclass(frozen=True, eq=False)
class Arms:
    """Something of a batch's rows by arm: without the treatment, with it."""

    control: Tensor
    treated: Tensor


@dataclass(frozen=True, eq=False)
class Batch:
    """Rows of K networks, arm by arm.

    Attributes:
        x: covariates, (K, a + b, p): a rows without the treatment, then b rows with it.
        y: outcomes, (K, a + b).
        weight: of each row, (K, a + b): of an arm they sum to 1, rows that fill up have 0.
        controls: a.
        share: of rows with the treatment among all that a network learns from, (K, 1).
    """

    x: Tensor
    y: Tensor
    weight: Tensor
    controls: int
    share: Tensor

    def by_arm(self, values: Tensor) -> Arms:
        """Values (K, a + b, …) apart."""
        return Arms(values[:, : self.controls], values[:, self.controls :])

    @property
    def t(self) -> Tensor:
        """Treatment of the rows, (a + b)."""
        import torch

        place = torch.arange(self.x.shape[1], device=self.x.device)
        return (place >= self.controls).float()

    def mean(self, values: Tensor) -> Tensor:
        """Half of each arm's mean of values (K, a + b), added: (K,)."""
        return 0.5 * (self.weight * values).sum(1)

    def everyone(self, values: Tensor) -> Tensor:
        """The mean of values (K, a + b) with each arm as often as among all rows: (K,)."""
        import torch

        often = torch.where(self.t > 0, self.share, 1.0 - self.share)
        return (often * self.weight * values).sum(1)


@dataclass(frozen=True, eq=False)
class Table:
    """All rows on a device: covariates (n, p), outcomes (n,)."""

    x: Tensor
    y: Tensor

    @classmethod
    def of(cls, x: np.ndarray, y: np.ndarray, device: str) -> Table:
        """Arrays in single precision on a device."""
        import torch

        single = [torch.tensor(one, dtype=torch.float32, device=device) for one in (x, y)]
        return cls(*single)


class Draws:
    """Which rows each network learns from, batch by batch, and which are held out from it.

    A batch holds rows of both arms, of the rarer at least a quarter; each network goes through the
    rows of an arm in an order of its own, and starts anew when they are over.

    Args:
        treatment: 0/1, (n,).
        taught: which rows each network learns from, bool (K, n): of both arms.
        held: which are held out, bool (K, n).
        streams: of random numbers, one a network.
        size: rows of a batch.
    """

    def __init__(
        self,
        treatment: np.ndarray,
        *,
        taught: np.ndarray,
        held: np.ndarray,
        streams: Sequence[np.random.Generator],
        size: int,
    ) -> None:
        self._streams = streams
        arms = [treatment == 0, treatment == 1]
        self._held = [[np.flatnonzero(arm & row) for row in held] for arm in arms]
        self._rows = [[np.flatnonzero(arm & row) for row in taught] for arm in arms]
        share = float(np.clip(treatment.mean(), 0.25, 0.75))
        self._share = np.array([[len(rows)] for rows in self._rows[1]], dtype=np.float32)
        self._share /= self._share + np.array([[len(rows)] for rows in self._rows[0]])
        self.sizes = (size - round(size * share), round(size * share))
        least = max(len(rows) / self.sizes[arm] for arm in (0, 1) for rows in self._rows[arm])
        self.round = max(1, round(least))
        """Batches in which every row came about once."""

    def batches(self, count: int) -> list[np.ndarray]:
        """Places of the rows of so many batches, by arm: (count, K, a), (count, K, b)."""
        return [self._stream(arm, count) for arm in (0, 1)]

    def _stream(self, arm: int, count: int) -> np.ndarray:
        size = self.sizes[arm]
        orders = []
        for rows, rng in zip(self._rows[arm], self._streams, strict=True):
            again = -(-count * size // len(rows))
            order = np.concatenate([rng.permutation(rows) for _ in range(again)])
            orders.append(order[: count * size].reshape(count, size))
        return np.stack(orders, axis=1)

    def held_out(self, table: Table, most: int) -> Batch:
        """Rows that the networks do not learn from, up to so many an arm, filled up to one length.

        Args:
            table: the rows.
            most: rows of an arm.
        """
        places, weights = [], []
        for arm in (0, 1):
            length = min(most, max(len(rows) for rows in self._held[arm]))
            at = np.zeros((len(self._streams), length), dtype=np.int64)
            weight = np.zeros(at.shape)
            for net, rows in enumerate(self._held[arm]):
                few = rows[:: -(-len(rows) // most)] if len(rows) > most else rows
                at[net, : len(few)], weight[net, : len(few)] = few, 1.0 / max(len(few), 1)
            places.append(at)
            weights.append(weight)
        return self._batch(table, places, np.concatenate(weights, axis=1))

    def learned(self, table: Table, places: Sequence[np.ndarray]) -> Batch:
        """The rows of one batch, at places (K, a) and (K, b)."""
        weight = np.concatenate([np.full(one.shape, 1.0 / one.shape[1]) for one in places], axis=1)
        return self._batch(table, places, weight)

    def _batch(self, table: Table, places: Sequence[np.ndarray], weight: np.ndarray) -> Batch:
        import torch

        device = table.x.device
        at = torch.from_numpy(np.concatenate(places, axis=1)).to(device)
        weights = torch.from_numpy(weight.astype(np.float32)).to(device)
        share = torch.from_numpy(self._share).to(device)
        return Batch(table.x[at], table.y[at], weights, places[0].shape[1], share)
