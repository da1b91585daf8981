"""Tables for causal questions: what was known before, what was done, what came after."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

import numpy as np
import pandas as pd

from causalrec.causal.tables.past_model_score import Scorer, model_scores
from causalrec.core.errors import DataError, ParamError
from causalrec.core.words import Text
from causalrec.data.dataset.dataset import Dataset
from causalrec.data.dataset.log_outcomes import outcome_values, outcomes_of
from causalrec.data.dataset.outcomes import Outcome

__all__ = ["MEASURES", "UNITS", "causal_table", "computed_columns", "earlier"]

UNITS = ("impression", "user")
MEASURES = ("any", "count", "mean")

Moment = str | datetime.date | np.datetime64
"""A moment as people and tables write it."""


def causal_table(
    data: Dataset,
    unit: str = "impression",
    model: Scorer | None = None,
    date: Moment | None = None,
    *,
    measure: str = "any",
    from_window: Iterable[str] = (),
    blocks: int = 5,
) -> pd.DataFrame:
    """A table for `estimate`.

    One row an impression: the log's columns, and, from rows strictly before the row's time only
    (rows of the same time do not count), `activity` (earlier rows of the user), `popularity`
    (earlier wanted rows of the item), ``past_<outcome>`` (sum of the user's earlier outcomes)
    and with a model `model_score`.

    One row a user seen before a date: the same from before the date, covariates and the user
    table as they stood then, and outcomes from the date on. A covariate that was the same for
    all before the date, and those of ``from_window``, are read from the first row after it:
    they were decided at the date. Money is added where prices and sales are known.

    A covariate of the log that has the name of a computed column gets a trailing ``_``.

    Args:
        data: the log; computed columns need its times.
        unit: "impression" or "user".
        model: a recommender, fitted or not; copies of it learn from earlier rows only, anew for
            each of ``blocks`` parts of the log, the first of which has no score.
        date: where before ends; None: the middle of the log's time.
        measure: of 0/1 outcomes by user: "any", "count" or "mean"; others are averaged.
        from_window: covariates that were decided at the date (the treatment).
        blocks: parts of the log for the model's scores.

    Returns:
        The table; ``attrs["causalrec"]`` says unit, cluster column, date, and what its outcomes
        are (`Outcome` as plain values, of the kind that a unit's value has).

    Raises:
        ParamError: a unit, measure or date is unknown.
        DataError: the log has no users or times where they are needed, or the date leaves
            nothing before or after it.
    """
    for name, value, choices in (("unit", unit, UNITS), ("measure", measure, MEASURES)):
        if value not in choices:
            raise ParamError(
                "core.bad_param",
                hint="core.bad_param_hint",
                name=name,
                value=repr(value),
                why=", ".join(choices),
            )
    if unit == "user":
        return _per_user(data, _date(data, date), measure, tuple(from_window))
    return _per_impression(data, model, blocks)


def computed_columns(data: Dataset, unit: str = "impression", *, model: bool = False) -> list[str]:
    """Names of the columns that `causal_table` computes from earlier rows."""
    if not data.has("time"):
        return []
    names = []
    if data.has("user"):
        names += ["activity", *(f"past_{name}" for name in data.outcomes)]
    if unit == "impression":
        names.append("popularity")
        names += ["model_score"] if model and data.has("user") else []
    return names


def earlier(codes: np.ndarray, times: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Sum of the values of rows with the same code and a strictly smaller time, float (n,).

    Args:
        codes: int (n,).
        times: sortable, (n,).
        values: (n,).
    """
    n = len(codes)
    if n == 0:
        return np.zeros(0)
    order = np.lexsort((times, codes))
    c, when = codes[order], times[order]
    total = np.concatenate([[0.0], np.cumsum(values[order])])
    new_code = np.concatenate([[True], c[1:] != c[:-1]])
    new_time = new_code | np.concatenate([[True], when[1:] != when[:-1]])
    place = np.arange(n)
    first_code = np.maximum.accumulate(np.where(new_code, place, 0))
    first_time = np.maximum.accumulate(np.where(new_time, place, 0))
    sums = np.empty(n)
    sums[order] = total[first_time] - total[first_code]
    return sums


def _plain(values: pd.Series) -> np.ndarray:
    return np.asarray(np.nan_to_num(values.to_numpy(dtype=float)))


def _marked(frame: pd.DataFrame, **facts: object) -> pd.DataFrame:
    frame.attrs["causalrec"] = facts
    return frame


def _make_room(frame: pd.DataFrame, names: Iterable[str]) -> pd.DataFrame:
    """Covariates that have the name of a computed column get a trailing underscore."""
    taken = {name: f"{name}_" for name in names if name in frame.columns}
    return frame.rename(columns=taken)


def _per_impression(data: Dataset, model: Scorer | None, blocks: int) -> pd.DataFrame:
    computed = computed_columns(data, model=model is not None)
    if model is not None and "model_score" not in computed:
        data.require("user")
        data.require("time")
    frame = _make_room(data.frame, computed).reset_index(drop=True)
    columns: dict[str, np.ndarray] = {}
    if computed:
        times = data.frame["time"].to_numpy().astype("int64")
        items = data.frame["item"].to_numpy()
        columns["popularity"] = earlier(items, times, data.positive_mask().astype(float))
        if data.has("user"):
            users = data.frame["user"].to_numpy()
            columns["activity"] = earlier(users, times, np.ones(len(users)))
            for name in data.outcomes:
                columns[f"past_{name}"] = earlier(users, times, _plain(data.frame[name]))
    if model is not None:
        columns["model_score"] = model_scores(data, model, blocks)
    frame = pd.concat([frame, pd.DataFrame(columns)], axis=1)
    cluster = "user" if data.has("user") else None
    outcomes = {name: one.model_dump() for name, one in outcomes_of(data).items()}
    return _marked(
        frame,
        unit="impression",
        cluster=cluster,
        chosen=not data.has_impressions,
        outcomes=outcomes,
    )


def _date(data: Dataset, date: Moment | None) -> pd.Timestamp:
    data.require("user")
    data.require("time")
    times = data.frame["time"]
    if date is None:
        return pd.Timestamp(times.min() + (times.max() - times.min()) / 2)
    try:
        asked = pd.Timestamp(date)
    except (ValueError, TypeError) as error:
        raise ParamError(
            "core.bad_param", hint="core.bad_param_hint", name="date", value=str(date), why="date"
        ) from error
    asked = asked.tz_convert(None) if asked.tzinfo else asked
    if pd.isna(asked) or not times.min() < asked <= times.max():
        span = {"first": str(times.min())[:16], "last": str(times.max())[:16]}
        raise DataError("causal.bad_date", hint="causal.bad_date_hint", date=str(date), **span)
    return asked


def _per_user(
    data: Dataset, date: pd.Timestamp, measure: str, from_window: tuple[str, ...]
) -> pd.DataFrame:
    early = (data.frame["time"] < date).to_numpy()
    before, after = data.frame[early], data.frame[~early]
    users = np.unique(before["user"].to_numpy())
    codes = before["user"].to_numpy()
    columns: dict[str, np.ndarray] = {"user": users}
    columns["activity"] = np.bincount(codes, minlength=data.n_users)[users].astype(float)
    for name in data.outcomes:
        sums = np.bincount(codes, _plain(before[name]), data.n_users)
        columns[f"past_{name}"] = sums[users]
    columns |= _outcomes(data, after, users, measure)
    covariates = _covariates_then(data, before, after, users=users, from_window=from_window)
    frame = pd.concat([pd.DataFrame(columns), _make_room(covariates, columns)], axis=1)
    outcomes = {
        name: _of_users(data, one, frame[name], measure).model_dump()
        for name, one in outcomes_of(data).items()
    }
    return _marked(frame, unit="user", cluster="user", date=str(date), outcomes=outcomes)


def _outcomes(
    data: Dataset, after: pd.DataFrame, users: np.ndarray, measure: str
) -> dict[str, np.ndarray]:
    codes = after["user"].to_numpy()
    rows = np.maximum(np.bincount(codes, minlength=data.n_users)[users], 1)
    outcomes = {}
    for name in data.outcomes:
        totals = np.bincount(codes, _plain(after[name]), data.n_users)[users]
        how = measure if name in data.binary else "mean"
        outcomes[name] = {"any": (totals > 0) * 1.0, "count": totals, "mean": totals / rows}[how]
    for name, outcome in outcomes_of(data).items():
        if outcome.source is not None:
            money = _plain(outcome_values(data.with_frame(after), outcome))
            outcomes[name] = np.bincount(codes, money, data.n_users)[users]
    return outcomes


def _of_users(data: Dataset, one: Outcome, values: pd.Series, measure: str) -> Outcome:
    """What a user's value of an outcome is: a share of users, a count, or a mean of their rows."""
    if one.name in data.binary and measure == "mean":
        return one.model_copy(update={"averaged": True})
    averaged = one.kind == "sum" and one.source is None and one.name not in data.binary
    return one.of_users(values).model_copy(update={"averaged": averaged})


def _covariates_then(
    data: Dataset,
    before: pd.DataFrame,
    after: pd.DataFrame,
    *,
    users: np.ndarray,
    from_window: tuple[str, ...],
) -> pd.DataFrame:
    """Covariates by user as they stood at the date, and the user table, (len(users), …).

    Raises:
        DataError: a covariate of the window is no covariate.
    """
    columns = [name for name in data.covariates if name in before.columns]
    for name in from_window:
        if name not in columns and name not in before.columns:
            raise DataError(
                "causal.no_such_column",
                hint=Text("core.known_names", known=", ".join(columns) or "-"),
                name=name,
            )
    last = before.sort_values("time", kind="stable").groupby("user")[columns].last()
    first = after.sort_values("time", kind="stable").groupby("user")[columns].first()
    last, first = last.reindex(users), first.reindex(users)
    decided = [name for name in columns if before[name].nunique() < 2 or name in from_window]
    for name in decided:
        last[name] = first[name].where(first[name].notna(), last[name])
    frame = last.reset_index(drop=True)
    if data.users is not None:
        extra = data.users.iloc[users].reset_index(drop=True)
        frame = frame.join(extra[[c for c in extra.columns if c not in frame.columns]])
    return frame
