"""What each column of a log means."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, model_validator

from causalrec.core.errors import DataError, ParamError
from causalrec.core.params import not_default
from causalrec.core.words import Text, worded

__all__ = ["MEANINGS", "ROLES", "ColumnMapping", "meaning_of"]

ROLES = (
    "user",
    "item",
    "time",
    "exposed",
    "propensity",
    "position",
    "price",
    "category",
    "session",
)
"""Roles that one column can have; a dataset's frame names these columns by their role."""

MEANINGS: dict[str, frozenset[str]] = {
    "click": frozenset({"click", "clicked", "clicks", "isclick", "ctr", "tap", "点击"}),
    "purchase": frozenset(
        {"purchase", "purchased", "buy", "bought", "order", "ordered", "transaction"}
        | {"conversion", "converted", "pay", "paid", "购买", "成交", "下单"}
    ),
    "rating": frozenset({"rating", "ratings", "stars", "score", "overall", "评分", "打分"}),
    "watch": frozenset(
        {"watch", "watchshare", "watchratio", "playratio", "completion", "dwell", "完播率", "观看"}
    ),
}
"""Outcome meanings that later steps know, with the names they go by."""


def meaning_of(name: str) -> str | None:
    """The meaning ("click", "purchase", "rating", "watch") that a name tells, if any."""
    plain = re.sub(r"[\W_]+", "", name.lower())
    for meaning, names in MEANINGS.items():
        if plain in names or plain.removeprefix("is") in names:
            return meaning
    return None


def _spoken(role: str) -> Text:
    """A role of `ColumnMapping._pairs` in words."""
    kind, _, name = role.partition(" ")
    if kind != "outcome":
        return Text(f"data.role_{role}")
    outcome = worded("data.outcome_", name)
    return Text("data.role_outcome_named", name=outcome)


def _several(value: object) -> object:
    if isinstance(value, str):
        return (value,)
    if isinstance(value, Iterable) and not isinstance(value, (bytes, dict)):
        return tuple(value)
    return value


Several = Annotated[tuple[str, ...], BeforeValidator(_several)]


class ColumnMapping(BaseModel):
    """Which column of a log is what.

    Attributes:
        user, item, time, exposed, propensity, position, price, category, session: column names;
            only `item` is required. A log without `user` serves policy values, not training.
        outcome: one outcome column, short for ``outcomes=(column,)``.
        outcomes: ``{outcome name: column}``, or columns that keep their names. With `event`, a
            value that is no column is one of the event's values.
        event: a column whose values (view, cart, buy) become 0/1 outcomes.
        positive: what counts as a wanted interaction. None: a 0/1 outcome counts where it is 1,
            any other where it is present. A number: the first outcome is at least that. A dict:
            any of the outcomes is at least its number. Outcome names: only these count.
        text, covariates: further columns to keep.
        missing: texts in the columns of ids that mean "no id", such as ``("NA", "null")``; None
            of them is missing else.
        decimal: what stands before the decimals of numbers written as text, "." or ","; None
            goes by the whole column.
        about: what an outcome is, where its name and values do not tell:
            ``{outcome: {"unit": "min", "good": -1, "kind": "sum", "money": True}}``, any of these.

    Raises:
        ParamError: a value is of the wrong kind.
        DataError: a column has two roles.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    user: str | None = None
    item: str
    time: str | None = None
    outcome: str | None = None
    outcomes: Annotated[dict[str, str] | tuple[str, ...] | None, BeforeValidator(_several)] = None
    event: str | None = None
    positive: float | dict[str, float] | str | tuple[str, ...] | None = None
    exposed: str | None = None
    propensity: str | None = None
    position: str | None = None
    price: str | None = None
    category: str | None = None
    session: str | None = None
    text: Several = ()
    covariates: Several = ()
    missing: Several = ()
    decimal: Literal[".", ","] | None = None
    about: dict[str, dict[str, Any]] | None = None

    def __init__(self, **values: object) -> None:
        try:
            super().__init__(**values)
        except ValidationError as error:
            first = error.errors()[0]
            raise ParamError(
                "core.bad_param",
                hint="data.mapping_hint",
                name=".".join(map(str, first["loc"])) or "mapping",
                value=repr(first.get("input")),
                why=first["msg"],
            ) from error

    @model_validator(mode="after")
    def _no_column_twice(self) -> ColumnMapping:
        seen: dict[str, str] = {}
        for role, column in self._pairs():
            if column in seen:
                raise DataError(
                    "data.column_twice",
                    hint="data.column_twice_hint",
                    column=column,
                    first=_spoken(seen[column]),
                    second=_spoken(role),
                )
            seen[column] = role
        return self

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        return not_default(self).items()

    def _pairs(self) -> list[tuple[str, str]]:
        """Every (role, column)."""
        pairs = [(role, getattr(self, role)) for role in (*ROLES, "event")]
        pairs += [(f"outcome {name}", column) for name, column in self.named_outcomes.items()]
        pairs += [("text", column) for column in self.text]
        pairs += [("covariates", column) for column in self.covariates]
        return [(role, column) for role, column in pairs if column is not None]

    @property
    def named_outcomes(self) -> dict[str, str]:
        """``{outcome name: column (or event value)}``, `outcome` first."""
        named = {} if self.outcome is None else {self.outcome: self.outcome}
        if isinstance(self.outcomes, dict):
            named.update(self.outcomes)
        elif self.outcomes:
            named.update({column: column for column in self.outcomes})
        return named

    def columns(self) -> tuple[str, ...]:
        """Every column that the mapping names (with `event`, event values may be among them)."""
        return tuple(column for _, column in self._pairs())

    def role_of(self, column: str) -> str | None:
        """The role of a column, None when it has none."""
        return next((role for role, name in self._pairs() if name == column), None)

    def check(self, columns: Iterable[str]) -> None:
        """Check the mapping against a table's columns.

        Raises:
            DataError: a mapped column is not in the table (the hint lists the table's columns),
                or the table has two of its name.
        """
        have = [str(c) for c in columns]
        for _, column in self._pairs():
            if have.count(column) > 1:
                raise DataError("data.name_twice", hint="data.name_twice_hint", column=column)
        for role, column in self._pairs():
            is_event_value = self.event is not None and role.startswith("outcome ")
            if column not in have and not is_event_value:
                raise DataError(
                    "data.no_column",
                    hint=Text("data.no_column_hint", columns=", ".join(have[:30])),
                    column=column,
                    role=_spoken(role),
                )
