"""What was shown, with which probability, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd

from causalrec.core.errors import DataError
from causalrec.core.results.display import DisplayedLog
from causalrec.core.words import Text
from causalrec.data.dataset.dataset import Dataset
from causalrec.data.dataset.mapping import ColumnMapping
from causalrec.data.values.frames import as_pandas
from causalrec.data.values.ids import encode_ids, with_ids
from causalrec.data.values.numbers import check_propensities, to_number

if TYPE_CHECKING:
    from narwhals.typing import IntoFrame

__all__ = ["ExposureLog", "exposure_log"]


@dataclass(frozen=True, eq=False, repr=False)
class ExposureLog(DisplayedLog):
    """Impressions of one outcome.

    Attributes:
        frame: one row an impression: `item` int32 code, `outcome` float64 and, where known,
            `user` int32 code, `propensity` (0, 1], `position`, `session`, `time`, covariates.
        item_ids, user_ids: object arrays of str; code = index; no users where unknown.
        covariates: names of the covariate columns.
        outcome: name of the outcome in the source.
        left_out: rows of the source that had no outcome and are not among the impressions.
    """

    frame: pd.DataFrame
    item_ids: np.ndarray
    user_ids: np.ndarray
    covariates: tuple[str, ...] = ()
    outcome: str = "outcome"
    left_out: int = 0

    @classmethod
    def from_frame(
        cls,
        frame: IntoFrame,
        *,
        item: str,
        outcome: str,
        user: str | None = None,
        propensity: str | None = None,
        position: str | None = None,
        session: str | None = None,
        covariates: Sequence[str] = (),
    ) -> Self:
        """A log from a table of any kind with its own column names.

        Rows without an outcome are left out.

        Raises:
            DataError: a column is missing, an id is missing, the outcome holds no numbers, or a
                propensity is outside (0, 1].
        """
        mapping = ColumnMapping(
            item=item,
            outcome=outcome,
            user=user,
            propensity=propensity,
            position=position,
            session=session,
            covariates=tuple(covariates),
        )
        rows = as_pandas(frame)
        mapping.check(rows.columns)
        rows = rows.reset_index(drop=True)
        columns: dict[str, Any] = {"outcome": _outcome(rows[outcome], outcome)}
        ids = {"user": np.empty(0, dtype=object)}
        for role, column in (("item", item), ("user", user)):
            if column is not None:
                columns[role], ids[role] = encode_ids(rows[column])
                _require_ids(columns[role], column)
        for role, column in (("propensity", propensity), ("position", position)):
            if column is not None:
                columns[role] = to_number(rows[column])
        if propensity is not None:
            check_propensities(columns["propensity"])
        if session is not None:
            columns["session"] = rows[session]
        names = {c: c if c not in columns else f"{c}_" for c in covariates}
        columns.update({names[c]: rows[c] for c in covariates})
        kept = pd.DataFrame(columns).dropna(subset="outcome").reset_index(drop=True)
        left = len(rows) - len(kept)
        return cls(kept, ids["item"], ids["user"], tuple(names.values()), outcome, left)

    def __len__(self) -> int:
        return len(self.frame)

    def summary(self, lang: str = "en") -> str:
        """How many impressions, of what, and whether their propensities are known."""
        key = "data.exposure_known" if self.has("propensity") else "data.exposure_unknown"
        return Text(key, n=self.n, items=self.n_items, outcome=self.outcome).to(lang)

    def _readable(self, rows: pd.DataFrame) -> pd.DataFrame:
        return with_ids(rows, self.user_ids, self.item_ids)

    @property
    def n(self) -> int:
        """Number of impressions."""
        return len(self.frame)

    @property
    def n_items(self) -> int:
        """Number of item ids."""
        return len(self.item_ids)

    def has(self, column: str) -> bool:
        """Whether a column ("user", "propensity", "position", …) is known."""
        return column in self.frame.columns


def _outcome(values: pd.Series, name: str) -> pd.Series:
    """An outcome as numbers, NaN where unknown.

    Raises:
        DataError: there are values, and none of them is a number.
    """
    numbers = to_number(values)
    if values.notna().any() and not numbers.notna().any():
        raise DataError("data.outcome_text", hint="data.outcome_text_hint", outcome=name)
    return numbers


def _require_ids(codes: np.ndarray, column: str) -> None:
    if (codes < 0).any():
        raise DataError(
            "data.missing_ids",
            hint="data.missing_ids_hint",
            n=int((codes < 0).sum()),
            column=column,
        )


def exposure_log(data: Dataset, outcome: str = "click") -> ExposureLog:
    """The shown rows of a dataset with one of its outcomes, for policy values.

    Ids and codes stay the same.

    Raises:
        DataError: there is no such outcome, a 0/1 outcome is never 0 among shown rows, or each
            act is a row of its own.
    """
    outcome = data.outcome_column(outcome)
    frame = data.frame
    if "exposed" in frame.columns:
        frame = frame[frame["exposed"] > 0]
    never_zero = outcome in data.binary and not bool((frame[outcome] == 0).any())
    if never_zero or data.mapping.event is not None:
        raise DataError(
            "data.no_impressions", hint="data.no_impressions_hint", name=data.name, outcome=outcome
        )
    kept = [c for c in ("user", "item", "time", "propensity", "position", "session") if c in frame]
    covariates = [c for c in (*data.covariates,) if c != "outcome"]
    rows = frame[[*kept, *covariates]].assign(outcome=frame[outcome])
    rows = rows.dropna(subset="outcome").reset_index(drop=True)
    left = len(frame) - len(rows)
    return ExposureLog(rows, data.item_ids, data.user_ids, tuple(covariates), outcome, left)
