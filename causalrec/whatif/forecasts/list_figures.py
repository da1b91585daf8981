"""Figures of the lists that policies would show: coverage, Gini and novelty, no outcome needed.

Of a policy that leaves something to chance they are expectations: means over drawn lists
(`causalrec.recsys.policies.drawn`), with the same chance before and after.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from causalrec.core.results.result import Estimate
from causalrec.core.seeds import generator
from causalrec.core.statistics.quantiles import Z95
from causalrec.core.words import Text
from causalrec.recsys.interactions.interaction_matrix import codes_of
from causalrec.recsys.metrics.catalogue import coverage_of_counts, gini_of_counts, novelty_of_items
from causalrec.recsys.policies.drawn import draws_note, draws_of
from causalrec.whatif.changes.metric_change import MetricChange

if TYPE_CHECKING:
    from causalrec.whatif.world.world import World

__all__ = ["list_changes", "list_figures"]

_DRAWS = 200
_NAMES = ("coverage", "gini", "novelty")


def list_figures(
    world: World, policy: Any, users: np.ndarray, *, k: int = 10, seed: int = 0
) -> dict[str, Estimate]:
    """Coverage, Gini and novelty of a policy's lists, ± 1.96 bootstrap errors over users."""
    whole, drawn = _figures(world, policy, users, k, seed)
    return {name: _estimate(whole[i], drawn[:, i], len(users)) for i, name in enumerate(_NAMES)}


def list_changes(
    world: World,
    before: Any,
    after: Any,
    users: np.ndarray,
    *,
    before_name: Text,
    k: int = 10,
    seed: int = 0,
) -> list[MetricChange]:
    """The same before and after, with paired bootstrap errors of the change (same users drawn)."""
    arms = [_figures(world, policy, users, k, seed) for policy in (before, after)]
    (whole, drawn), (whole_after, drawn_after) = arms
    drawn_lists = any(getattr(policy, "random", False) for policy in (before, after))
    notes = (draws_note(seed),) if drawn_lists else ()
    made = []
    for i, name in enumerate(_NAMES):
        parts = (
            (whole[i], drawn[:, i]),
            (whole_after[i], drawn_after[:, i]),
            (whole_after[i] - whole[i], drawn_after[:, i] - drawn[:, i]),
        )
        first, second, change = (_estimate(value, spread, len(users)) for value, spread in parts)
        made.append(
            MetricChange(
                metric=name,
                source="lists",
                k=k,
                unit="list",
                before_name=before_name,
                before=first,
                after=second,
                change=change,
                assumptions=notes,
            )
        )
    return made


def _estimate(value: float, drawn: np.ndarray, n: int) -> Estimate:
    half = Z95 * float(drawn.std(ddof=1))
    return Estimate(value=float(value), low=float(value - half), high=float(value + half), n=n)


def _figures(
    world: World, policy: Any, users: np.ndarray, k: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """The figures, shape (3,), and over resampled users, shape (draws, 3)."""
    codes = codes_of(world.user_ids[users], policy.user_ids)
    lists = [np.asarray(one.top(codes, k)) for one in draws_of(policy, seed)]
    bits = _bits(world)[codes_of(policy.item_ids, world.item_ids).clip(0)]
    size = len(policy.item_ids)
    rng = generator(seed, "lists")
    n = len(codes)
    drawn = [
        _of_lists(lists[at % len(lists)][rng.integers(0, n, n)], bits, size) for at in range(_DRAWS)
    ]
    whole = np.mean([_of_lists(one, bits, size) for one in lists], axis=0)
    return whole, np.array(drawn)


def _of_lists(lists: np.ndarray, bits: np.ndarray, size: int) -> np.ndarray:
    """Coverage, Gini and mean bits of lists (m, k) with -1 for none, shape (3,)."""
    counts = np.bincount(lists[lists >= 0], minlength=size)
    mean_bits = float(counts @ bits) / max(int(counts.sum()), 1)
    return np.array([coverage_of_counts(counts), gini_of_counts(counts), mean_bits])


def _bits(world: World) -> np.ndarray:
    """Self-information of each item of the log, shape (n_items,)."""
    size = len(world.item_ids)
    seen = np.unique(world.user.astype(np.int64) * size + world.item)
    known = np.bincount(seen % size, minlength=size)
    return novelty_of_items(known, int((world.impressions > 0).sum()))
