"""Putting a comparison's figures together from forecasts, held-out interactions and segments."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from causalrec.core.errors import CausalRecError
from causalrec.core.results.result import Estimate
from causalrec.core.words import Text
from causalrec.data.dataset.dataset import Dataset
from causalrec.data.splits.split import Split
from causalrec.data.values.ids import labels
from causalrec.recsys.policies.policy import Policy
from causalrec.whatif.changes.metric_change import MetricChange
from causalrec.whatif.changes.metric_kinds import is_ranking, list_metrics
from causalrec.whatif.changes.sources import EFFECT, SPLIT
from causalrec.whatif.forecasts.forecast import Forecast, ForecastSet
from causalrec.whatif.ope.weighted_log import Shares

__all__ = [
    "from_forecasts",
    "list_rows",
    "no_list_rows",
    "off_policy_segments",
    "segment_column",
    "segment_levels",
]

_LEAST_LEVELS, _MOST_LEVELS = 2, 8


def from_forecasts(answers: ForecastSet) -> list[MetricChange]:
    """Each forecast as a figure; methods not meant for this kind of change say nothing here."""
    return [from_forecast(one, answers.before) for one in answers.forecasts if _belongs(one)]


def _belongs(one: Forecast) -> bool:
    return one.applies or one.method != EFFECT


def from_forecast(one: Forecast, before_name: Text, segment: str | None = None) -> MetricChange:
    """A forecast as a figure of a comparison."""
    return MetricChange(
        metric=one.outcome,
        about=one.about,
        source=one.method,
        unit=one.unit,
        segment=segment,
        before_name=before_name,
        before=one.before,
        after=one.after,
        change=one.change,
        assumptions=one.assumptions,
        effective_n=one.effective_n,
        chosen=one.chosen,
        applies=one.applies,
    )


def list_rows(
    before: Policy, after: Policy, split: Split, *, before_name: Text, k: int, seed: int = 0
) -> list[MetricChange]:
    """Every compared metric of two policies' lists on held-out rows, paired.

    Of policies that leave something to chance they are means over drawn lists, before and after
    with the same chance. Where the rows cannot judge them, each is refused with the reason.
    """
    from causalrec.recsys.evaluation.evaluate import compare_metrics, evaluate_draws
    from causalrec.recsys.policies.drawn import draws_note

    try:
        arms = [evaluate_draws(policy, split, k=k, seed=seed) for policy in (before, after)]
        draws = max(map(len, arms))
        pairs = [[arm[at % len(arm)] for arm in arms] for at in range(draws)]
        changes = [compare_metrics(*pair).to_frame() for pair in pairs]
    except CausalRecError as error:
        return no_list_rows(before_name, error.text, k=k, applies=True)
    notes = (draws_note(seed),) if draws > 1 else ()
    rows = []
    for name in list_metrics():
        paired = [one[(one["metric"] == name) & (one["k"] == k)].iloc[0] for one in changes]
        first, second = ([table.row(name, k) for table in arm] for arm in arms)
        estimates = [_mean_of(first), _mean_of(second), _mean_of(paired)]
        rows.append(_listed(name, k, before_name, estimates, notes=notes))
    return rows


def no_list_rows(
    before_name: Text, reason: Text, *, k: int, applies: bool = False
) -> list[MetricChange]:
    """Every compared metric of lists, refused for one reason.

    Args:
        before_name: what "before" is.
        reason: why nothing can be said.
        k: length of the lists.
        applies: whether the log is one for which there are such lists.
    """
    none = Estimate(refused=True, reason=reason)
    rows = [_listed(name, k, before_name, [none, none, none]) for name in list_metrics()]
    return [row.model_copy(update={"applies": applies}) for row in rows]


def _listed(
    name: str,
    k: int,
    before_name: Text,
    estimates: Sequence[Estimate],
    *,
    notes: tuple[Text, ...] = (),
) -> MetricChange:
    """A figure of lists of its estimates before, after and of the change."""
    before, after, change = estimates
    if is_ranking(name):
        notes = (Text("compare.assume_split"), *notes)
    return MetricChange(
        metric=name,
        source=SPLIT,
        k=k,
        unit="list",
        before_name=before_name,
        before=before,
        after=after,
        change=change,
        assumptions=notes,
    )


def _mean_of(rows: list[pd.Series]) -> Estimate:
    """The mean of a figure over draws; its interval is their mean one, wider than needed."""
    ends = {part: float(np.mean([row[part] for row in rows])) for part in ("value", "low", "high")}
    return Estimate(**ends, level=float(rows[0]["level"]), n=int(rows[0]["n"]))  # type: ignore[arg-type]


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
    levels = sorted(set(labels(data.users[column].dropna())))
    return levels if _LEAST_LEVELS <= len(levels) <= _MOST_LEVELS else []


def off_policy_segments(
    data: Dataset,
    before: Shares | None,
    after: Shares,
    *,
    column: str,
    outcomes: Iterable[str],
    before_name: Text,
    estimator: str,
) -> list[MetricChange]:
    """An estimator's forecasts on the rows of each group of users.

    Args:
        data: rows from which no policy was learnt.
        before: a policy; None: the log's own.
        after: the changed policy.
        column: of the user table.
        outcomes: names of outcomes.
        before_name: what "before" is.
        estimator: name in `OPE_ESTIMATORS`.
    """
    from causalrec.whatif.forecasts.ope_forecasts import off_policy_forecasts

    assert data.users is not None
    group = labels(data.users[column]).to_numpy()[data.frame["user"].to_numpy()]
    rows = []
    for level in segment_levels(data, column):
        part = data.with_frame(data.frame[np.asarray(group == level)].reset_index(drop=True))
        if not len(part):
            continue
        forecasts = off_policy_forecasts(
            part, after, before, tuple(outcomes), estimators=(estimator,), lead=estimator
        )
        rows += [from_forecast(one, before_name, level) for one in forecasts]
    return rows
