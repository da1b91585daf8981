"""From a table with its own column names to the coded frame of a dataset."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from causalrec.core.errors import DataError
from causalrec.data.ids import encode_ids
from causalrec.data.mapping import ROLES, ColumnMapping, meaning_of
from causalrec.data.tables import attribute_tables
from causalrec.data.times import parse_times

__all__ = ["build", "check_propensities", "is_binary", "to_number"]

_NUMBERS = ("exposed", "propensity", "position", "price")


def build(
    frame: pd.DataFrame,
    mapping: ColumnMapping,
    items: pd.DataFrame | None,
    users: pd.DataFrame | None,
    time_unit: str | None,
) -> dict[str, Any]:
    """Fields of a `Dataset` but its name and mapping.

    Raises:
        DataError: a column is missing, no row is left, or a propensity is outside (0, 1].
    """
    mapping.check(frame.columns)
    if not len(frame):
        raise DataError("data.no_rows", hint="data.no_rows_hint")
    coded, ids = _coded_roles(frame, mapping, time_unit)
    keep, dropped = _usable(coded, frame, mapping)
    _add_outcomes(coded, frame, mapping)
    outcomes = tuple(name for name in coded if name not in ROLES)
    covariates = _add_kept(coded, frame, mapping)
    made = pd.DataFrame(coded, copy=False)
    if dropped:
        made = made[keep].reset_index(drop=True)
    if "propensity" in made.columns:
        check_propensities(made["propensity"])
    tables = _tables(made, ids, items, users)
    return {
        "frame": tables.pop("frame"),
        **tables,
        "outcomes": outcomes,
        "binary": tuple(o for o in outcomes if is_binary(made[o])),
        "covariates": covariates,
        "dropped": dropped,
    }


def _coded_roles(
    frame: pd.DataFrame, mapping: ColumnMapping, time_unit: str | None
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Canonical columns by role, and the ids of users and items."""
    coded: dict[str, Any] = {}
    ids = {"user": np.empty(0, dtype=object)}
    for role in ROLES:
        column = getattr(mapping, role)
        if column is None:
            continue
        values = frame[column].reset_index(drop=True)
        if role in ("user", "item"):
            coded[role], ids[role] = encode_ids(values)
        elif role == "time":
            coded[role] = parse_times(values, time_unit)
        elif role in _NUMBERS:
            coded[role] = to_number(values)
        else:
            coded[role] = values
    return coded, ids


def _usable(
    coded: dict[str, Any], frame: pd.DataFrame, mapping: ColumnMapping
) -> tuple[np.ndarray, dict[str, int]]:
    """Rows with ids and a readable time, and how many lack which."""
    bad: dict[str, Any] = {role: coded[role] < 0 for role in ("user", "item") if role in coded}
    if "time" in coded:
        bad["time"] = coded["time"].isna().to_numpy()
    keep = ~np.logical_or.reduce(list(bad.values()))
    if not keep.any():
        worst = max(bad, key=lambda role: int(bad[role].sum()))
        raise DataError(
            "data.none_usable", hint="data.none_usable_hint", column=getattr(mapping, worst)
        )
    return keep, {role: int(rows.sum()) for role, rows in bad.items() if rows.any()}


def _add_outcomes(coded: dict[str, Any], frame: pd.DataFrame, mapping: ColumnMapping) -> None:
    named = mapping.named_outcomes
    for name, column in named.items():
        if column in frame.columns:
            coded[_free(name, coded)] = to_number(frame[column].reset_index(drop=True))
    if mapping.event is None:
        return
    event = frame[mapping.event].reset_index(drop=True).astype("string").str.strip()
    chosen = {name: value for name, value in named.items() if value not in frame.columns}
    values = event.dropna().unique().tolist()
    if len(values) > 50:
        raise DataError(
            "data.many_events", hint="data.many_events_hint", column=mapping.event, n=len(values)
        )
    for name, value in (chosen or {meaning_of(v) or v: v for v in sorted(values)}).items():
        coded[_free(name, coded)] = (event == value).fillna(False).astype("float64")


def _add_kept(
    coded: dict[str, Any], frame: pd.DataFrame, mapping: ColumnMapping
) -> tuple[str, ...]:
    """Add text and covariate columns; names of the covariates in the coded frame."""
    for column in mapping.text:
        coded[_free(column, coded)] = frame[column].reset_index(drop=True)
    names = []
    for column in mapping.covariates:
        names.append(_free(column, coded))
        coded[names[-1]] = frame[column].reset_index(drop=True)
    return tuple(names)


def _free(name: str, taken: dict[str, Any]) -> str:
    while name in taken or name in ROLES:
        name += "_"
    return name


def _tables(
    made: pd.DataFrame,
    ids: dict[str, np.ndarray],
    items: pd.DataFrame | None,
    users: pd.DataFrame | None,
) -> dict[str, Any]:
    """Drop ids that no row has, then line the attribute tables up with the codes."""
    kept = dict(ids)
    for role in ("user", "item"):
        if role in made.columns:
            used = np.unique(made[role].to_numpy())
            if len(used) < len(ids[role]):
                kept[role] = ids[role][used]
                made[role] = np.searchsorted(used, made[role].to_numpy()).astype(np.int32)
    item_table, user_table = attribute_tables(made, kept, items, users)
    return {
        "frame": made,
        "user_ids": kept["user"],
        "item_ids": kept["item"],
        "items": item_table,
        "users": user_table,
    }


def to_number(values: pd.Series) -> pd.Series:
    """A column as float64; yes/no words as 1/0; NaN where it is no number."""
    if pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values):
        return values.astype("float64")
    numbers = pd.to_numeric(values, errors="coerce").astype("float64")
    if numbers.notna().any():
        return numbers
    words = values.astype("string").str.strip().str.lower()
    known = {"true": 1.0, "yes": 1.0, "y": 1.0, "t": 1.0, "是": 1.0}
    known |= {"false": 0.0, "no": 0.0, "n": 0.0, "f": 0.0, "否": 0.0}
    return words.map(known).astype("float64")


def is_binary(values: pd.Series) -> bool:
    """Whether every present value is 0 or 1 (and one is present)."""
    present = values.dropna().to_numpy()
    return len(present) > 0 and bool(np.isin(present, (0.0, 1.0)).all())


def check_propensities(values: pd.Series) -> None:
    """Check that probabilities of what was shown are in (0, 1].

    Raises:
        DataError: some are not (or are missing); the message counts them.
    """
    good = (values > 0) & (values <= 1)
    if not good.all():
        raise DataError(
            "data.bad_propensity",
            hint="data.bad_propensity_hint",
            n=int((~good).sum()),
            example=str(values[~good].iloc[0]),
        )
