"""Trying policies in a fitted world: what one impression would earn, with common random numbers.

Users are the log's own, each as often as in the log (where there are too many, a sample that
both arms share). Given a user, the expectation over items, positions, clicks and purchases is
taken exactly rather than drawn, and both arms live in the same worlds of the ensemble; so a
policy compared with itself differs by exactly 0, and an interval holds only what the log
leaves open about the world.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from causalrec.core.errors import ParamError
from causalrec.core.progress import OnProgress, silent
from causalrec.core.results.result import Estimate, Result
from causalrec.core.statistics.quantiles import student
from causalrec.core.words import Text
from causalrec.data.dataset.outcomes import Outcome
from causalrec.whatif.changes.comparison import Compared, Comparison, compare
from causalrec.whatif.changes.metric_change import MetricChange, same_metric
from causalrec.whatif.changes.metric_kinds import measure
from causalrec.whatif.changes.sources import SIMULATOR
from causalrec.whatif.forecasts.list_figures import list_changes, list_figures
from causalrec.whatif.world.any_policy import AnyPolicy, shows_lists
from causalrec.whatif.world.response_model import Array
from causalrec.whatif.world.rollout import everybody, groups, play, players, whole
from causalrec.whatif.world.world import World

__all__ = ["SimulatedMetric", "Simulation", "compare_policies", "simulate", "simulated_changes"]

_K = 10


class SimulatedMetric(Estimate):
    """One figure of a simulation.

    Attributes:
        metric: an outcome (of one impression), or a metric of lists.
        about: what the log says of the outcome.
        k: length of the lists, where it is a figure of lists.
    """

    metric: str
    about: Outcome | None = None
    k: int | None = None

    def summary(self, lang: str = "en") -> str:
        """The figure in words, with its interval and n."""
        name = measure(self.metric, self.k, about=self.about).name
        return Text("simulate.figure", metric=name, estimate=super().summary(lang)).to(lang)


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
        """A figure by its name, of an outcome also by a name that means the same.

        Raises:
            ParamError: the world cannot tell it.
        """
        for one in self.metrics:
            if same_metric(one.metric, name):
                return one
        metrics = ", ".join(one.metric for one in self.metrics)
        raise ParamError(
            "simulate.no_metric", hint="simulate.no_metric_hint", name=name, known=metrics
        )

    def to_frame(self) -> pd.DataFrame:
        """Columns metric, k, value, low, high, level, n."""
        names = ["metric", "k", "value", "low", "high", "level", "n"]
        return pd.DataFrame([{name: getattr(one, name) for name in names} for one in self.metrics])

    def summary(self, lang: str = "en") -> str:
        """One sentence on the first figure."""
        one = self.metrics[0]
        about = measure(one.metric, one.k, about=one.about)
        return Text(
            "simulate.summary",
            policy=self.policy,
            metric=about.name,
            value=about.amount(one.value),
            low=about.amount(one.low),
            high=about.amount(one.high),
            level=one.level,
            n=one.n,
        ).to(lang)


def simulate(
    world: World, policy: AnyPolicy | None, seed: int = 0, *, on_progress: OnProgress = silent
) -> Simulation:
    """What one impression would earn under a policy, users and positions as in the log.

    Args:
        world: from `causalrec.whatif.world.world.fit_world`.
        policy: has ``item_ids``, ``user_ids`` and ``probabilities(users)``; None: the log's own.
        seed: of the users played, where there are too many to play all.
        on_progress: told the share done.

    Raises:
        ParamError: the policy shows items that the world does not know.
    """
    users = players(world, seed)
    values = play(world, [policy], users, everybody(world), on_progress=on_progress)[0, :, 0]
    metrics = [
        SimulatedMetric(metric=one.name, about=one, **_estimate(values[:, i], world.n))
        for i, one in enumerate(world.outcomes)
    ]
    if shows_lists(policy):
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
    before: AnyPolicy | None,
    after: AnyPolicy,
    seed: int = 0,
    *,
    segment: str | None = None,
    currency: str = "",
    on_progress: OnProgress = silent,
) -> Comparison:
    """Two policies in the same worlds with the same users: A against A differs by exactly 0.

    Args:
        world: from `causalrec.whatif.world.world.fit_world`.
        before: a policy; None: the log's own.
        after: a policy.
        seed: of the users played.
        segment: a column of the user table to split the figures by.
        currency: of money.
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
    if shows_lists(before) and shows_lists(after):
        users = players(world, seed)
        rows += list_changes(world, before, after, users, before_name=before_name, k=_K, seed=seed)
    compared = Compared(
        name=_name(after),
        before_name=before_name,
        after_name=_named(after),
        currency=currency,
        notes=world.flags,
    )
    return compare(compared, rows, segments=by_segment)


def simulated_changes(
    world: World,
    before: AnyPolicy | None,
    after: AnyPolicy,
    seed: int = 0,
    *,
    before_name: Text,
    segment: str | None = None,
    on_progress: OnProgress = silent,
) -> tuple[list[MetricChange], list[MetricChange]]:
    """The simulator's figures of everybody, and by segment (empty without one)."""
    users = players(world, seed)
    codes, names = groups(world, segment)
    values = play(world, [before, after], users, codes, on_progress=on_progress)
    total = whole(world, values, users, codes)
    rows = [
        _change(world, total[:, :, i], outcome, before_name=before_name, n=world.n)
        for i, outcome in enumerate(world.outcomes)
    ]
    by_segment = []
    for g, label in enumerate(names if segment else []):
        n = int(world.impressions[codes == g].sum())
        if not label:
            continue
        for i, outcome in enumerate(world.outcomes):
            change = _change(world, values[:, :, g, i], outcome, before_name=before_name, n=n)
            by_segment.append(change.model_copy(update={"segment": label}))
    return rows, by_segment


def _change(
    world: World, values: Array, outcome: Outcome, *, before_name: Text, n: int
) -> MetricChange:
    """A change from values (2 arms, 1 + members)."""
    before, after, change = (
        Estimate(**_estimate(v, n)) for v in (values[0], values[1], values[1] - values[0])
    )
    return MetricChange(
        metric=outcome.name,
        about=outcome,
        source=SIMULATOR,
        before_name=before_name,
        before=before,
        after=after,
        change=change,
        assumptions=_assumptions(world),
    )


def _assumptions(world: World) -> tuple[Text, ...]:
    names = ("examination", "relevance", "users")
    return (*(Text(f"simulate.assume_{name}") for name in names), *world.flags)


def _estimate(values: Array, n: int) -> dict[str, Any]:
    """Value from the mode, interval from the spread of the members: values (1 + members,)."""
    members = values[1:]
    half = float(members.std(ddof=1) * student(0.95, len(members) - 1))
    value = float(values[0])
    return {"value": value, "low": value - half, "high": value + half, "n": n}


def _name(policy: AnyPolicy | None) -> str:
    return "log" if policy is None else str(getattr(policy, "name", type(policy).__name__))


def _named(policy: AnyPolicy) -> Text:
    return Text("compare.policy", name=_name(policy))
