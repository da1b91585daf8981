"""BPR a pair at a time, compiled for the processor: no batch is laid out, nothing is summed twice.

`draw` and `learn` are plain Python that numba compiles at first use; the machine code is kept
beside the source, or in the user's cache where that cannot be written.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from typing import Any

import numpy as np

from causalrec.core.seeds import generator
from causalrec.recsys.learning.training_loop import FitJob

__all__ = ["PairLearner", "compiled", "draw", "has_compiler", "learn"]

_PART = 50_000
"""Pairs between two looks at whether a person wants to stop."""
_TINY = np.float32(1e-8)


def has_compiler() -> bool:
    """Whether numba is installed."""
    return find_spec("numba") is not None


@cache
def compiled() -> tuple[Callable[..., int], Callable[..., float]]:
    """`draw` and `learn` as machine code."""
    import numba

    # Sums may be reordered, so that they go through vector registers.
    how: dict[str, Any] = {"fastmath": {"reassoc", "contract", "nsz"}}
    try:
        kept = {"cache": True, **how}
        return numba.njit(**kept)(draw), numba.njit(**kept)(learn)
    except RuntimeError:  # there is no place for a cache that can be written
        return numba.njit(**how)(draw), numba.njit(**how)(learn)


def draw(
    others: np.ndarray,
    order: np.ndarray,
    log: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray],
    items: int,
    state: int,
) -> int:
    """For some interactions an item each that the user did not take, drawn uniformly.

    Args:
        others: written to, int (p,): items, -1 where eight draws were all of items taken.
        order: which interactions, int (p,).
        log: see `learn`.
        items: size of the catalogue, below 2³¹.
        state: of the draws, 1 to 2³² - 1 (Marsaglia's xorshift, 2003).

    Returns:
        The state afterwards.
    """
    row, column, _, starts = log
    for place in range(len(order)):
        user = row[order[place]]
        others[place] = -1
        for _ in range(8):
            state ^= (state << 13) & 0xFFFFFFFF
            state ^= state >> 17
            state ^= (state << 5) & 0xFFFFFFFF
            item = (state * items) >> 32
            low, high = starts[user], starts[user + 1]
            while low < high:
                middle = (low + high) >> 1
                if column[middle] < item:
                    low = middle + 1
                else:
                    high = middle
            if low == starts[user + 1] or column[low] != item:
                others[place] = item
                break
    return state


def learn(
    table: np.ndarray,
    square: np.ndarray,
    pairs: tuple[np.ndarray, np.ndarray],
    log: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray],
    rates: tuple[np.float32, np.float32],
) -> float:
    """Learn from some interactions, each against one item that the user did not take.

    Args:
        table: users, then items, float32 (n_users + n_items, d + 1), in place; the last column
            is the items' bias (users: 1).
        square: Adagrad's sums of mean squared slopes, float32 (n_users + n_items,), in place.
        pairs: which interactions and the items drawn for them, int (p,) each; -1 is passed over.
        log: of all interactions user and item, int32 (n,) each, items rising within a user, and
            weight, float32 (n,); where users start among them, int (n_users + 1,).
        rates: learning rate and regularisation.

    Returns:
        The sum of losses.
    """
    row, column, weight, starts = log
    users, size = len(starts) - 1, table.shape[1]
    d, total = size - 1, 0.0
    for place in range(len(pairs[0])):
        at, other = pairs[0][place], pairs[1][place]
        if other < 0:
            continue
        user, i, j, w = row[at], users + column[at], users + other, weight[at]
        taste, better, worse = table[user], table[i], table[j]
        margin = np.float32(0.0)
        for f in range(size):
            margin += taste[f] * (better[f] - worse[f])
        total += w * (np.log1p(np.exp(-abs(margin))) + max(-margin, np.float32(0.0)))
        pull, hold = w / (np.float32(1.0) + np.exp(margin)), rates[1] * w
        up, down = pull - hold * better[d], -pull - hold * worse[d]
        of_user, of_better, of_worse = np.float32(0.0), up * up, down * down
        for f in range(d):
            of_user += (pull * (better[f] - worse[f]) - hold * taste[f]) ** 2
            of_better += (pull * taste[f] - hold * better[f]) ** 2
            of_worse += (pull * taste[f] + hold * worse[f]) ** 2
        square[user] += of_user / size
        square[i] += of_better / size
        square[j] += of_worse / size
        a = rates[0] / (np.sqrt(square[user]) + _TINY)
        b = rates[0] / (np.sqrt(square[i]) + _TINY)
        c = rates[0] / (np.sqrt(square[j]) + _TINY)
        for f in range(d):
            t, x, y = taste[f], better[f], worse[f]
            taste[f] = t + a * (pull * (x - y) - hold * t)
            better[f] = x + b * (pull * t - hold * x)
            worse[f] = y - c * (pull * t + hold * y)
        better[d] += b * up
        worse[d] += c * down
    return total


class PairLearner:
    """What `train_epochs` trains on a processor.

    An epoch's order and draws come from the seed and its number, so that a checkpoint has to
    keep no more of chance than how many epochs there were.

    Args:
        job: what is learnt from.
        table: where learning starts, see `learn`.
        rates: learning rate and regularisation.
    """

    def __init__(self, job: FitJob, table: np.ndarray, rates: tuple[float, float]) -> None:
        self.job, self.table = job, table
        self.rates = np.float32(rates[0]), np.float32(rates[1])
        self.square = np.zeros(len(table), dtype=np.float32)
        matrix = job.matrix.copy()
        matrix.sort_indices()
        self.users_n = matrix.shape[0]
        self.log = (
            np.repeat(np.arange(self.users_n, dtype=np.int32), np.diff(matrix.indptr)),
            matrix.indices.astype(np.int32),
            (matrix.data / np.float32(matrix.data.mean(dtype=float))).astype(np.float32),
            matrix.indptr.astype(np.int64),
        )
        self.done = 0
        self.steps_an_epoch = matrix.nnz

    def epoch(self) -> float:
        """One pass in a fresh order; the mean loss of an interaction."""
        random = generator(self.job.seed, "bpr", f"epoch {self.done}")
        order = random.permutation(np.arange(len(self.log[0]), dtype=np.int32))
        state, total = int(random.integers(1, 2**32)), 0.0
        drawing, learning = compiled()
        others, items = np.empty(_PART, dtype=np.int32), len(self.table) - self.users_n
        for start in range(0, len(order), _PART):
            part = order[start : start + _PART]
            mine = others[: len(part)]
            state = drawing(mine, part, self.log, items, state)
            total += learning(self.table, self.square, (part, mine), self.log, self.rates)
            self.job.beat()
        self.done += 1
        return total / max(len(order), 1)

    def score(self, users: np.ndarray) -> np.ndarray:
        """Scores (n, n_items) of user codes (n,) as things stand."""
        return np.asarray(self.table[users] @ self.table[self.users_n :].T)

    def weights(self) -> dict[str, np.ndarray]:
        """Copies of users' factors (n, d) and of items' with their bias (m, d + 1)."""
        users, items = self.table[: self.users_n, :-1], self.table[self.users_n :]
        return {"users": users.copy(), "items": items.copy()}

    def state(self) -> dict[str, np.ndarray]:
        """Table, Adagrad's sums, and how many epochs there were."""
        return {
            "table": self.table.copy(),
            "square": self.square.copy(),
            "epochs": np.array([self.done]),
        }

    def restore(self, state: dict[str, np.ndarray]) -> None:
        """Take up a `state`."""
        self.table, self.square = state["table"].copy(), state["square"].copy()
        self.done = int(state["epochs"][0])
