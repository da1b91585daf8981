"""Before against after: each figure with its change, interval, n, source and direction of good."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

import pandas as pd

from causalrec.core.errors import ParamError
from causalrec.core.results.asked import Asked
from causalrec.core.results.result import Result
from causalrec.core.words import Text
from causalrec.core.words.lists import listed
from causalrec.whatif.changes.goal import Goal, default_goal
from causalrec.whatif.changes.metric_change import MetricChange, lead_of, same_metric
from causalrec.whatif.changes.metric_kinds import list_metrics
from causalrec.whatif.changes.sources import place_of
from causalrec.whatif.changes.verdict import (
    Guardrail,
    GuardrailCheck,
    Verdict,
    check,
    judge,
)

__all__ = ["Compared", "Comparison", "MetricChange", "compare"]


class Comparison(Result):
    """Before against after, with a verdict by a written rule.

    Attributes:
        name: what is compared (the scenario's name).
        what: what is changed, in words.
        before_name, after_name: what "before" and "after" are.
        rows: every figure of everybody; several sources of one metric stand side by side and
            are never merged into one number.
        segments: figures by segment; split_by: the column of the user table that makes them.
        goal: the metric that the verdict is about; goal_why: why that one, where it was chosen.
        guardrails: how each guardrail held.
        verdict: the verdict.
        currency: of money.
        notes: what else to know.
        whom: whom it concerns; None: everybody. since: from which date; None: no date divides.
        asked: the parameters that were asked; None where it was not asked by parameters.
    """

    name: str
    what: Text | None = None
    before_name: Text
    after_name: Text
    rows: tuple[MetricChange, ...]
    segments: tuple[MetricChange, ...] = ()
    split_by: str | None = None
    goal: str
    goal_why: Text | None = None
    guardrails: tuple[GuardrailCheck, ...] = ()
    verdict: Verdict
    currency: str = ""
    notes: tuple[Text, ...] = ()
    whom: Text | None = None
    since: str | None = None
    asked: Asked | None = None
    _columns: ClassVar[tuple[str, ...]] = (
        *("metric", "k", "source", "before", "after"),
        *("change", "low", "high"),
    )

    def of(self, metric: str) -> tuple[MetricChange, ...]:
        """Every source's figure of a metric, in the order of `sources.place_of`.

        An outcome that the log calls otherwise is found by what its name means. Sources that are
        not meant for the change are left out where another is.
        """
        mine = [row for row in self.rows if row.metric == metric]
        mine = mine or [row for row in self.rows if same_metric(row.metric, metric)]
        mine = [row for row in mine if row.applies] or mine
        return tuple(sorted(mine, key=lambda row: place_of(row.source)))

    @property
    def metrics(self) -> tuple[str, ...]:
        """The metrics compared: outcomes in the log's order, then figures of lists."""
        metrics, order = dict.fromkeys(row.metric for row in self.rows), list_metrics()
        return tuple(sorted(metrics, key=lambda m: order.index(m) if m in order else -1))

    @property
    def main(self) -> tuple[MetricChange, ...]:
        """One figure a metric: the first source that answers, else the first refusal."""
        return tuple(lead_of(self.of(metric)) for metric in self.metrics)

    @property
    def assumptions(self) -> tuple[Text, ...]:
        """What must hold for the figures to be right, each once."""
        held = [a for row in self.rows if not row.refused for a in row.assumptions]
        return tuple(dict.fromkeys(held))

    def to_frame(self) -> pd.DataFrame:
        """One row a figure, with source, before, after, change, interval, level and n."""
        return pd.DataFrame([row.row() for row in (*self.rows, *self.segments)])

    @property
    def headline(self) -> Text:
        """The verdict in a few words, names of broken guardrails first."""
        code = Text(f"compare.code_{self.verdict.code.replace(' ', '_')}")
        broken = [rail.name for rail in self.guardrails if rail.state == "broken"]
        if not broken:
            return code
        rails = Text("compare.headline_broken", rails=listed(broken))
        if self.verdict.code == "breaks a guardrail":
            return rails
        return Text("compare.headline_and", first=rails, second=code)

    def summary(self, lang: str = "en") -> str:
        """The verdict in one sentence, broken guardrails first."""
        return self.verdict.sentence.to(lang)


@dataclass(frozen=True)
class Compared:
    """What is compared with what.

    Attributes:
        name: of the scenario.
        before_name, after_name: what "before" and "after" are.
        what: the change in words.
        currency: of money.
        notes: what else to know.
        whom, since, asked: see `Comparison`.
    """

    name: str
    before_name: Text
    after_name: Text
    what: Text | None = None
    currency: str = ""
    notes: tuple[Text, ...] = ()
    whom: Text | None = None
    since: str | None = None
    asked: Asked | None = None


def compare(
    compared: Compared,
    rows: Iterable[MetricChange],
    *,
    goal: str | None = None,
    guardrails: Sequence[Guardrail] = (),
    segments: Iterable[MetricChange] = (),
) -> Comparison:
    """Put figures together and judge them by the written rule (`causalrec.whatif.changes.verdict`).

    Args:
        compared: what is compared with what.
        rows: every figure of everybody, from every source.
        goal: metric of the verdict; None: the best that the figures allow (`default_goal`).
        guardrails: what must not fall by how much.
        segments: figures by segment.

    Raises:
        ParamError: the goal is none of the figures.
    """
    rows = tuple(rows)
    chosen = _goal(goal, rows)
    rails = [rail for rail in guardrails if rail.metric != chosen.metric]
    checks = tuple(check(rail, rows) for rail in rails)
    of_goal = [row for row in rows if row.metric == chosen.metric]
    verdict = judge(compared.name, of_goal, checks, currency=compared.currency)
    return Comparison(
        **vars(compared),
        rows=rows,
        segments=tuple(segments),
        goal=chosen.metric,
        goal_why=chosen.why,
        guardrails=checks,
        verdict=verdict,
    )


def _goal(asked: str | None, rows: Sequence[MetricChange]) -> Goal:
    """The metric that was asked for, also by another name of the same meaning; else the best.

    Raises:
        ParamError: what was asked for is none of the figures.
    """
    if asked is None:
        return default_goal(rows)
    metrics = dict.fromkeys(row.metric for row in rows)
    metric = (
        asked if asked in metrics else next((m for m in metrics if same_metric(m, asked)), None)
    )
    if metric is None:
        raise ParamError(
            "core.bad_param",
            hint="core.bad_param_hint",
            name="goal",
            value=repr(asked),
            why=", ".join(metrics),
        )
    first = next(row for row in rows if row.metric == metric)
    return Goal(metric, Text("compare.goal_asked", metric=first.said))
