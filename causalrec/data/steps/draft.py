"""A table on its way to a dataset: raw rows, what the columns mean, and the steps so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Self

import numpy as np
import pandas as pd

from causalrec.data.dataset.dataset import Dataset
from causalrec.data.dataset.mapping import ColumnMapping
from causalrec.data.dataset.outcomes import is_amount
from causalrec.data.values.ids import encode_ids, readable
from causalrec.data.values.numbers import is_binary, to_number
from causalrec.data.values.times import TimeReading, read_times

__all__ = ["Draft"]


@dataclass(frozen=True, eq=False)
class Draft:
    """Rows with their own column names, before they are coded.

    Attributes:
        frame: the rows; index 0..n-1.
        mapping: what each column is.
        items, users: attribute tables.
        time_unit: how times are written, None guesses.
        key: secret for pseudonyms.
        options: how its file was read where a person corrected the guess (`ReadOptions`); rows
            appended later are read in the same way.
    """

    frame: pd.DataFrame
    mapping: ColumnMapping
    items: pd.DataFrame | None = None
    users: pd.DataFrame | None = None
    time_unit: str | None = None
    key: bytes = b""
    options: Mapping[str, Any] = field(default_factory=dict)

    def keep(self, rows: pd.Series) -> Self:
        """Only the rows where the mask holds."""
        return replace(self, frame=self.frame[rows.to_numpy(dtype=bool)].reset_index(drop=True))

    def with_columns(self, **columns: pd.Series) -> Self:
        """The same rows with columns replaced or added."""
        return replace(self, frame=self.frame.assign(**columns))

    def with_mapping(self, **changes: object) -> Self:
        """The same rows with changed meanings."""
        values = {n: getattr(self.mapping, n) for n in type(self.mapping).model_fields}
        return replace(self, mapping=ColumnMapping(**{**values, **changes}))

    def times(self) -> pd.Series | None:
        """The time column parsed (UTC, naive), None where none is mapped."""
        read = self.reading()
        return None if read is None else read.times

    def reading(self) -> TimeReading | None:
        """How the time column was read, None where none is mapped."""
        column = self.mapping.time
        return None if column is None else read_times(self.frame[column], self.time_unit)

    def ids(self, column: str) -> tuple[np.ndarray, np.ndarray]:
        """Codes (n,), -1 where missing, and ids of a column of ids.

        Raises:
            DataError: the column cannot hold ids.
        """
        return encode_ids(self.frame[column], self.mapping.missing)

    def numbers(self, column: str) -> pd.Series:
        """A column as float64, NaN where it is no number."""
        return to_number(self.frame[column], self.mapping.decimal)

    def repeated(self, columns: Sequence[str], keep: Literal["first", "last"]) -> np.ndarray:
        """Rows that say in these columns what an earlier (or later) one says: bool, (n,)."""
        frame, ids = self.frame, (self.mapping.user, self.mapping.item)
        plain = {
            c: self.ids(c)[0] if c in ids and not _whole(frame[c]) else readable(frame[c]).array
            for c in columns
        }
        return np.asarray(pd.DataFrame(plain).duplicated(keep=keep))

    def positive(self) -> pd.Series:
        """Rows that count as wanted, by the mapping: bool, shape (n,)."""
        mapping = ColumnMapping(
            item=self.mapping.item,
            outcomes={
                name: column
                for name, column in self.mapping.named_outcomes.items()
                if column in self.frame.columns or self.mapping.event
            },
            event=self.mapping.event,
            positive=self.mapping.positive,
            decimal=self.mapping.decimal,
        )
        columns = [c for c in mapping.columns() if c in self.frame.columns]
        plain = self.frame[columns].assign(**{mapping.item: 0})
        coded = Dataset.from_frame(plain, mapping)
        return pd.Series(coded.positive_mask())

    def is_binary(self, column: str) -> bool:
        """Whether a column holds 0 and 1 only."""
        return is_binary(self.numbers(column))

    def has_zero_outcome(self) -> bool:
        """Whether some 0/1 outcome or amount is 0 somewhere: rows are impressions then."""
        named = self.mapping.named_outcomes.items()
        columns = [
            column
            for name, column in named
            if column in self.frame.columns
            and (is_amount(name, self.mapping.about) or self.is_binary(column))
        ]
        return any(bool((self.numbers(column) == 0).any()) for column in columns)

    def dataset(self, name: str) -> Dataset:
        """The coded dataset.

        Raises:
            DataError: no usable row is left, or a propensity is outside (0, 1].
        """
        return Dataset.from_frame(
            self.frame,
            self.mapping,
            items=self.items,
            users=self.users,
            name=name,
            time_unit=self.time_unit,
        )


def _whole(values: pd.Series) -> bool:
    """Whether equal ids are equal values already."""
    return isinstance(values.dtype, np.dtype) and values.dtype.kind in "iu"
