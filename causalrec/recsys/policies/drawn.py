"""Lists of policies that leave something to chance: drawn, never ordered by item code.

A policy that is *ranked* shows its ranking, each place left to chance with probability
`Policy.chance` and then filled at random among what is left. Any other policy fills the places
one after the other by its probabilities without repeats (Plackett-Luce), drawn as the order of
log weight plus Gumbel noise (Yellott, 1977). Draws of one seed share their noise, so that two
policies over the same users and items are compared with common random numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse

from causalrec.core.seeds import generator
from causalrec.core.words import Text
from causalrec.recsys.arrays.topk import best, chunks, hide
from causalrec.recsys.policies.policy import Policy

__all__ = ["DRAWS", "Drawn", "Listing", "drawn_lists", "draws_note", "draws_of"]

DRAWS = 8
"""Lists drawn a user; figures are means over them."""


class Listing(Protocol):
    """What shows lists: a policy, whoever wrote it."""

    def top(self, users: np.ndarray, k: int, /) -> np.ndarray:
        """Item codes (n, k) for user codes (n,), best first; -1 for none."""


AnyListing = TypeVar("AnyListing", bound=Listing)


class Drawn(Policy):
    """A policy whose `top` is one draw of its lists.

    Attributes:
        base: the policy.
        seed, draw: which draw.
    """

    def __init__(self, base: Policy, seed: int = 0, draw: int = 0) -> None:
        super().__init__(base.user_ids, base.item_ids, base.name)
        self.base, self.seed, self.draw = base, seed, draw
        self.ranked = True  # a draw is a list like any other
        self.takes_order = base.takes_order

    def logits(self, users: ArrayLike) -> np.ndarray:
        return self.base.logits(users)

    def top(self, users: ArrayLike, k: int, exclude: sparse.csr_matrix | None = None) -> np.ndarray:
        """The drawn list of each user: int64 (n, k), -1 where there are fewer candidates."""
        codes = np.atleast_1d(np.asarray(users, dtype=np.int64))
        if not self.base.random:
            return self.base.top(codes, k, exclude)
        draws = drawn_lists(self.base, codes, k, exclude, seed=self.seed, draws=(self.draw,))
        return np.asarray(draws[0])

    def with_history(self, history: sparse.csr_matrix) -> Drawn:
        return Drawn(self.base.with_history(history), self.seed, self.draw)


def drawn_lists(
    policy: Policy,
    codes: np.ndarray,
    k: int,
    exclude: sparse.csr_matrix | None = None,
    *,
    seed: int = 0,
    draws: Sequence[int] = range(DRAWS),
) -> np.ndarray:
    """Draws of the lists of a policy with chance in it, which is asked once for all of them.

    Args:
        policy: what is drawn from.
        codes: user codes (n,).
        k: length of the lists.
        exclude: what may not be listed, csr (n, n_items).
        seed: of the draws.
        draws: which draws.

    Returns:
        int64 (number of draws, n, k), -1 where there are fewer candidates.
    """
    lists = np.full((len(draws), len(codes), k), -1, dtype=np.int64)
    for part in chunks(len(codes), policy.n_items, bytes_each=40):
        logits = policy.logits(codes[part])
        if exclude is not None:
            logits = hide(logits, exclude[part])
        ranking = best(logits, k) if policy.ranked else None
        for at, draw in enumerate(draws):
            rng = generator(seed, "lists", draw, part.start)
            noise = rng.random(logits.shape)
            if ranking is None:
                lists[at, part] = best(logits - np.log(-np.log(noise)), k)
                continue
            left = rng.random((len(logits), k)) < policy.chance
            by_chance = best(np.where(np.isfinite(logits), noise, -np.inf), 2 * k)
            lists[at, part] = _filled(ranking, by_chance, left)
    return lists


def draws_of(policy: AnyListing, seed: int = 0, draws: int = DRAWS) -> list[AnyListing | Drawn]:
    """Policies whose mean figures are the policy's own: itself where nothing is left to chance.

    Args:
        policy: any policy.
        seed: of the draws.
        draws: how many.
    """
    if not isinstance(policy, Policy) or not policy.random:
        return [policy]
    return [Drawn(policy, seed, draw) for draw in range(draws)]


def draws_note(seed: int = 0, draws: int = DRAWS) -> Text:
    """How lists with chance in them were drawn, in words."""
    return Text("recsys.note_drawn", draws=draws, seed=seed)


def _filled(ranking: np.ndarray, by_chance: np.ndarray, left: np.ndarray) -> np.ndarray:
    """Places filled from the ranking or, where left to chance, at random; no item twice.

    Args:
        ranking: best first, (m, k), -1 for none.
        by_chance: the same candidates in random order, (m, 2 k).
        left: whether a place is left to chance, (m, k).
    """
    m, k = ranking.shape
    lists = np.full((m, k), -1, dtype=np.int64)
    for place in range(k):
        taken = lists[:, :place]
        chosen = _next(by_chance, taken)
        lists[:, place] = np.where(left[:, place], chosen, _next(ranking, taken))
    return lists


def _next(candidates: np.ndarray, taken: np.ndarray) -> np.ndarray:
    """The first candidate of each row that is not taken yet, (m,); -1 for none."""
    free = ~(candidates[:, :, None] == taken[:, None, :]).any(axis=2) & (candidates >= 0)
    first = free.argmax(axis=1)
    items = candidates[np.arange(len(candidates)), first]
    return np.where(free.any(axis=1), items, -1)
