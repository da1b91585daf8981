"""The forecast of a treatment from an identified effect, estimated for those it would change."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from causalrec.causal.effects.estimate import estimate
from causalrec.core.errors import CausalRecError, DataError
from causalrec.core.results.result import Estimate
from causalrec.core.words import Text
from causalrec.data.dataset.outcomes import outcome_named
from causalrec.whatif.changes.known_means import mean_estimate
from causalrec.whatif.forecasts.forecast import Forecast
from causalrec.whatif.forecasts.treatment_forecast import (
    after_of,
    level_of,
    scaled,
    treatment_forecast,
)
from causalrec.whatif.interventions.treat import Treat

__all__ = ["effect_forecast"]


def effect_forecast(
    frame: pd.DataFrame,
    graph: Any,
    treat: Treat,
    outcome: str,
    *,
    estimator: str = "aipw",
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
        a column is missing or holds no numbers, or the value is beyond what the log has seen.
    """
    node = treat.params.node
    about = outcome_named(outcome)
    frame, graph = _under_node_names(frame, graph, (node, outcome))
    try:
        rows = frame[treat.members(frame)].reset_index(drop=True)
        if outcome in rows:
            rows[outcome] = _numbers(rows[outcome], outcome)
            about = about.of_users(rows[outcome])
        how = {"outcome": outcome, "estimator": estimator, "seed": seed}
        if node not in rows or outcome not in rows or treat.is_slope(rows[node]):
            made = _slope(rows, graph, treat, how)
        else:
            made = _levels(rows, graph, treat, how)
    except CausalRecError as error:
        reason = Text("whatif.with_hint", text=error.text, hint=error.hint or "")
        return Forecast.none("effect", outcome, reason, about=about)
    return made.model_copy(update={"about": about})


def _slope(rows: pd.DataFrame, graph: Any, treat: Treat, how: dict[str, Any]) -> Forecast:
    effect = estimate(rows, graph, treatment=treat.params.node, target="ATE", **how)
    return treatment_forecast(treat, effect, rows, how["outcome"])


def _levels(rows: pd.DataFrame, graph: Any, treat: Treat, how: dict[str, Any]) -> Forecast:
    """Every other value against the one that is set, on the units that have it."""
    node, outcome = treat.params.node, how["outcome"]
    value = level_of(rows, treat, outcome)
    known = rows[node].dropna()
    before = mean_estimate(rows[outcome].to_numpy(dtype=float))
    parts: list[Estimate] = []
    for other in known.unique():
        if other == value:
            continue
        effect = estimate(
            rows, graph, treatment=node, target="ATT", control=value, treated=other, **how
        )
        if effect.refused or effect.value is None:
            reason = effect.reason or Text("whatif.effect_refused")
            return Forecast.none("effect", outcome, reason)
        share = float((known == other).mean())
        parts.append(scaled(effect, -share))
    change = _added(parts, len(rows))
    return Forecast(
        method="effect",
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


def _numbers(values: pd.Series, name: str) -> pd.Series:
    """The outcome as numbers.

    Raises:
        DataError: it holds text that is no number.
    """
    if pd.api.types.is_bool_dtype(values):
        return values.astype(np.float64)
    made = pd.to_numeric(values, errors="coerce").astype(np.float64)
    if int(made.notna().sum()) < int(values.notna().sum()) or not len(made.dropna()):
        raise DataError("whatif.outcome_text", hint="whatif.outcome_text_hint", outcome=name)
    return made


def _under_node_names(
    frame: pd.DataFrame, graph: Any, nodes: tuple[str, str]
) -> tuple[pd.DataFrame, Any]:
    """The table with the columns of treatment and outcome under the names that the graph has."""
    bound = {n: c for n, c in getattr(graph, "bindings", {}).items() if n in nodes and c != n}
    if not bound:
        return frame, graph
    renamed = frame.rename(columns={c: n for n, c in bound.items() if n not in frame.columns})
    return renamed, graph.with_bindings({n: n for n in bound})
