"""Figures of the lists that policies would show, such as their coverage: no outcome needed.

Of a policy that leaves something to chance they are expectations: means over drawn lists
(`causalrec.recsys.policies.drawn`), with the same chance before and after.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from causalrec.core.results.result import Estimate
from causalrec.core.seeds import generator
from causalrec.core.statistics.quantiles import Z95
from causalrec.core.words import Text
from causalrec.recsys.interactions.interaction_matrix import codes_of
from causalrec.recsys.metrics import METRICS, foremost
from causalrec.recsys.metrics.metric import CatalogueMetric, ItemMetric
from causalrec.recsys.policies.drawn import draws_note, draws_of
from causalrec.whatif.changes.metric_change import MetricChange
from causalrec.whatif.changes.sources import LISTS
from causalrec.whatif.world.any_policy import ListingPolicy

if TYPE_CHECKING:
    from causalrec.whatif.world.world import World

__all__ = ["list_changes", "list_figures"]

_DRAWS = 200


def list_figures(
    world: World, policy: ListingPolicy, users: np.ndarray, *, k: int = 10, seed: int = 0
) -> dict[str, Estimate]:
    """Every compared metric of a policy's lists alone, ± 1.96 bootstrap errors over users."""
    whole, drawn = _figures(world, policy, users, k=k, seed=seed)
    return {name: _estimate(whole[i], drawn[:, i], len(users)) for i, name in enumerate(_names())}


def list_changes(
    world: World,
    before: ListingPolicy,
    after: ListingPolicy,
    users: np.ndarray,
    *,
    before_name: Text,
    k: int = 10,
    seed: int = 0,
) -> list[MetricChange]:
    """The same before and after, with paired bootstrap errors of the change (same users drawn)."""
    arms = [_figures(world, policy, users, k=k, seed=seed) for policy in (before, after)]
    (whole, drawn), (whole_after, drawn_after) = arms
    drawn_lists = any(getattr(policy, "random", False) for policy in (before, after))
    notes = (draws_note(seed),) if drawn_lists else ()
    changes = []
    for i, name in enumerate(_names()):
        parts = (
            (whole[i], drawn[:, i]),
            (whole_after[i], drawn_after[:, i]),
            (whole_after[i] - whole[i], drawn_after[:, i] - drawn[:, i]),
        )
        first, second, change = (_estimate(value, spread, len(users)) for value, spread in parts)
        changes.append(
            MetricChange(
                metric=name,
                source=LISTS,
                k=k,
                unit="list",
                before_name=before_name,
                before=first,
                after=second,
                change=change,
                assumptions=notes,
            )
        )
    return changes


def _estimate(value: float, drawn: np.ndarray, n: int) -> Estimate:
    half = Z95 * float(drawn.std(ddof=1))
    return Estimate(value=float(value), low=float(value - half), high=float(value + half), n=n)


def _figures(
    world: World, policy: ListingPolicy, users: np.ndarray, *, k: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """The figures, shape (m,), and over resampled users, shape (draws, m)."""
    codes = codes_of(world.user_ids[users], policy.user_ids)
    lists = [np.asarray(one.top(codes, k)) for one in draws_of(policy, seed)]
    of_items = _of_items(world, codes_of(policy.item_ids, world.item_ids).clip(0))
    rng = generator(seed, "lists")
    n = len(codes)
    drawn = [
        _of_lists(lists[at % len(lists)][rng.integers(0, n, n)], of_items) for at in range(_DRAWS)
    ]
    whole = np.mean([_of_lists(one, of_items) for one in lists], axis=0)
    return whole, np.array(drawn)


def _names() -> list[str]:
    """Compared metrics that lists alone tell: of the catalogue, or means over what is listed."""
    alone = (CatalogueMetric, ItemMetric)
    return [name for name in foremost(compared=True) if issubclass(METRICS[name], alone)]


def _of_lists(lists: np.ndarray, of_items: np.ndarray) -> np.ndarray:
    """Figures of lists (users, k) with -1 for none, shape (m,).

    Args:
        lists: item codes.
        of_items: what each item has, shape (m, n_items), zeros for metrics of the catalogue.
    """
    counts = np.bincount(lists[lists >= 0], minlength=of_items.shape[1])
    means = of_items @ counts / max(int(counts.sum()), 1)
    kinds = [METRICS[name] for name in _names()]
    return np.array(
        [
            kind.of_counts(counts) if issubclass(kind, CatalogueMetric) else mean
            for kind, mean in zip(kinds, means, strict=True)
        ]
    )


def _of_items(world: World, items: np.ndarray) -> np.ndarray:
    """What each item (codes of the world) has for each figure, from who took it in the log."""
    size = len(world.item_ids)
    taken = np.unique(world.user.astype(np.int64) * size + world.item)
    counts = np.bincount(taken % size, minlength=size)
    users = int((world.impressions > 0).sum())
    return np.stack(
        [
            METRICS[name].of_items(counts, users)[items]
            if issubclass(METRICS[name], ItemMetric)
            else np.zeros(len(items))
            for name in _names()
        ]
    )
