"""From a table with a date (or a cutoff) and a design to an effect."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from causalrec.causal.designs import DESIGNS
from causalrec.causal.designs.design import CONTROLS, Design, DesignQuery
from causalrec.causal.designs.design_effect import DesignEffect
from causalrec.causal.rows.column_values import text_of
from causalrec.causal.rows.question_rows import label, labelled
from causalrec.core.errors import ParamError, check_range, unknown_name
from causalrec.data.dataset.outcomes import Outcome
from causalrec.data.values.frames import as_pandas

if TYPE_CHECKING:
    from narwhals.typing import IntoFrame

__all__ = ["design"]


def design(  # noqa: PLR0913 - a question has so many parts; all but the data go by name
    frame: IntoFrame,
    *,
    outcome: str,
    design: str = DESIGNS.default,
    unit: str | None = None,
    time: str | None = None,
    treated: Iterable[object] | object | None = None,
    treatment: str | None = None,
    start: object = None,
    running: str | None = None,
    cutoff: float | None = None,
    covariates: Sequence[str] = (),
    cluster: str | None = None,
    control: str = "never",
    season: int | None = None,
    ridge: bool = False,
    level: float = 0.95,
    seed: int = 0,
    currency: str = "",
) -> DesignEffect:
    """The effect of what began at a date, or works from a cutoff on, where nobody randomised it.

    Who was treated is said by `treated` and `start`, or by `treatment`, a column that is 1 from
    when a unit is treated. Several rows of a unit at one time count as their mean.

    Args:
        frame: one row a unit and time (a time; a unit with its running value), of any kind.
        outcome: column.
        design: a name in `DESIGNS`; each declares what it `needs`.
        unit: column of who.
        time: column of when, dates or numbers.
        treated: the units (or the unit) treated from `start` on.
        treatment: 0/1 column; with `start` it may say who is ever treated.
        start: from when on.
        running: column that decides at a cutoff.
        cutoff: from which value on.
        covariates: columns, as they were before; of a series, columns that `start` cannot move.
        cluster: column of what was treated together; None: each unit by itself.
        control: "never" or "not-yet" treated, where units have dates of their own.
        season: times after which a series repeats itself; None: 7 for days, else none.
        ridge: whether a synthetic control is corrected for what its weights leave.
        level: of the interval.
        seed: of bootstraps and placebos.
        currency: of an outcome that is money.

    Returns:
        The effect on the treated. With refused=True its value is None and its reason says why.

    Raises:
        NotFoundError: no such design, column, control or treated unit.
        ParamError: the design needs what was not given, or a number is out of range.
        DataError: a column cannot be read, or the start is outside the times.
    """
    if design not in DESIGNS:
        error = unknown_name("design", design, DESIGNS)
        raise error
    if control not in CONTROLS:
        error = unknown_name("control", control, CONTROLS)
        raise error
    check_range("level", level, 0.5, 0.9999)
    query = DesignQuery(
        outcome=outcome, unit=unit, time=time, treated=_names(treated), treatment=treatment,
        start=start, running=running, cutoff=cutoff, covariates=tuple(covariates), cluster=cluster,
        control=control, season=season, ridge=ridge, level=level, seed=seed,
    )  # fmt: skip
    method = DESIGNS[design]
    _check(method, query)
    table = labelled(as_pandas(frame))
    query = _labels(query, table)
    effect = method()(table, query)
    return effect.model_copy(update={**_of_table(table, query.outcome), "currency": currency})


def _names(treated: object) -> tuple[str, ...] | None:
    """Units by their names."""
    if treated is None:
        return None
    if isinstance(treated, str) or not isinstance(treated, Iterable):
        return (text_of(treated),)
    return tuple(text_of(one) for one in treated)


def _check(method: type[Design], query: DesignQuery) -> None:
    """Refuse a question that lacks what a design needs.

    Raises:
        ParamError: it does.
    """
    for need in method.needs:
        given = [getattr(query, part) for part in need.split("|")]
        if all(one is None or (isinstance(one, tuple) and not one) for one in given):
            raise ParamError("causal.design_needs", hint="causal.design_needs_hint",
                             design=method.word(), part=need.replace("|", " / "))  # fmt: skip


def _labels(query: DesignQuery, table: pd.DataFrame) -> DesignQuery:
    """The question with its columns' names in words.

    Raises:
        NotFoundError: the table has no such column.
    """
    held: dict[str, Any] = {}
    for part in ("outcome", "unit", "time", "treatment", "running", "cluster"):
        name = getattr(query, part)
        if name is not None:
            held[part] = label(name)
    covariates = tuple(label(name) for name in query.covariates)
    for name in (*held.values(), *covariates):
        if name not in table:
            error = unknown_name("column", name, table.columns)
            raise error
    return replace(query, covariates=covariates, **held)


def _of_table(table: pd.DataFrame, outcome: str) -> dict[str, object]:
    """What the table says of its rows and of an outcome, where it says it."""
    facts = table.attrs.get("causalrec", {})
    about = facts.get("outcomes", {}).get(outcome)
    return {
        "unit": facts.get("unit", "row"),
        "about": None if about is None else Outcome(**about),
    }
