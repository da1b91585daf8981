"""Users' histories as sequences: cut into windows to learn from, gathered into batches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from causalrec.recsys.interactions.interaction_matrix import by_time

if TYPE_CHECKING:
    from torch import Generator, Tensor

__all__ = ["Batch", "Sequences", "grouped", "latest", "spans"]

#: Windows of like length go together among so many batches.
_POOL = 16


@dataclass(frozen=True)
class Batch:
    """Events of several windows, one after another, without padding.

    Attributes:
        items: what was taken, int64 (t,).
        row, place: window of each event and its place in it, int64 (t,).
        shape: number of windows and the length of the longest.
    """

    items: Tensor
    row: Tensor
    place: Tensor
    shape: tuple[int, int]

    @classmethod
    def of(cls, items: Tensor, row: Tensor, place: Tensor, sizes: Tensor) -> Batch:
        """From events and the lengths of their windows (b,)."""
        return cls(items, row, place, (len(sizes), int(sizes.max())))


class Sequences:
    """All users' events in time, on the device.

    Args:
        order: ordered history, csr (n_users, n_items).
        matrix: weights of the same pairs, csr (n_users, n_items); a pair without an entry is
            known as context and never a target.
        length: targets that a window holds at most.
        device: where the tensors live.
    """

    def __init__(
        self, order: sparse.csr_matrix, matrix: sparse.csr_matrix, length: int, device: str
    ) -> None:
        import torch

        items, starts = by_time(order)
        users = np.repeat(np.arange(order.shape[0], dtype=np.int32), np.diff(starts))
        weights = np.asarray(matrix[users, items], dtype=np.float32).ravel()
        weights /= np.float32(matrix.data.mean(dtype=float))
        self.length = length
        self.items = torch.from_numpy(items.astype(np.int32)).to(device)
        self.weights = torch.from_numpy(weights).to(device)
        self.starts = torch.from_numpy(starts[:-1].astype(np.int64)).to(device)
        steps = np.maximum(np.diff(starts).astype(np.int64) - 1, 0)
        self.steps = torch.from_numpy(steps).to(device)

    def windows(self, random: Generator) -> tuple[Tensor, Tensor]:
        """Where windows start and how many targets each holds: int64 (n,) each.

        Every event but a user's first is the target of exactly one window. Histories longer
        than a window are cut at places that are drawn anew each time.
        """
        import torch

        length, steps = self.length, self.steps
        late = torch.randint(length, steps.shape, generator=random, device=steps.device)
        late = torch.where(steps > length, late, 0)
        user, number = spans(torch.zeros_like(steps), (steps + late + length - 1) // length)
        begin = number * length - late[user]
        end = torch.minimum(begin + length, steps[user])
        begin = begin.clamp_(min=0)
        return self.starts[user] + begin, end - begin

    def batch(self, starts: Tensor, sizes: Tensor) -> tuple[Batch, Tensor, Tensor]:
        """The events of windows (b,), what followed each (t,), and the weight of that (t,)."""
        row, at = spans(starts, sizes)
        batch = Batch.of(self.items[at].long(), row, at - starts[row], sizes)
        return batch, self.items[at + 1].long(), self.weights[at + 1]


def spans(starts: Tensor, sizes: Tensor) -> tuple[Tensor, Tensor]:
    """The numbers start, start + 1, … of each span, one span after another.

    Args:
        starts: int64 (b,).
        sizes: int64 (b,).

    Returns:
        Which span each number belongs to and the number, int64 (t,) each.
    """
    import torch

    row = torch.repeat_interleave(sizes)
    before = torch.cumsum(sizes, 0) - sizes
    return row, torch.arange(len(row), device=row.device) + (starts - before)[row]


def grouped(sizes: Tensor, batch_size: int, random: Generator) -> list[Tensor]:
    """Shuffled batches of about ``batch_size`` events, each of windows (n,) of like length."""
    import torch

    if not len(sizes):
        return []
    order = torch.randperm(len(sizes), generator=random, device=sizes.device)
    pool = torch.cumsum(sizes[order], 0) // (batch_size * _POOL)
    alike = torch.argsort(pool * (sizes.max() + 1) + sizes[order], stable=True)
    order = order[alike]
    number = (torch.cumsum(sizes[order], 0) - 1) // batch_size
    counts = torch.unique_consecutive(number, return_counts=True)[1].tolist()
    batches = torch.split(order, counts)
    turn = torch.randperm(len(batches), generator=random, device=sizes.device)
    return [batches[i] for i in turn.tolist()]


def latest(history: sparse.csr_matrix, length: int) -> tuple[np.ndarray, np.ndarray]:
    """The last ``length`` items of each row of an ordered history.

    Returns:
        Item codes int64 (t,), row after row, and how many each row has, int64 (n,).
    """
    items, starts = by_time(history)
    sizes = np.minimum(np.diff(starts), length).astype(np.int64)
    row = np.repeat(np.arange(len(sizes)), sizes)
    at = np.arange(len(row)) + (starts[1:] - np.cumsum(sizes))[row]
    return items[at].astype(np.int64), sizes
