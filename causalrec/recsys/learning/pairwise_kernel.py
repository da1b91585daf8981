"""BPR a pair at a time, compiled for the processor: no batch is laid out, nothing is summed twice.

`draw` and `learn` are plain Python that numba compiles at first use; the machine code is kept
beside the source, or in the user's cache where that cannot be written.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from typing import Any, NamedTuple

import numpy as np

from causalrec.core.seeds import generator
from causalrec.recsys.learning.training_loop import FitJob

__all__ = [
    "Log",
    "PairLearner",
    "Pairs",
    "Rates",
    "Table",
    "compiled",
    "draw",
    "has_compiler",
    "learn",
]

_PART = 50_000
"""Pairs between two looks at whether a person wants to stop."""
_TINY = np.float32(1e-8)


class Log(NamedTuple):
    """All interactions, items rising within a user.

    Attributes:
        users, items: codes, int32 (n,).
        weights: float32 (n,).
        starts: where users start among them, int64 (n_users + 1,).
    """

    users: np.ndarray
    items: np.ndarray
    weights: np.ndarray
    starts: np.ndarray


class Pairs(NamedTuple):
    """Which interactions, and an item drawn for each, int32 (p,); -1 where none was found."""

    order: np.ndarray
    others: np.ndarray


class Table(NamedTuple):
    """What is learnt.

    Attributes:
        vectors: users, then items, float32 (n_users + n_items, d + 1); the last column is the
            items' bias (users: 1).
        squares: Adagrad's sums of mean squared slopes, float32 (n_users + n_items,).
    """

    vectors: np.ndarray
    squares: np.ndarray


class Rates(NamedTuple):
    """How fast it is learnt, and how much it is pulled to 0; float32 for the machine code."""

    learning: float | np.float32
    regularization: float | np.float32


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


def draw(pairs: Pairs, log: Log, items: int, state: int) -> int:
    """For some interactions an item each that the user did not take, drawn uniformly.

    Args:
        pairs: the others are written, -1 where eight draws were all of items taken.
        log: of what was taken.
        items: size of the catalogue, below 2³¹.
        state: of the draws, 1 to 2³² - 1 (Marsaglia's xorshift, 2003).

    Returns:
        The state afterwards.
    """
    row, column, starts = log.users, log.items, log.starts
    order, others = pairs.order, pairs.others
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


def learn(table: Table, pairs: Pairs, log: Log, rates: Rates) -> float:
    """Learn from some interactions, each against one item that the user did not take.

    Args:
        table: what is learnt, in place.
        pairs: which interactions against which items; -1 is passed over.
        log: of what was taken.
        rates: of learning and regularisation.

    Returns:
        The sum of losses.
    """
    row, column, weight = log.users, log.items, log.weights
    vectors, square = table.vectors, table.squares
    users, size = len(log.starts) - 1, vectors.shape[1]
    d, total = size - 1, 0.0
    for place in range(len(pairs.order)):
        at, other = pairs.order[place], pairs.others[place]
        if other < 0:
            continue
        user, i, j, w = row[at], users + column[at], users + other, weight[at]
        taste, better, worse = vectors[user], vectors[i], vectors[j]
        margin = np.float32(0.0)
        for f in range(size):
            margin += taste[f] * (better[f] - worse[f])
        total += w * (np.log1p(np.exp(-abs(margin))) + max(-margin, np.float32(0.0)))
        pull, hold = w / (np.float32(1.0) + np.exp(margin)), rates.regularization * w
        up, down = pull - hold * better[d], -pull - hold * worse[d]
        of_user, of_better, of_worse = np.float32(0.0), up * up, down * down
        for f in range(d):
            of_user += (pull * (better[f] - worse[f]) - hold * taste[f]) ** 2
            of_better += (pull * taste[f] - hold * better[f]) ** 2
            of_worse += (pull * taste[f] + hold * worse[f]) ** 2
        square[user] += of_user / size
        square[i] += of_better / size
        square[j] += of_worse / size
        a = rates.learning / (np.sqrt(square[user]) + _TINY)
        b = rates.learning / (np.sqrt(square[i]) + _TINY)
        c = rates.learning / (np.sqrt(square[j]) + _TINY)
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
        table: the vectors that learning starts from, see `Table`.
        rates: of learning and regularisation.
    """

    def __init__(self, job: FitJob, table: np.ndarray, rates: Rates) -> None:
        self.job, self.table = job, table
        self.rates = Rates(np.float32(rates.learning), np.float32(rates.regularization))
        self.square = np.zeros(len(table), dtype=np.float32)
        matrix = job.matrix.copy()
        matrix.sort_indices()
        self.users_n = matrix.shape[0]
        self.log = Log(
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
        order = random.permutation(np.arange(len(self.log.users), dtype=np.int32))
        state, total = int(random.integers(1, 2**32)), 0.0
        drawing, learning = compiled()
        others, items = np.empty(_PART, dtype=np.int32), len(self.table) - self.users_n
        for start in range(0, len(order), _PART):
            part = order[start : start + _PART]
            pairs = Pairs(part, others[: len(part)])
            state = drawing(pairs, self.log, items, state)
            total += learning(Table(self.table, self.square), pairs, self.log, self.rates)
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
