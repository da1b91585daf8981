"""Units over days or weeks: the table of a question that has a date and no lottery."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from causalrec.core.errors import DataError, unknown_name
from causalrec.core.words import Text
from causalrec.data.dataset.dataset import Dataset
from causalrec.data.dataset.log_outcomes import outcome_values, outcomes_of

__all__ = ["PERIODS", "SUMS", "panel_table", "panel_units"]

PERIODS = {"day": 1, "week": 7}
"""Lengths of a time in days."""
SUMS = ("mean", "sum")
"""Of the rows of a unit in a time; a sum of no rows is 0, a mean of none is not known."""
_MONDAY = pd.Timestamp("2024-01-01")
_FEWEST, _REPEATED = 3, 50


def panel_units(data: Dataset) -> tuple[str, ...]:
    """What can be a unit of a log: its users, items, and columns whose values repeat."""
    ids = [name for name in ("user", "item") if data.has(name)]
    columns = [name for name in ("category", *data.covariates) if name in data.frame]
    most = len(data) // _REPEATED
    repeated = [name for name in columns if _FEWEST <= data.frame[name].nunique() <= most]
    if data.items is not None and "category" in data.items and "category" not in columns:
        repeated.insert(0, "category")
    return (*ids, *repeated)


def panel_table(
    data: Dataset,
    outcome: str,
    *,
    unit: str | None = None,
    period: str = "week",
    measure: str = "mean",
    treatment: str | None = None,
    start: object = None,
) -> pd.DataFrame:
    """A table for `causalrec.causal.designs`: one row a unit and time (a time where unit is None).

    Args:
        data: a log with times.
        outcome: one of the log's.
        unit: one of `panel_units`; None: the log as one series.
        period: of `PERIODS`; those at the ends that the log does not fill are left out.
        measure: of `SUMS`.
        treatment: 0/1 column of the log: a unit has it from its first row with a 1 on; with a
            start, a unit has it throughout that has a 1 anywhere.
        start: the day from which periods are counted, so that none lies across it; None: weeks
            begin on Monday.

    Returns:
        Columns `unit`, `time`, the outcome's name and `treatment`; ``attrs["causalrec"]`` says what
        the outcome is.

    Raises:
        DataError: the log has no times.
        NotFoundError: an outcome, unit or column is unknown.
    """
    if not data.has("time"):
        raise DataError("causal.panel_no_times", hint="causal.panel_no_times_hint")
    outcomes = outcomes_of(data)
    _there("outcome", outcome, outcomes)
    if treatment is not None:
        _there("column", treatment, data.covariates)
    begin, whole = _periods(data.frame["time"], PERIODS[period], start)
    rows = pd.DataFrame({"unit": _unit(data, unit), "time": begin})
    rows[outcome] = outcome_values(data, outcomes[outcome]).to_numpy(dtype=float)
    rows["treatment"] = 0.0
    if treatment is not None:
        rows["treatment"] = pd.to_numeric(data.frame[treatment], errors="coerce").to_numpy(float)
    ever = rows.groupby("unit")["treatment"].max()
    table = _cells(rows[np.isfinite(rows[outcome]) & whole], outcome, measure)
    if start is not None:
        table["treatment"] = table["unit"].map(ever)
    about = outcomes[outcome]
    if measure == "sum":
        about = about.of_users(table[outcome].to_numpy())
    per = "impression" if measure == "mean" else "user" if unit == "user" else "row"
    table.attrs["causalrec"] = {"unit": per, "outcomes": {outcome: about.model_dump()}}
    unneeded = [*([] if treatment else ["treatment"]), *([] if unit else ["unit"])]
    return table.drop(columns=unneeded)


def _there(kind: str, name: str, names: Iterable[str]) -> None:
    """Refuse a name that the log does not have.

    Raises:
        NotFoundError: it has not.
    """
    known = list(names)
    if name not in known:
        error = unknown_name(kind, name, known)
        raise error


def _periods(moments: pd.Series, days: int, start: object) -> tuple[pd.Series, np.ndarray]:
    """The first day of each row's period, and whether the log fills the period, bool (n,)."""
    anchor = _MONDAY if start is None else pd.Timestamp(str(start)).normalize()
    day = moments.dt.normalize()
    count = (day - anchor).dt.days // days
    begin = anchor + pd.to_timedelta(days * count, unit="D")
    whole = (begin >= day.min()) & (begin + pd.Timedelta(days - 1, "D") <= day.max())
    return begin, whole.to_numpy()


def _cells(rows: pd.DataFrame, outcome: str, measure: str) -> pd.DataFrame:
    """One row a unit and time; of sums also where there are no rows: 0, treated as before."""
    together = rows.groupby(["unit", "time"], sort=True)
    table = together.agg({outcome: measure, "treatment": "max"})
    if measure == "sum":
        levels = [sorted(rows[name].unique()) for name in ("unit", "time")]
        table = table.reindex(pd.MultiIndex.from_product(levels, names=["unit", "time"]))
        table[outcome] = table[outcome].fillna(0.0)
        table["treatment"] = table["treatment"].groupby(level="unit").ffill().fillna(0.0)
    return table.reset_index()


def _unit(data: Dataset, unit: str | None) -> np.ndarray:
    """Whose each row is, in words, (n,).

    Raises:
        NotFoundError: the log has no such unit.
    """
    if unit is None:
        return np.zeros(len(data), dtype=int)
    if unit not in panel_units(data):
        error = unknown_name(Text("causal.param_panel_unit_label"), unit, panel_units(data))
        raise error
    if unit in ("user", "item"):
        ids = data.user_ids if unit == "user" else data.item_ids
        return np.asarray(ids[data.frame[unit].to_numpy()])
    if unit in data.frame:
        return np.asarray(data.frame[unit].astype(str).to_numpy())
    assert data.items is not None
    return np.asarray(data.items[unit].astype(str).to_numpy()[data.frame["item"].to_numpy()])
