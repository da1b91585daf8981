"""The columns of a question as every estimator takes them, and who each row belongs to."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from causalrec.causal.rows.column_values import YES_AND_NO, Column, look, words_of
from causalrec.core.errors import DataError, unknown_name
from causalrec.core.words import Text

__all__ = ["Rows", "label", "labelled", "outcome_numbers", "rows_of"]

MOST_INDICATORS = 20
"""Numbers written as text become indicators up to this many values: no form is assumed."""
FEWEST_NUMBERS = 6
"""A treatment of fewer numbers is compared value by value."""


@dataclass(frozen=True, eq=False)
class Rows:
    """A table as estimators take it.

    Attributes:
        treatment: the treatment's column, with how it was read.
        outcome: float (n,), NaN where unknown.
        covariates: float or text columns by name, NaN or None where unknown.
        unit: who each row belongs to; None where rows are independent.
        besides: instruments or mediators, as covariates.
        flags: how the columns were read.
        weights: how many people each row stands for, (n,); None: all alike.
    """

    treatment: Column
    outcome: np.ndarray
    covariates: pd.DataFrame
    unit: pd.Series | None
    flags: tuple[Text, ...]
    weights: np.ndarray | None = None
    besides: pd.DataFrame = field(default_factory=pd.DataFrame)


def label(name: Hashable) -> str:
    """A column's name in words: several levels are joined, numbers are written out."""
    if isinstance(name, tuple):
        return " ".join(str(part) for part in name if str(part))
    return str(name)


def labelled(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with its columns' names in words."""
    names = [label(name) for name in frame.columns]
    if isinstance(frame.columns, pd.MultiIndex) or names != list(frame.columns):
        facts = frame.attrs
        frame = frame.set_axis(pd.Index(names, dtype=object), axis=1)
        frame.attrs = facts
    return frame


def rows_of(
    frame: pd.DataFrame,
    ends: tuple[str, str],
    covariates: Iterable[str],
    cluster: str | None,
    *,
    weights: str | None = None,
    besides: Iterable[str] = (),
) -> Rows:
    """Read the columns of a question.

    Args:
        frame: the table, `labelled`.
        ends: columns of treatment and outcome.
        covariates: columns to adjust for.
        cluster: column of the unit; "auto": as `causal_table` says; None: rows are independent.
        weights: column that says how many people a row stands for; None: each for one.
        besides: columns of instruments or mediators.

    Raises:
        DataError: the outcome holds no numbers, the cluster or the weights are no column, or a
            weight is no number above 0.
    """
    treatment, outcome = ends
    flags: list[Text] = []
    effect_of, read = _read(frame[treatment], treatment)
    if effect_of.numeric and _n_values(effect_of) < FEWEST_NUMBERS and read:
        effect_of, read = words_of(frame[treatment]), []
    flags += read
    numbers, read = outcome_numbers(frame[outcome], outcome)
    flags += read
    table, read = _columns(frame, covariates)
    flags += read
    others, read = _columns(frame, besides)
    flags += read
    unit, read = _unit(frame, cluster)
    each = None if weights is None else _weights(frame, label(weights))
    return Rows(effect_of, numbers, table, unit, (*read, *flags), each, others)


def _columns(frame: pd.DataFrame, names: Iterable[str]) -> tuple[pd.DataFrame, list[Text]]:
    """Columns as numbers or words, and how they were read."""
    columns: dict[str, np.ndarray] = {}
    flags: list[Text] = []
    for name in names:
        column, read = _read(frame[name], name)
        columns[name], read = _as_covariate(frame[name], column, read)
        flags += read
    return pd.DataFrame(columns, index=range(len(frame))), flags


def _weights(frame: pd.DataFrame, name: str) -> np.ndarray:
    """How many people each row stands for, (n,).

    Raises:
        DataError: there is no such column, or a weight is no number above 0.
    """
    if name not in frame.columns:
        hint = unknown_name("column", name, frame.columns).hint
        raise DataError("causal.no_weights", hint=hint, name=name)
    column = look(frame[name])
    bad = len(frame)
    if column.form in ("number", "text_number"):
        bad = int((~(column.data > 0)).sum())
    if bad:
        raise DataError("causal.bad_weights", hint="causal.bad_weights_hint", name=name, n=bad)
    return column.data


def _as_covariate(
    values: pd.Series, column: Column, flags: list[Text]
) -> tuple[np.ndarray, list[Text]]:
    """Text that reads as few numbers, or as whole ones that repeat, may be codes: words too."""
    if not column.form.startswith("text_"):
        return column.data, flags
    values_known = column.data[column.known]
    count = _n_values(column)
    if count <= MOST_INDICATORS:
        return words_of(values).data, []
    codes = column.form == "text_number" and bool((values_known == np.round(values_known)).all())
    if codes and 2 * count <= len(values_known):
        return words_of(values).data, [Text("causal.flag_text_code", name=values.name)]
    return column.data, flags


def _n_values(column: Column) -> int:
    return len(pd.unique(column.data[column.known]))


def _read(values: pd.Series, name: str) -> tuple[Column, list[Text]]:
    """A column, and what there is to know about how it was read."""
    column = look(values)
    flags = []
    if column.form.startswith("text_"):
        flags.append(Text(f"causal.flag_{column.form}", name=name))
    if column.form == "duration":
        flags.append(Text("causal.flag_duration", name=name))
    if column.infinite:
        flags.append(Text("causal.flag_infinite", name=name, n=column.infinite))
    return column, flags


def outcome_numbers(values: pd.Series, name: str) -> tuple[np.ndarray, list[Text]]:
    """An outcome as numbers, float (n,) with NaN where unknown, and how it was read.

    Raises:
        DataError: it holds no numbers.
    """
    column, flags = _read(values, name)
    if column.form in ("number", "boolean", "text_number", "duration", "text_duration"):
        if not column.known.any():
            return column.data, []
        return column.data, flags
    words = pd.Series(column.data).astype(object)
    meant = words.map(lambda word: YES_AND_NO.get(str(word).strip().casefold()), na_action="ignore")
    if column.form == "category" and words.notna().any():
        if meant.notna().sum() == words.notna().sum():
            return meant.astype("float64").to_numpy(), [Text("causal.flag_yes_no", name=name)]
        numbers = look(words)
        if numbers.form == "number" or numbers.form == "text_number":
            return numbers.data, [Text("causal.flag_text_number", name=name)]
    raise DataError("causal.not_numbers", hint="causal.not_numbers_hint", name=name)


def _unit(frame: pd.DataFrame, cluster: str | None) -> tuple[pd.Series | None, list[Text]]:
    flags = []
    facts = frame.attrs.get("causalrec", {})
    if facts.get("chosen"):
        flags.append(Text("causal.flag_chosen"))
    if cluster == "auto":
        cluster = facts.get("cluster")
        if cluster not in frame.columns:
            cluster = None
            flags.append(Text("causal.flag_independent"))
    if cluster is None:
        return None, flags
    cluster = label(cluster)
    if cluster not in frame.columns:
        hint = unknown_name("column", cluster, frame.columns).hint
        raise DataError("causal.no_cluster", hint=hint, name=cluster)
    values = frame[cluster].reset_index(drop=True)
    alone = int(values.isna().sum())
    if alone:
        flags.append(Text("causal.flag_no_unit", name=cluster, n=alone))
    return values, flags
