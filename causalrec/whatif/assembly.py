"""Putting a comparison's figures together from forecasts, held-out interactions and segments."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from causalrec.core.errors import CausalRecError
from causalrec.core.result import Estimate
from causalrec.core.words import Text
from causalrec.data.dataset import Dataset
from causalrec.data.split import Split
from causalrec.whatif.comparison import MetricChange
from causalrec.whatif.figures import OF_OUTCOME
from causalrec.whatif.forecast import Forecast, ForecastSet

if TYPE_CHECKING:
    from causalrec.recsys.metric_table import MetricTable

__all__ = ["from_forecasts", "list_rows", "off_policy_segments", "segment_column", "segment_levels"]

_OUTCOMES = ("click", "purchase", "revenue")
_LISTS = ("ndcg", "coverage", "gini", "novelty")
_LEAST_LEVELS, _MOST_LEVELS = 2, 8


def from_forecasts(answers: ForecastSet, *, impressions: bool = True) -> list[MetricChange]:
    """Each forecast as a figure; click, purchase and revenue also where no method spoke of them.

    Args:
        answers: the forecasts of a scenario.
        impressions: whether the log has any; without, that is why nobody can tell.
    """
    rows = [from_forecast(one, answers.before) for one in answers.forecasts if _belongs(one)]
    told = {row.metric for row in rows}
    of_lists = not any(one.method == "effect" and one.applies for one in answers.forecasts)
    missing = [one for one in _OUTCOMES if of_lists and OF_OUTCOME[one] not in told]
    for outcome in missing:
        reason = Text("compare.no_outcome", outcome=Text(f"whatif.outcome_{outcome}"))
        reason = reason if impressions else Text("compare.no_impressions")
        none = Forecast.none("off-policy-snips", outcome, reason, applies=False)
        rows.append(from_forecast(none, answers.before))
    return rows


def _belongs(one: Forecast) -> bool:
    """Methods that are not meant for this kind of change say nothing here."""
    return one.applies or one.method != "effect"


def from_forecast(one: Forecast, before_name: Text, segment: str | None = None) -> MetricChange:
    """A forecast as a figure of a comparison."""
    return MetricChange(
        metric=OF_OUTCOME.get(one.outcome, one.outcome),
        source=one.method,
        unit=one.unit,
        segment=segment,
        before_name=before_name,
        before=one.before,
        after=one.after,
        change=one.change,
        assumptions=one.assumptions,
        effective_n=one.effective_n,
    )


def list_rows(
    before: Any, after: Any, split: Split, before_name: Text, k: int
) -> list[MetricChange]:
    """NDCG, coverage, Gini and novelty of two policies' lists on held-out rows, paired.

    Where the rows cannot judge them, each figure is refused with the reason.
    """
    from causalrec.recsys.evaluation import compare_metrics, evaluate

    try:
        tables = [evaluate(policy, split, k=k) for policy in (before, after)]
        paired = compare_metrics(*tables).to_frame()
    except CausalRecError as error:
        none = Estimate(refused=True, reason=error.text)
        return [_listed(name, k, before_name, (none, none, none)) for name in _LISTS]
    rows = []
    for name in _LISTS:
        row = paired[(paired["metric"] == name) & (paired["k"] == k)].iloc[0]
        parts = (_of_table(tables[0], name, k), _of_table(tables[1], name, k), _of_row(row))
        rows.append(_listed(name, k, before_name, parts))
    return rows


def _listed(
    name: str, k: int, before_name: Text, parts: tuple[Estimate, Estimate, Estimate]
) -> MetricChange:
    before, after, change = parts
    return MetricChange(
        metric=name,
        source="split",
        k=k,
        unit="list",
        before_name=before_name,
        before=before,
        after=after,
        change=change,
        assumptions=(Text("compare.assume_split"),) if name == "ndcg" else (),
    )


def _of_table(table: MetricTable, name: str, k: int) -> Estimate:
    return _of_row(table.row(name, k))


def _of_row(row: pd.Series) -> Estimate:
    value, low, high, level = (float(row[part]) for part in ("value", "low", "high", "level"))
    return Estimate(value=value, low=low, high=high, level=level, n=int(row["n"]))


def segment_column(data: Dataset, asked: str = "auto") -> str | None:
    """The column of the user table to split figures by; None where there is none.

    Args:
        data: the log.
        asked: a column; "auto": the first with 2 to 8 groups, words before numbers; "none".
    """
    if data.users is None or asked == "none":
        return None
    fit = [str(c) for c in data.users.columns if segment_levels(data, str(c))]
    if asked != "auto":
        return asked if asked in fit else None
    words = [c for c in fit if not pd.api.types.is_numeric_dtype(data.users[c])]
    return next(iter(words or fit), None)


def segment_levels(data: Dataset, column: str) -> list[str]:
    """The groups of a column, sorted; empty where there are fewer than 2 or more than 8."""
    if data.users is None or column not in data.users.columns:
        return []
    levels = sorted(data.users[column].dropna().astype(str).unique())
    return levels if _LEAST_LEVELS <= len(levels) <= _MOST_LEVELS else []


def off_policy_segments(
    data: Dataset,
    policies: tuple[Any, Any],
    column: str,
    outcomes: Iterable[str],
    before_name: Text,
) -> list[MetricChange]:
    """SNIPS forecasts on the rows of each group of users.

    Args:
        data: rows from which no policy was learnt.
        policies: before (None: the log's own) and after.
        column: of the user table.
        outcomes: of "click", "purchase", "revenue".
        before_name: what "before" is.
    """
    from causalrec.whatif.ope.forecasts import off_policy_forecasts

    assert data.users is not None
    group = data.users[column].astype(str).to_numpy()[data.frame["user"].to_numpy()]
    before, after = policies
    rows = []
    for level in segment_levels(data, column):
        part = data.with_frame(data.frame[np.asarray(group == level)].reset_index(drop=True))
        if not len(part):
            continue
        told = off_policy_forecasts(part, after, before, tuple(outcomes))
        rows += [
            from_forecast(one, before_name, level)
            for one in told
            if one.method == "off-policy-snips"
        ]
    return rows
