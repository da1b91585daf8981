"""Figures of the lists that policies would show: coverage, Gini and novelty, no outcome needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from causalrec.core.result import Estimate
from causalrec.core.seeds import generator
from causalrec.core.words import Text
from causalrec.recsys.bootstrap import resampled_means, resampled_totals
from causalrec.recsys.history import codes_of
from causalrec.recsys.metrics.catalogue import coverage_of_counts, gini_of_counts, novelty_of_items
from causalrec.whatif.comparison import MetricChange

if TYPE_CHECKING:
    from causalrec.whatif.world import World

__all__ = ["list_changes", "list_figures"]

_DRAWS = 300
_Z = 1.959964
_STATISTICS = [coverage_of_counts, gini_of_counts]
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
            )
        )
    return made


def _estimate(value: float, drawn: np.ndarray, n: int) -> Estimate:
    half = _Z * float(drawn.std(ddof=1))
    return Estimate(value=float(value), low=float(value - half), high=float(value + half), n=n)


def _figures(
    world: World, policy: Any, users: np.ndarray, k: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """The figures, shape (3,), and over resampled users, shape (draws, 3)."""
    lists = np.asarray(policy.top(codes_of(world.user_ids[users], policy.user_ids), k))
    listed = lists >= 0
    seen = np.unique(world.user.astype(np.int64) * len(world.item_ids) + world.item)
    known = np.bincount(seen % len(world.item_ids), minlength=len(world.item_ids))
    codes = codes_of(policy.item_ids, world.item_ids)
    bits = novelty_of_items(known, int((world.impressions > 0).sum()))[codes.clip(0)]
    mean_bits = np.where(listed, bits[lists.clip(0)], 0.0).sum(1) / np.maximum(listed.sum(1), 1)
    row, place = np.nonzero(listed)
    table = sparse.csr_matrix(
        (np.ones(len(row), np.float32), (row, lists[row, place])),
        shape=(len(lists), len(policy.item_ids)),
    )
    totals = np.asarray(table.sum(axis=0))
    drawn = np.column_stack(
        [
            resampled_totals(table, list(_STATISTICS), _DRAWS, generator(seed, "lists")),
            resampled_means(mean_bits[:, None], _DRAWS, generator(seed, "lists")),
        ]
    )
    whole = np.array([*(float(s(totals)[0]) for s in _STATISTICS), float(mean_bits.mean())])
    return whole, drawn
