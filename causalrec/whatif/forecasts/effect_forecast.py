"""The forecast of a treatment from an identified effect, estimated for those it would change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from causalrec.causal.effects.estimate import estimate
from causalrec.causal.estimators import ESTIMATORS
from causalrec.causal.graph.causal_graph import CausalGraph
from causalrec.causal.rows.column_values import look
from causalrec.causal.rows.question_rows import outcome_numbers
from causalrec.core.errors import CausalRecError
from causalrec.core.results.result import Estimate
from causalrec.core.words import Text
from causalrec.data.dataset.outcomes import Outcome, outcome_named
from causalrec.whatif.changes.mean_estimate import mean_estimate
from causalrec.whatif.changes.sources import EFFECT
from causalrec.whatif.forecasts.forecast import Forecast
from causalrec.whatif.forecasts.treatment_forecast import (
    after_of,
    level_of,
    scaled,
    treatment_forecast,
)
from causalrec.whatif.interventions.treat import MOST_LEVELS, Treat

__all__ = ["effect_forecast"]

Adjusting = CausalGraph | Sequence[str]
"""A graph, or the covariates to adjust for."""


def effect_forecast(
    frame: pd.DataFrame,
    graph: Adjusting,
    treat: Treat,
    outcome: str,
    *,
    estimator: str = ESTIMATORS.default,
    seed: int = 0,
) -> Forecast:
    """What setting a treatment would change per unit of its segment.

    A treatment of few values (0/1, yes/no, categories): for each other value, the effect of
    changing it on the units that have it, times their share; units that have the value already
    change nothing. A number of many values: the average effect of one unit more, times the mean
    shift, for values that the log has seen only.

    Args:
        frame: the causal table, one row a unit.
        graph: a `CausalGraph`, or covariates to adjust for.
        treat: the intervention; it says node, value and segment.
        outcome: column of the outcome; rows where it is missing count for nothing, and are told.
        estimator: name of the estimator of the effect.
        seed: of its folds.

    Returns:
        The forecast, refused with the reason where the effect is not identified, has no overlap,
        a column is missing or holds no numbers, or the value or the mean that it would lead to
        is beyond what the log has seen.
    """
    node = treat.params.node
    of_table = _about(frame, graph, outcome)
    about = of_table or outcome_named(outcome)
    frame, graph = _under_node_names(frame, graph, (node, outcome))
    try:
        rows = frame[treat.members(frame)].reset_index(drop=True)
        how = {"outcome": outcome, "estimator": estimator, "seed": seed}
        if node not in rows or outcome not in rows:
            forecast = _slope(_Asked(rows, rows, graph, treat, how))
        else:
            rows[node] = _treatment(rows[node])
            numbers = rows.assign(**{outcome: outcome_numbers(rows[outcome], outcome)[0]})
            about = of_table or about.of_users(numbers[outcome])
            way = _slope if treat.is_slope(rows[node]) else _levels
            forecast = way(_Asked(rows, numbers, graph, treat, how))
            forecast = _within(forecast, numbers[outcome], about)
    except CausalRecError as error:
        reason = Text("whatif.with_hint", text=error.text, hint=error.hint or "")
        return Forecast.none(EFFECT, outcome, reason, about=about)
    return forecast.model_copy(update={"about": about})


def _about(frame: pd.DataFrame, graph: Adjusting, outcome: str) -> Outcome | None:
    """What the table says of the outcome, where `causal_table` made it."""
    column = graph.bindings.get(outcome, outcome) if isinstance(graph, CausalGraph) else outcome
    about = frame.attrs.get("causalrec", {}).get("outcomes", {}).get(column)
    return None if about is None else Outcome(**about)


def _treatment(values: pd.Series) -> pd.Series:
    """A treatment as `estimate` reads it: numbers written as text or as objects are numbers."""
    column = look(values)
    many = len(pd.unique(column.data[column.known])) > MOST_LEVELS
    if many and column.form in ("number", "text_number"):
        return pd.Series(column.data, index=values.index, name=values.name)
    return values


@dataclass(frozen=True, eq=False)
class _Asked:
    """A treatment's question.

    Attributes:
        rows: the units concerned; numbers: the same with the outcome as numbers.
        graph: as given to `effect_forecast`.
        treat: the intervention.
        how: outcome, estimator and seed of `estimate`.
    """

    rows: pd.DataFrame
    numbers: pd.DataFrame
    graph: Adjusting
    treat: Treat
    how: dict[str, Any]


def _slope(asked: _Asked) -> Forecast:
    """One unit more, times the mean shift."""
    treat, how = asked.treat, asked.how
    effect = estimate(asked.rows, asked.graph, treatment=treat.params.node, target="ATE", **how)
    return treatment_forecast(treat, effect, asked.numbers, how["outcome"])


def _levels(asked: _Asked) -> Forecast:
    """Every other value against the one that is set, on the units that have it."""
    rows, treat, how = asked.rows, asked.treat, asked.how
    node, outcome = treat.params.node, how["outcome"]
    value = level_of(rows, treat, outcome)
    given = rows[node].dropna()
    before = mean_estimate(asked.numbers[outcome].to_numpy(dtype=float))
    parts: list[Estimate] = []
    for other in given.unique():
        if other == value:
            continue
        effect = estimate(
            rows, asked.graph, treatment=node, target="ATT", control=value, treated=other, **how
        )
        if effect.refused or effect.value is None:
            reason = effect.reason or Text("whatif.effect_refused")
            return Forecast.none(EFFECT, outcome, reason)
        share = float((given == other).mean())
        parts.append(scaled(effect, -share))
    change = _added(parts, len(rows))
    return Forecast(
        method=EFFECT,
        outcome=outcome,
        unit="user",
        before=before,
        after=after_of(before, change),
        change=change,
        assumptions=treat.holds,
    )


def _added(parts: list[Estimate], n: int) -> Estimate:
    """The sum; its ends are the sums of the ends, since the parts share the units set to."""
    if len(parts) == 1:
        return parts[0]
    value, low, high = (sum(float(getattr(p, x)) for p in parts) for x in ("value", "low", "high"))
    flags = tuple(dict.fromkeys(flag for part in parts for flag in part.flags))
    level = parts[0].level if parts else 0.95  # nobody would change: exactly nothing
    return Estimate(value=value, low=low, high=high, level=level, n=n, flags=flags)


def _within(forecast: Forecast, outcome: pd.Series, about: Outcome) -> Forecast:
    """The forecast, refused where it goes beyond every outcome that was seen.

    A mean of outcomes lies among them: a straight line carried further says what cannot be. A
    share's interval ends at 0 and 1.
    """
    after = forecast.after
    if forecast.refused or after.value is None or after.low is None or after.high is None:
        return forecast
    least, most = float(outcome.min()), float(outcome.max())
    if after.low > most or after.high < least:
        values = {"outcome": forecast.outcome, "low": least, "high": most, "after": after.value}
        hint = Text("whatif.beyond_log_hint")
        reason = Text("whatif.with_hint", text=Text("whatif.beyond_outcome", **values), hint=hint)
        return Forecast.none(EFFECT, forecast.outcome, reason)
    if about.kind != "share":
        return forecast
    cut = {part: min(1.0, max(0.0, getattr(after, part))) for part in ("value", "low", "high")}
    return forecast.model_copy(update={"after": after.model_copy(update=cut)})


def _under_node_names(
    frame: pd.DataFrame, graph: Adjusting, nodes: tuple[str, str]
) -> tuple[pd.DataFrame, Adjusting]:
    """The table with the columns of treatment and outcome under the names that the graph has."""
    if not isinstance(graph, CausalGraph):
        return frame, graph
    bound = {n: c for n, c in graph.bindings.items() if n in nodes and c != n}
    if not bound:
        return frame, graph
    renamed = frame.rename(columns={c: n for n, c in bound.items() if n not in frame.columns})
    return renamed, graph.with_bindings({n: n for n in bound})
