"""Trying policies in a fitted world: what one impression would earn, with common random numbers.

Users are the log's own, each as often as in the log (where there are too many, a sample that
both arms share). Given a user, the expectation over items, positions, clicks and purchases is
taken exactly rather than drawn, and both arms live in the same worlds of the ensemble; so a
policy compared with itself differs by exactly 0, and an interval holds only what the log
leaves open about the world.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from causalrec.core.errors import ParamError
from causalrec.core.progress import OnProgress, silent
from causalrec.core.result import Estimate, Result
from causalrec.core.seeds import generator
from causalrec.core.words import Text
from causalrec.recsys.history import codes_of
from causalrec.whatif.comparison import Comparison, MetricChange, compare
from causalrec.whatif.figures import OF_OUTCOME, amount, metric_name
from causalrec.whatif.lists import list_changes, list_figures
from causalrec.whatif.response import Array, Codes
from causalrec.whatif.world import World

__all__ = ["SimulatedMetric", "Simulation", "compare_policies", "simulate", "simulated_changes"]

_PAIRS = 6_000_000
_PIECE = 400_000
_K = 10


class SimulatedMetric(Estimate):
    """One figure of a simulation.

    Attributes:
        metric: "ctr", "conversion", "revenue" (of one impression), "coverage", "gini", "novelty".
        k: length of the lists, where it is a figure of lists.
    """

    metric: str
    k: int | None = None


class Simulation(Result):
    """What a policy would earn in a world.

    Attributes:
        policy: its name.
        metrics: the figures; n: impressions of the log (lists: users).
        users, members: users played, worlds in the ensemble.
        seed: of the users played.
        flags: what to know before believing it.
    """

    policy: str
    metrics: tuple[SimulatedMetric, ...]
    users: int
    members: int
    seed: int = 0
    flags: tuple[Text, ...] = ()

    def metric(self, name: str) -> SimulatedMetric:
        """A figure by its name; "click", "purchase" mean "ctr", "conversion".

        Raises:
            ParamError: the world cannot tell it.
        """
        for one in self.metrics:
            if one.metric == OF_OUTCOME.get(name, name):
                return one
        known = ", ".join(one.metric for one in self.metrics)
        raise ParamError(
            "simulate.no_metric", hint="simulate.no_metric_hint", name=name, known=known
        )

    def to_frame(self) -> pd.DataFrame:
        """Columns metric, k, value, low, high, level, n."""
        names = ["metric", "k", "value", "low", "high", "level", "n"]
        return pd.DataFrame([{name: getattr(one, name) for name in names} for one in self.metrics])

    def summary(self, lang: str = "en") -> str:
        """One sentence on the first figure."""
        one = self.metrics[0]
        return Text(
            "simulate.summary",
            policy=self.policy,
            metric=metric_name(one.metric, one.k),
            value=amount(one.metric, one.value),
            low=amount(one.metric, one.low),
            high=amount(one.metric, one.high),
            level=one.level,
            n=one.n,
        ).to(lang)


def simulate(
    world: World, policy: Any, seed: int = 0, *, on_progress: OnProgress = silent
) -> Simulation:
    """What one impression would earn under a policy, users and positions as in the log.

    Args:
        world: from `causalrec.whatif.world.fit_world`.
        policy: has ``item_ids``, ``user_ids`` and ``probabilities(users)``; None: the log's own.
        seed: of the users played, where there are too many to play all.
        on_progress: told the share done.

    Raises:
        ParamError: the policy shows items that the world does not know.
    """
    users = _players(world, seed)
    values = _play(world, [policy], users, _everybody(world), on_progress)[0, :, 0]
    metrics = [
        SimulatedMetric(metric=OF_OUTCOME[outcome], **_estimate(values[:, i], world.n))
        for i, outcome in enumerate(world.outcomes)
    ]
    if policy is not None and hasattr(policy, "top"):
        for name, estimate in list_figures(world, policy, users, k=_K, seed=seed).items():
            metrics.append(SimulatedMetric(metric=name, k=_K, **estimate.model_dump()))
    return Simulation(
        policy=_name(policy),
        metrics=tuple(metrics),
        users=len(users),
        members=world.members,
        seed=seed,
        flags=world.flags,
    )


def compare_policies(
    world: World,
    before: Any,
    after: Any,
    seed: int = 0,
    *,
    segment: str | None = None,
    currency: str = "",
    on_progress: OnProgress = silent,
) -> Comparison:
    """Two policies in the same worlds with the same users: A against A differs by exactly 0.

    Args:
        world: from `causalrec.whatif.world.fit_world`.
        before: a policy; None: the log's own.
        after: a policy.
        seed: of the users played.
        segment: a column of the user table to split the figures by.
        currency: of revenue.
        on_progress: told the share done.

    Raises:
        ParamError: a policy shows items that the world does not know, or there is no such column.
    """
    before_name = Text("compare.before_log") if before is None else _named(before)
    rows, by_segment = simulated_changes(
        world,
        before,
        after,
        seed,
        before_name=before_name,
        segment=segment,
        on_progress=on_progress,
    )
    if before is not None and hasattr(before, "top") and hasattr(after, "top"):
        users = _players(world, seed)
        rows += list_changes(world, before, after, users, before_name=before_name, k=_K, seed=seed)
    return compare(
        _name(after),
        rows,
        before_name=before_name,
        after_name=_named(after),
        segments=by_segment,
        currency=currency,
        notes=world.flags,
    )


def simulated_changes(
    world: World,
    before: Any,
    after: Any,
    seed: int = 0,
    *,
    before_name: Text,
    segment: str | None = None,
    on_progress: OnProgress = silent,
) -> tuple[list[MetricChange], list[MetricChange]]:
    """The simulator's figures of everybody, and by segment (empty without one)."""
    users = _players(world, seed)
    groups, names = _groups(world, segment)
    values = _play(world, [before, after], users, groups, on_progress)
    whole = _whole(world, values, users, groups)
    made = [
        _change(world, whole[:, :, i], outcome, before_name, world.n)
        for i, outcome in enumerate(world.outcomes)
    ]
    split = []
    for g, label in enumerate(names if segment else []):
        n = int(world.impressions[groups == g].sum())
        for i, outcome in enumerate(world.outcomes):
            change = _change(world, values[:, :, g, i], outcome, before_name, n)
            split.append(change.model_copy(update={"segment": label}))
    return made, split


def _change(world: World, values: Array, outcome: str, before_name: Text, n: int) -> MetricChange:
    """A change from values (2 arms, 1 + members)."""
    before, after, change = (
        Estimate(**_estimate(v, n)) for v in (values[0], values[1], values[1] - values[0])
    )
    return MetricChange(
        metric=OF_OUTCOME[outcome],
        source="simulator",
        before_name=before_name,
        before=before,
        after=after,
        change=change,
        assumptions=_assumptions(world),
    )


def _assumptions(world: World) -> tuple[Text, ...]:
    known = (Text("simulate.assume_examination"), Text("simulate.assume_relevance"))
    return (*known, Text("simulate.assume_users"), *world.flags)


def _estimate(values: Array, n: int) -> dict[str, Any]:
    """Value from the mode, interval from the spread of the members: values (1 + members,)."""
    from scipy.stats import t

    members = values[1:]
    half = float(members.std(ddof=1) * t.ppf(0.975, len(members) - 1))
    value = float(values[0])
    return {"value": value, "low": value - half, "high": value + half, "n": n}


def _players(world: World, seed: int) -> Codes:
    """Users played: all who were seen, else as many as fit, drawn by their impressions."""
    seen = np.flatnonzero(world.impressions > 0)
    most = max(200, _PAIRS // max(len(world.item_ids), 1))
    if len(seen) <= most:
        return seen
    share = world.impressions[seen] / world.impressions.sum()
    drawn = generator(seed, "players").choice(seen, size=most, replace=False, p=share)
    return np.sort(drawn)


def _everybody(world: World) -> Codes:
    return np.zeros(len(world.user_ids), dtype=np.int64)


def _groups(world: World, segment: str | None) -> tuple[Codes, list[str]]:
    if segment is None:
        return _everybody(world), []
    if world.users is None or segment not in world.users.columns:
        known = "-" if world.users is None else ", ".join(map(str, world.users.columns))
        raise ParamError(
            "simulate.no_segment", hint="simulate.no_segment_hint", name=segment, known=known
        )
    codes, names = pd.factorize(world.users[segment].astype(str), sort=True)
    return codes.astype(np.int64), [str(name) for name in names]


def _whole(world: World, values: Array, users: Codes, groups: Codes) -> Array:
    """Everybody's values (arms, 1 + members, outcomes) from the groups'."""
    weight = np.bincount(groups[users], world.impressions[users], minlength=values.shape[2])
    return np.asarray(np.einsum("amgo,g->amo", values, weight / weight.sum()))


def _play(
    world: World, policies: Sequence[Any], users: Codes, groups: Codes, on_progress: OnProgress
) -> Array:
    """Mean outcome of one impression: (arms, 1 + members, groups, outcomes); index 0 is the mode."""
    shape = (len(policies), 1 + world.members, int(groups.max()) + 1, len(world.outcomes))
    total = np.zeros(shape)
    size = max(1, _PIECE // max(len(world.item_ids), 1))
    maps = [_item_codes(world, policy) for policy in policies]
    for start in range(0, len(users), size):
        piece = users[start : start + size]
        shares = [_shares(world, p, m, piece) for p, m in zip(policies, maps, strict=True)]
        group = groups[piece]
        for member in range(-1, world.members):
            earned = _earned(world, shares, piece, member)  # (arms, m, outcomes)
            for arm in range(len(policies)):
                for o in range(shape[3]):
                    weighted = world.impressions[piece] * earned[arm][:, o]
                    total[arm, member + 1, :, o] += np.bincount(group, weighted, shape[2])
        on_progress(min(1.0, (start + size) / len(users)))
    weight = np.bincount(groups[users], world.impressions[users], minlength=shape[2])
    total /= np.maximum(weight, 1e-12)[None, None, :, None]
    looked = np.array([world.looked(member) for member in range(-1, world.members)])
    return np.asarray(total * looked[None, :, None, None])


def _earned(world: World, shares: Sequence[Array], users: Codes, member: int) -> list[Array]:
    """Expected outcomes of one looked-at impression, (m, outcomes) for each arm."""
    relevance = world.relevance(users, member)
    tables = [relevance]
    if world.buy is not None:
        conversion = world.conversion(users, member)
        assert conversion is not None
        tables.append(relevance * conversion)
    if "revenue" in world.outcomes:
        assert world.price is not None
        tables.append(tables[-1] * world.price.astype(np.float32))
    return [
        np.stack([np.einsum("ui,ui->u", share, one) for one in tables], axis=1) for share in shares
    ]


def _item_codes(world: World, policy: Any) -> Codes | None:
    """Where each item of the policy is in the world; None: the same items in the same order."""
    if policy is None or np.array_equal(policy.item_ids, world.item_ids):
        return None
    codes = codes_of(policy.item_ids, world.item_ids)
    if (codes < 0).any():
        raise ParamError(
            "simulate.unknown_items", hint="simulate.unknown_items_hint", n=int((codes < 0).sum())
        )
    return codes


def _shares(world: World, policy: Any, codes: Codes | None, users: Codes) -> Array:
    """P(item | user) of a policy for the world's users (m,), float32 (m, n_items)."""
    if policy is None:
        return _logged(world, users)
    theirs = users
    if not np.array_equal(policy.user_ids, world.user_ids):
        theirs = codes_of(world.user_ids[users], policy.user_ids)
    shown = np.asarray(policy.probabilities(theirs), dtype=np.float32)
    if codes is None:
        return shown
    placed = np.zeros((len(users), len(world.item_ids)), dtype=np.float32)
    placed[:, codes] = shown
    return placed


def _logged(world: World, users: Codes) -> Array:
    """What the log showed each user, as shares, float32 (m, n_items)."""
    shown = np.zeros((len(users), len(world.item_ids)), dtype=np.float32)
    for row, (low, high) in enumerate(
        zip(
            np.searchsorted(world.user, users, side="left"),
            np.searchsorted(world.user, users, side="right"),
            strict=True,
        )
    ):
        np.add.at(shown[row], world.item[low:high], 1.0 / max(high - low, 1))
    return shown


def _name(policy: Any) -> str:
    return "log" if policy is None else str(getattr(policy, "name", type(policy).__name__))


def _named(policy: Any) -> Text:
    return Text("compare.policy", name=_name(policy))
