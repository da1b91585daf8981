"""A condition of a log as people say it.

``is_new=1`` is "new users", ``promotion=1`` "with a promotion", and what has no words of its own
"category is Garden". Columns with words of their own stand in the table
(``condition.arm_<column>_1``, ``condition.people_<column>_1``); ``is_…`` and ``has_…`` are taken
at their word. The exact form stays ``column=value`` (`exactly`); a segment may also be
``column!=value``, ``column>3``, ``column<=3``, and several of these joined by `` & ``.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from causalrec.core.words import Text, table

__all__ = ["Condition", "arm", "arms", "conditions", "exactly", "people", "value_of"]

_JOINT = re.compile(r" & (?=[^&=<>!]+(?:!=|<=|>=|[=<>]))")
_SIGNED = re.compile(r"([^=<>!]+)(!=|<=|>=|[=<>])(.*)", re.DOTALL)
_TRUTH = {"1": 1, "1.0": 1, "true": 1, "yes": 1, "0": 0, "0.0": 0, "false": 0, "no": 0}
_BINARY = ({"0", "1"}, {"0.0", "1.0"}, {"false", "true"}, {"no", "yes"})


def arm(column: str, value: object, *, binary: bool = False, otherwise: str = "is") -> Text:
    """A value of a treatment: "with a promotion", "without a promotion", "price is 12".

    Args:
        column: the treatment.
        value: the one it has, or is set to.
        binary: whether the column is known to be 0 or 1.
        otherwise: how a plain condition is said: "is" ("price is 12"), "where" it is.
    """
    yes = _TRUTH.get(str(value).lower())
    own = _own("arm", column, yes)
    if own is not None:
        return own
    if yes is None or not (binary or _says_so(column)):
        return Text(f"condition.{otherwise}", column=_plain(column), value=value)
    return Text(f"condition.arm_{yes}", what=_plain(_stem(column)))


def arms(column: str, values: tuple[object, ...], *, otherwise: str = "is") -> tuple[Text, ...]:
    """Values of a treatment that are compared, each as `arm` says it; two may be no and yes."""
    binary = {str(value).lower() for value in values} in _BINARY
    return tuple(arm(column, value, binary=binary, otherwise=otherwise) for value in values)


_SIGNS = {"!=": "other", ">": "above", ">=": "least", "<": "below", "<=": "most"}


class Condition(NamedTuple):
    """What one column is asked for.

    Attributes:
        column, value: its name and what stands beside the sign, as they are written.
        sign: "=", "!=", ">", ">=", "<" or "<=".
    """

    column: str
    sign: str
    value: str


def conditions(segment: str) -> tuple[Condition, ...] | None:
    """What a segment asks of columns; None where it is not written so."""
    matches = [_SIGNED.fullmatch(part) for part in _JOINT.split(segment)]
    if all(matches):
        return tuple(Condition(*(part.strip() for part in one.groups())) for one in matches if one)
    column, sign, value = segment.partition("=")  # a column's name may hold a sign
    return (Condition(column.strip(), sign, value.strip()),) if sign else None


def people(segment: str) -> Text:
    """The users of a segment: "new users", "users whose device is phone"."""
    every = conditions(segment) or (Condition(segment.strip(), "=", ""),)
    if [one.sign for one in every] == [">", "<="] and every[0].column == every[1].column:
        ends = {"low": every[0].value, "high": every[1].value}
        return Text("condition.people_between", column=_plain(every[0].column), **ends)
    said = [_people(*one) for one in every]
    if len(said) == 1:
        return said[0]
    rest = said[1] if len(said) == 2 else people(" & ".join("".join(one) for one in every[1:]))
    return Text("condition.people_among", first=said[0], rest=rest)


def _people(column: str, sign: str, value: str) -> Text:
    """The users of one condition."""
    if sign == "!=" and _TRUTH.get(value.lower()) is not None:
        sign, value = "=", str(1 - _TRUTH[value.lower()])
    if sign != "=":
        return Text(f"condition.people_{_SIGNS[sign]}", column=_plain(column), value=value)
    yes = _TRUTH.get(value.lower())
    own = _own("people", _stem(column), yes)
    if own is not None:
        return own
    if yes is not None and column.startswith("is_"):
        return Text(f"condition.people_is_{yes}", what=_plain(_stem(column)))
    if yes is not None and (column.startswith("has_") or _own("arm", column, yes)):
        return Text("condition.people_having", what=arm(column, value))
    return Text("condition.people", column=_plain(column), value=value)


def value_of(column: str, value: object) -> Text:
    """A value of a column where the column is named beside it: "new users", "phone"."""
    said = people(f"{column}={value}")
    if said.key == "condition.people":
        return Text("answer.as_is", value=value)
    return said


def exactly(column: str, value: object) -> Text:
    """A condition as the log has it: "is_new = 1"."""
    return Text("condition.exactly", column=column, value=value)


def _own(form: str, column: str, yes: int | None) -> Text | None:
    """The words of a column's own, where there are some."""
    key = f"condition.{form}_{column}_{yes}"
    return Text(key) if key in table("en") else None


def _says_so(column: str) -> bool:
    return column.startswith(("is_", "has_"))


def _stem(column: str) -> str:
    return column.removeprefix("is_").removeprefix("has_")


def _plain(column: str) -> str:
    return column.replace("_", " ")
