"""From a table with its own column names to the coded frame of a dataset."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from causalrec.core.errors import DataError
from causalrec.core.words import Text
from causalrec.data.dataset.attribute_tables import SideTables, attribute_tables, joined
from causalrec.data.dataset.mapping import ROLES, ColumnMapping, meaning_of
from causalrec.data.dataset.outcomes import is_amount, least_wanted
from causalrec.data.values.ids import NO_ID_WORDS, encode_ids, labels, readable
from causalrec.data.values.numbers import check_propensities, is_binary, read_numbers
from causalrec.data.values.oddity import Oddity
from causalrec.data.values.times import read_times

_NO_ID = frozenset(word.lower() for word in NO_ID_WORDS)
__all__ = ["build", "id_words", "join_oddities"]

_NUMBERS = ("exposed", "propensity", "position", "price")


def build(
    frame: pd.DataFrame, mapping: ColumnMapping, sides: SideTables, time_unit: str | None
) -> dict[str, Any]:
    """Fields of a `Dataset` but its name and mapping.

    Raises:
        DataError: a column is missing, no row is left, or a propensity is outside (0, 1].
    """
    mapping.check(frame.columns)
    if not len(frame):
        raise DataError("data.no_rows", hint="data.no_rows_hint")
    if not all(isinstance(column, str) for column in frame.columns):
        frame = frame.set_axis([str(column) for column in frame.columns], axis=1)
    coded, ids, oddities = _coded_roles(frame, mapping, time_unit)
    keep, dropped = _usable(coded, frame, mapping)
    oddities += _add_outcomes(coded, frame, mapping)
    outcomes = tuple(name for name in coded if name not in ROLES)
    covariates = _add_kept(coded, frame, mapping)
    log = pd.DataFrame(coded, copy=False)
    if dropped:
        log = log[keep].reset_index(drop=True)
    if "propensity" in log.columns:
        check_propensities(log["propensity"])
    binary = tuple(o for o in outcomes if is_binary(log[o]))
    oddities += _ungraded(log, outcomes, mapping) if not binary else []
    tables = _tables(log, ids, sides, mapping)
    oddities += join_oddities(mapping, tables["user_ids"], tables["item_ids"], sides)
    return {
        "frame": tables.pop("frame"),
        **tables,
        "outcomes": outcomes,
        "binary": binary,
        "covariates": covariates,
        "dropped": dropped,
        "notes": (*_left_out(dropped), *(one.text for one in oddities)),
    }


def _ungraded(log: pd.DataFrame, outcomes: tuple[str, ...], mapping: ColumnMapping) -> list[Oddity]:
    """Marks, votes and amounts that count as wanted, low ones too: nobody said from where on."""
    if mapping.positive is not None or not outcomes:
        return []
    values = log[outcomes[0]].to_numpy(dtype=float)
    nothing = is_amount(outcomes[0], mapping.about) and bool((values == 0).any())
    if meaning_of(outcomes[0]) != "rating" and not (values < 0).any() and not nothing:
        return []
    least = least_wanted(values)
    low = values < least
    return [Oddity("wanted_grades", low, {"column": outcomes[0], "least": least})] * bool(low.any())


def _left_out(dropped: dict[str, int]) -> list[Text]:
    return [
        Text("data.note_left_out", n=n, role=Text(f"data.role_{role}"))
        for role, n in dropped.items()
    ]


def id_words(values: pd.Series, codes: np.ndarray, ids: np.ndarray, role: str) -> list[Oddity]:
    """Ids of a column that often stand for "no id"."""
    places = [place for place, name in enumerate(ids) if name.lower() in _NO_ID]
    if not places:
        return []
    words = ", ".join(f"“{ids[place]}”" for place in places)
    about = {"column": str(values.name), "words": words, "role": Text(f"data.role_{role}")}
    return [Oddity("ids_like_missing", np.isin(codes, places), about)]


def join_oddities(
    mapping: ColumnMapping,
    user_ids: np.ndarray,
    item_ids: np.ndarray,
    sides: SideTables,
) -> list[Oddity]:
    """How the tables of items and users are joined.

    Raises:
        DataError: no column of a table holds the ids.
    """
    joins = []
    if sides.items is not None:
        joins.append(joined(sides.items, item_ids, "item", mapping.item).oddity("item"))
    if sides.users is not None and len(user_ids):
        joins.append(joined(sides.users, user_ids, "user", mapping.user).oddity("user"))
    return joins


def _coded_roles(
    frame: pd.DataFrame, mapping: ColumnMapping, time_unit: str | None
) -> tuple[dict[str, Any], dict[str, np.ndarray], list[Oddity]]:
    """Canonical columns by role, the ids of users and items, and what is told of them."""
    coded: dict[str, Any] = {}
    oddities: list[Oddity] = []
    ids = {"user": np.empty(0, dtype=object)}
    for role in ROLES:
        column = getattr(mapping, role)
        if column is None:
            continue
        values = frame[column].reset_index(drop=True)
        if role in ("user", "item"):
            coded[role], ids[role] = encode_ids(values, mapping.missing)
            oddities += id_words(values, coded[role], ids[role], role)
        elif role == "time":
            read = read_times(values, time_unit)
            coded[role] = read.times
            oddities += read.oddities
        elif role in _NUMBERS:
            coded[role] = _number(values, mapping, oddities)
        else:
            coded[role] = readable(values)
    return coded, ids, oddities


def _number(values: pd.Series, mapping: ColumnMapping, oddities: list[Oddity]) -> pd.Series:
    read = read_numbers(values, mapping.decimal)
    oddities += read.oddities
    lost = (read.values.isna() & values.notna()).to_numpy()  # noqa: PD011 - a field, no frame
    if lost.any():
        oddities.append(Oddity("unreadable_numbers", lost, {"column": str(values.name)}))
    return read.values  # noqa: PD011


def _usable(
    coded: dict[str, Any], frame: pd.DataFrame, mapping: ColumnMapping
) -> tuple[np.ndarray, dict[str, int]]:
    """Rows with ids and a readable time, and how many lack which.

    Raises:
        DataError: there is no such row.
    """
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


def _add_outcomes(
    coded: dict[str, Any], frame: pd.DataFrame, mapping: ColumnMapping
) -> list[Oddity]:
    oddities: list[Oddity] = []
    named = mapping.named_outcomes
    for name, column in named.items():
        if column in frame.columns:
            values = frame[column].reset_index(drop=True)
            coded[_free(name, coded)] = _number(values, mapping, oddities)
    if mapping.event is None:
        return oddities
    event = labels(frame[mapping.event].reset_index(drop=True))
    chosen = {name: value for name, value in named.items() if value not in frame.columns}
    words = [word for word in event.unique().tolist() if word != ""]
    if len(words) > 50:
        raise DataError(
            "data.many_events", hint="data.many_events_hint", column=mapping.event, n=len(words)
        )
    for name, value in (chosen or {meaning_of(v) or v: v for v in sorted(words)}).items():
        coded[_free(name, coded)] = (event == value).astype("float64")
    return oddities


def _add_kept(
    coded: dict[str, Any], frame: pd.DataFrame, mapping: ColumnMapping
) -> tuple[str, ...]:
    """Add text and covariate columns; names of the covariates in the coded frame."""
    for column in mapping.text:
        coded[_free(column, coded)] = readable(frame[column].reset_index(drop=True))
    names = []
    for column in mapping.covariates:
        names.append(_free(column, coded))
        coded[names[-1]] = readable(frame[column].reset_index(drop=True))
    return tuple(names)


def _free(name: str, taken: dict[str, Any]) -> str:
    while name in taken or name in ROLES:
        name += "_"
    return name


def _tables(
    log: pd.DataFrame, ids: dict[str, np.ndarray], sides: SideTables, mapping: ColumnMapping
) -> dict[str, Any]:
    """Drop ids that no row has, then line the attribute tables up with the codes."""
    kept = dict(ids)
    for role in ("user", "item"):
        if role in log.columns:
            used = np.unique(log[role].to_numpy())
            if len(used) < len(ids[role]):
                kept[role] = ids[role][used]
                log[role] = np.searchsorted(used, log[role].to_numpy()).astype(np.int32)
    item_table, user_table = attribute_tables(log, kept, sides, mapping)
    return {
        "frame": log,
        "user_ids": kept["user"],
        "item_ids": kept["item"],
        "items": item_table,
        "users": user_table,
    }
