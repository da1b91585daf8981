"""Guessing what each column is, from its name and from its values."""

from __future__ import annotations

import pandas as pd

from causalrec.core.errors import DataError
from causalrec.core.words import Text
from causalrec.data.column_names.outcome_names import (
    names_clock,
    names_no_response,
    names_response,
    spent_time,
)
from causalrec.data.column_names.role_names import (
    has_row_name,
    name_score,
    named_no_rating,
    named_no_time,
    plain_name,
)
from causalrec.data.dataset.mapping import MEANINGS, ColumnMapping, meaning_of
from causalrec.data.dataset.outcomes import outcome_named
from causalrec.data.roles.column_look import Look, look_at
from causalrec.data.roles.role_guess import RoleGuess

__all__ = ["RoleGuess", "guess_mapping", "guess_roles"]

_ORDER = (
    "event",
    "time",
    "propensity",
    "exposed",
    "position",
    "user",
    "item",
    "session",
    "price",
    "category",
)
_SAMPLE = 5_000
_AMOUNTS = ("revenue", "plays")


def guess_mapping(frame: pd.DataFrame) -> ColumnMapping:
    """The mapping that names and values suggest.

    Raises:
        DataError: no column looks like item ids.
    """
    return guess_roles(frame).mapping()


def guess_roles(frame: pd.DataFrame) -> RoleGuess:
    """Roles that names and values suggest; each column gets at most one, a row number none.

    Raises:
        DataError: two columns have one name.
    """
    names = [str(c) for c in frame.columns]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise DataError("data.name_twice", hint="data.name_twice_hint", column=twice)
    step = max(1, len(frame) // _SAMPLE)
    sample = frame.iloc[::step]
    looks = {str(c): look_at(str(c), sample[c]) for c in frame.columns}
    named = {c: plain_name(c) for c, k in looks.items() if not (k.row_number and has_row_name(c))}
    roles: dict[str, str] = {}
    reasons: dict[str, Text] = {}
    others: dict[str, tuple[str, ...]] = {}
    for role in _ORDER:
        scores = {c: name_score(role, plain) for c, plain in named.items() if c not in reasons}
        fit = [c for c, score in scores.items() if score > 0 and _fits(role, looks[c], c, score)]
        if role == "time" and _times(looks, list(scores)):
            fit = [c for c in fit if looks[c].time]  # a number called "day" beside real dates
        best = max(fit, key=lambda c: scores[c], default=None)
        if best is None:
            continue
        roles[role] = best
        reasons[best] = Text("data.because_name_values", role=Text(f"data.role_{role}"))
        alike = tuple(c for c in fit if c != best and scores[c] == scores[best])
        if alike and role in ("user", "item", "time"):
            others[role] = alike
    outcomes = _outcomes(looks, reasons, event="event" in roles)
    unsure = _by_values(looks, roles, outcomes, reasons)
    others |= {role: more for role in unsure if (more := _others(role, looks, reasons))}
    left = tuple(
        c for c, k in looks.items() if c not in reasons and (k.row_number or k.distinct <= 1)
    )
    rest = [c for c in looks if c not in reasons and c not in left]
    text = tuple(
        c for c in rest if not looks[c].numeric and looks[c].length > 30 and looks[c].share > 0.3
    )
    covariates = tuple(c for c in rest if c not in text)
    reasons.update({c: Text("data.because_left") for c in left})
    return RoleGuess(roles, outcomes, text, covariates, left, reasons, tuple(unsure), others)


def _fits(role: str, look: Look, name: str, score: int) -> bool:
    """Whether values can play the role that the name tells of (names settle what ids are)."""
    sure = score >= 2 or not look.time
    is_id = look.distinct > 1 and (look.whole or not look.numeric) and sure and not look.dates
    counted = meaning_of(name) is not None and look.distinct <= 50
    if look.row_number and (score < 2 or role not in ("user", "item", "session", "time")):
        return False
    rules = {
        "time": look.time or (_counts(look) and not names_clock(name) and not spent_time(name)),
        "propensity": look.numeric and look.low >= 0 and look.high <= 1 and not look.binary,
        "exposed": look.binary or (not look.numeric and look.distinct == 2),
        "position": look.numeric and look.whole and 1 < look.distinct <= 500,
        "price": look.numeric and look.low >= 0 and look.distinct > 2,
        "event": not look.numeric and 1 < look.distinct <= 20,
        "category": look.distinct > 1 and (not look.numeric or look.whole) and look.share < 0.5,
        "user": is_id and not look.binary,
        "item": is_id and not look.binary,
        "session": is_id and not look.binary and not counted,
    }
    return bool(rules[role])


def _counts(look: Look) -> bool:
    return look.numeric and look.whole and look.distinct > 20


def _outcomes(looks: dict[str, Look], reasons: dict[str, Text], *, event: bool) -> dict[str, str]:
    """Columns named like a known outcome whose values are numbers, else what tells an amount."""
    columns: dict[str, str] = {}
    for column, look in looks.items():
        meaning = meaning_of(column)
        if column in reasons or meaning is None or meaning in columns or event:
            continue
        if look.numeric and look.distinct >= 1:
            columns[meaning] = column
            reasons[column] = Text("data.because_outcome", outcome=Text(f"data.outcome_{meaning}"))
    if columns or event:
        return {m: columns[m] for m in MEANINGS if m in columns}
    measured = [c for c, look in looks.items() if c not in reasons and _measures(c, look)]
    for column in measured[:1]:
        columns[column] = column
        reasons[column] = Text("data.because_measured")
    return columns


def _measures(name: str, look: Look) -> bool:
    """Whether a name tells how much of a response there was, and the values are such amounts."""
    one = outcome_named(name)
    measure = spent_time(name) or (one.kind == "sum" and one.meaning in _AMOUNTS)
    varied = look.numeric and look.distinct > 1 and not look.time and not look.row_number
    return varied and measure and one.good > 0


def _by_values(
    looks: dict[str, Look],
    roles: dict[str, str],
    outcomes: dict[str, str],
    reasons: dict[str, Text],
) -> list[str]:
    """Fill the roles that no name told from values alone; the names of those roles."""
    free = [c for c in looks if c not in reasons and not looks[c].row_number]
    columns: dict[str, str] = {}
    if "time" not in roles:
        columns.update(zip(["time"], _times(looks, free), strict=False))
    columns.update(_ids_by_values(looks, [c for c in free if c not in columns.values()], roles))
    roles.update(columns)
    if not outcomes and "event" not in roles:
        rest = [c for c in free if c not in columns.values()]
        for column in _scales(looks, rest)[:1]:
            outcomes["click" if looks[column].binary else "rating"] = column
            columns["outcome"] = column
    for role, column in columns.items():
        reasons[column] = Text("data.because_values", role=Text(f"data.role_{role}"))
    return list(columns)


def _ids_by_values(
    looks: dict[str, Look], free: list[str], roles: dict[str, str]
) -> dict[str, str]:
    """User and item from values: of two columns of ids the first in the file is the user."""
    if "item" in roles:
        return {}  # a log may well know no user
    ids = sorted(_ids(looks, free), key=lambda c: -looks[c].distinct)
    if "user" in roles or len(ids) == 1:
        return dict(zip(["item"], ids, strict=False))
    return dict(zip(("user", "item"), sorted(ids[:2], key=list(looks).index), strict=False))


def _times(looks: dict[str, Look], free: list[str]) -> list[str]:
    return [c for c in free if looks[c].time and not named_no_time(c)]


def _ids(looks: dict[str, Look], free: list[str]) -> list[str]:
    """Columns that may be ids, and whose names tell of nothing else."""
    return [c for c in free if _id_like(looks[c]) and not _tells_otherwise(c)]


def _scales(looks: dict[str, Look], free: list[str]) -> list[str]:
    graded = [c for c in free if looks[c].binary or _scale_like(looks[c])]
    open_ = [c for c in graded if not named_no_rating(c) and not _tells_otherwise(c)]
    responses = [c for c in open_ if names_response(c)]
    return [*responses, *(c for c in open_ if c not in responses and not _no_response(c))]


def _no_response(name: str) -> bool:
    """Whether a name tells what was done or given, or what nobody wants."""
    return names_no_response(name) or outcome_named(name).good < 0


def _others(role: str, looks: dict[str, Look], reasons: dict[str, Text]) -> tuple[str, ...]:
    """Columns without a role that could play this one, going by values."""
    free = [c for c in looks if c not in reasons and not looks[c].row_number]
    find = {"time": _times, "user": _ids, "item": _ids, "outcome": _scales}[role]
    return tuple(find(looks, free))


def _tells_otherwise(name: str) -> bool:
    """Whether a name tells of another role than that of a user, an item or an outcome."""
    plain = plain_name(name)
    roles = [role for role in _ORDER if role not in ("user", "item", "exposed")]
    return any(name_score(role, plain) >= 2 for role in roles)


def _id_like(look: Look) -> bool:
    plain = look.distinct > 1 and (look.whole or not look.numeric)
    ids = plain and not look.time and not look.dates and not look.binary
    return ids and look.distinct > 10 and look.share < 0.9 and look.length <= 40


def _scale_like(look: Look) -> bool:
    return look.numeric and 2 < look.distinct <= 11 and look.low >= 0 and look.high <= 10
