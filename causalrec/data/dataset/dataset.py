"""A log with a known meaning: coded rows, ids, item and user tables."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd

from causalrec.core.errors import DataError
from causalrec.core.results.display import DisplayedLog
from causalrec.core.words import Text
from causalrec.data.dataset.attribute_tables import SideTables
from causalrec.data.dataset.coding import build
from causalrec.data.dataset.fingerprint import fingerprint
from causalrec.data.dataset.mapping import ROLES, ColumnMapping, meaning_of
from causalrec.data.dataset.outcomes import is_amount
from causalrec.data.values.frames import as_pandas
from causalrec.data.values.ids import with_ids

if TYPE_CHECKING:
    from narwhals.typing import IntoFrame
    from scipy.sparse import csr_matrix


__all__ = ["Dataset"]


@dataclass(frozen=True, eq=False, repr=False)
class Dataset(DisplayedLog):
    """Interactions or impressions whose columns are known, with the ids behind the codes.

    Attributes:
        name: what people call it.
        mapping: which column of the source was what.
        frame: one row an interaction or impression. `user`, `item` int32 codes; `time`
            datetime64 (UTC, naive); `exposed`, `propensity`, `position`, `price` float64;
            `category`, `session`; each outcome (float64) under its name; text and covariates
            under theirs (with a trailing `_` where that is taken). Only what was mapped.
        user_ids, item_ids: object arrays of str, shapes (n_users,), (n_items,); code = index.
        users, items: one row a code, attributes by column; None where no table is known.
            `items` has `title`, `title_zh`, `category`, `price` where known.
        outcomes: names of the outcomes.
        binary: those outcomes that are 0/1 throughout the whole log.
        covariates: names of the covariate columns of the frame.
        dropped: rows left out when it was made, by the role that was unusable.
        steps: ``{"name", "params"}`` of the steps that its rows went through.
        notes: what was guessed or left out when it was made, in words.
        part: (n, of how many) where only the n-th share of the users was read; ids are of all.
    """

    name: str
    mapping: ColumnMapping
    frame: pd.DataFrame
    user_ids: np.ndarray
    item_ids: np.ndarray
    users: pd.DataFrame | None = None
    items: pd.DataFrame | None = None
    outcomes: tuple[str, ...] = ()
    binary: tuple[str, ...] = ()
    covariates: tuple[str, ...] = ()
    dropped: dict[str, int] = field(default_factory=dict)
    steps: tuple[dict[str, Any], ...] = ()
    notes: tuple[Text, ...] = ()
    part: tuple[int, int] = (0, 1)

    @classmethod
    def from_frame(
        cls,
        frame: IntoFrame,
        mapping: ColumnMapping,
        *,
        items: IntoFrame | None = None,
        users: IntoFrame | None = None,
        name: str = "data",
        time_unit: str | None = None,
    ) -> Self:
        """A dataset from a table with its own column names: pandas, polars, pyarrow or DuckDB.

        Rows without an item id, a user id (where mapped) or a readable time (where mapped) are
        left out; `dropped` counts them by reason, `notes` tell what was guessed.

        Raises:
            DataError: a column is missing, no row is left, or a propensity is outside (0, 1].
        """
        sides = (None if table is None else as_pandas(table) for table in (items, users))
        fields = build(as_pandas(frame), mapping, SideTables(*sides), time_unit)
        return cls(**fields, name=name, mapping=mapping)

    def __len__(self) -> int:
        return len(self.frame)

    def summary(self, lang: str = "en") -> str:
        """Its name and size."""
        key = "data.log_summary" if self.n_users else "data.log_summary_no_users"
        size = {"rows": len(self), "users": self.n_users, "items": self.n_items}
        return Text(key, name=self.name, **size).to(lang)

    def _readable(self, rows: pd.DataFrame) -> pd.DataFrame:
        return with_ids(rows, self.user_ids, self.item_ids)

    @property
    def n_users(self) -> int:
        """Number of user ids; 0 when the log knows no users."""
        return len(self.user_ids)

    @property
    def n_items(self) -> int:
        """Number of item ids."""
        return len(self.item_ids)

    @cached_property
    def fingerprint(self) -> str:
        """32 hex digits of SHA-256 over ids, columns and rows."""
        return fingerprint(self.mapping, (self.user_ids, self.item_ids), self.frame)

    def outcome_for(self, meaning: str) -> str | None:
        """The outcome that means "click", "purchase", "rating" or "watch".

        By name, else by a name that means the same, else (for "click") the only 0/1 outcome
        whose name means nothing else.
        """
        if meaning in self.outcomes:
            return meaning
        named = {o: meaning_of(o) for o in self.outcomes}
        same = [o for o, m in named.items() if m == meaning]
        if same:
            return same[0]
        plain = [o for o in self.binary if named[o] is None]
        if meaning == "click" and len(plain) == 1 and self.mapping.event is None:
            return plain[0]
        return None

    def has(self, role: str) -> bool:
        """Whether a column role, "outcome", "titles", "impressions", "event", … is known."""
        if role in ROLES:
            return role in self.frame.columns
        roles = {
            "outcome": bool(self.outcomes),
            "event": self.mapping.event is not None,
            "impressions": self.has_impressions,
            "titles": self.items is not None and "title" in self.items.columns,
            "items": self.items is not None,
            "users": self.users is not None,
            "text": bool(self.mapping.text),
            "covariates": bool(self.covariates),
        }
        return roles.get(role, role in self.frame.columns)

    @cached_property
    def has_impressions(self) -> bool:
        """Whether rows that were shown and not acted on exist (a 0 of a 0/1 outcome or an amount).

        In a log of events each act is a row of its own, so a 0 there is no impression.
        """
        if self.mapping.event is not None:
            return False
        shown = self.frame
        if "exposed" in shown.columns:
            shown = shown[shown["exposed"] > 0]
        binary_or_amounts = [
            o for o in self.outcomes if o in self.binary or is_amount(o, self.mapping.about)
        ]
        return any(bool((shown[o] == 0).any()) for o in binary_or_amounts)

    def positive_mask(self) -> np.ndarray:
        """Rows that count as a wanted interaction by `mapping.positive`: bool, shape (n,)."""
        rule = self.mapping.positive
        if isinstance(rule, (int, float)) and self.outcomes:
            rule = {self.outcomes[0]: float(rule)}
        if isinstance(rule, dict):
            return self._any(
                self.frame[self.outcome_column(o)] >= least for o, least in rule.items()
            )
        names = (rule,) if isinstance(rule, str) else rule
        chosen = (
            tuple(map(self.outcome_column, names)) if isinstance(names, tuple) else self.outcomes
        )
        binary = [o for o in chosen if o in self.binary]
        if binary:
            return self._any(self.frame[o] == 1 for o in binary)
        if chosen:
            return self._any(self.frame[o].notna() for o in chosen)
        return np.ones(len(self), dtype=bool)

    def _any(self, parts: Iterable[pd.Series]) -> np.ndarray:
        none = np.zeros(len(self), dtype=bool)
        masks = [none, *(part.to_numpy(dtype=bool) for part in parts)]
        return np.asarray(np.logical_or.reduce(masks))

    def outcome_column(self, name: str) -> str:
        """The outcome of a name or of what it means.

        Raises:
            DataError: there is no such outcome.
        """
        outcome = name if name in self.outcomes else self.outcome_for(name)
        if outcome is None:
            raise DataError(
                "data.no_outcome",
                hint=Text("data.no_outcome_hint", known=", ".join(self.outcomes) or "-"),
                name=name,
            )
        return outcome

    def matrix(self) -> csr_matrix:
        """Positives as a float32 CSR matrix of 0 and 1, shape (n_users, n_items).

        Raises:
            DataError: the log knows no users.
        """
        from scipy.sparse import csr_matrix

        self.require("user")
        rows = self.frame.loc[self.positive_mask(), ["user", "item"]]
        ones = np.ones(len(rows), dtype=np.float32)
        taken = csr_matrix(
            (ones, (rows["user"].to_numpy(), rows["item"].to_numpy())),
            shape=(self.n_users, self.n_items),
        )
        taken.sum_duplicates()
        taken.data[:] = 1.0
        return taken

    def require(self, role: str) -> None:
        """Check that a role is known.

        Raises:
            DataError: it is not; the hint says to map a column to it.
        """
        if not self.has(role):
            role_word = Text(f"data.role_{role}") if role in ROLES else role
            raise DataError(
                "data.no_role", hint="data.no_role_hint", name=self.name, role=role_word
            )

    def titles(self, codes: Iterable[int], lang: str = "en") -> list[str]:
        """Titles of items in a language where known, else their ids; one a code."""
        codes = np.asarray(list(codes), dtype=np.int64)
        names = pd.Series(self.item_ids[codes], dtype=object)
        for column in ("title", "title_zh") if lang == "zh" else ("title",):
            if self.items is not None and column in self.items.columns:
                titles = self.items[column].iloc[codes].reset_index(drop=True).astype(object)
                names = titles.where(titles.notna() & (titles != ""), names)
        return [str(name) for name in names]

    def with_frame(self, frame: pd.DataFrame) -> Self:
        """The same ids and tables with other (coded) rows; its index is made 0..n-1."""
        return replace(self, frame=frame.reset_index(drop=True))

    def with_mapping(self, **changes: object) -> Self:
        """The same rows with a changed rule, such as ``positive=4``."""
        values = {n: getattr(self.mapping, n) for n in type(self.mapping).model_fields}
        return replace(self, mapping=ColumnMapping(**{**values, **changes}))
