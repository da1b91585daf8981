"""What is known of a policy's users and items: categories, segments."""

from __future__ import annotations

import operator

import numpy as np
import pandas as pd

from causalrec.core.errors import ParamError
from causalrec.core.words.conditions import Condition, conditions
from causalrec.data.dataset.dataset import Dataset
from causalrec.data.values.asked_ids import codes_of
from causalrec.data.values.ids import labels

__all__ = ["MISSING", "PolicyAttributes"]

MISSING = ""
"""Stands for what is not known of an item or user: a group of its own."""

_ORDERED = {">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le}


class PolicyAttributes:
    """What is known of a policy's users and items, one row a code.

    Attributes:
        users, items: tables in the policy's order of codes; None where nothing is known.
    """

    def __init__(self, users: pd.DataFrame | None, items: pd.DataFrame | None) -> None:
        self.users = users
        self.items = items

    @classmethod
    def of(cls, policy: object, data: Dataset | None = None) -> PolicyAttributes:
        """From a dataset (matched by external id), else what the policy or its model remembers."""
        if data is None:
            if hasattr(policy, "items"):
                return cls(getattr(policy, "users", None), policy.items)
            model = getattr(policy, "model", None)
            return cls(getattr(model, "user_table", None), getattr(model, "item_table", None))
        user_ids, item_ids = (getattr(policy, name) for name in ("user_ids", "item_ids"))
        return cls(
            _aligned(data.users, data.user_ids, user_ids),
            _aligned(data.items, data.item_ids, item_ids),
        )

    def item_column(self, column: str) -> np.ndarray:
        """A column of the item table as strings, (n_items,); `MISSING` where not known.

        Raises:
            ParamError: the items' column is not known.
        """
        return _column(self.items, column, "whatif.no_item_column")

    def user_mask(self, segment: str) -> np.ndarray:
        """Users of a segment, ``column=value`` or several conditions, bool (n_users,).

        Raises:
            ParamError: the segment is not written so, its column is not known, or nobody is in it.
        """
        every = conditions(segment)
        if every is None:
            raise ParamError("whatif.bad_segment", hint="whatif.bad_segment_hint", segment=segment)
        mask = np.logical_and.reduce([self._members(one) for one in every])
        if not mask.any():
            raise ParamError(
                "whatif.empty_segment", hint="whatif.bad_segment_hint", segment=segment
            )
        return np.asarray(mask)

    def _members(self, condition: Condition) -> np.ndarray:
        """Users of one condition, bool (n_users,); whose value is not known is in none.

        Raises:
            ParamError: its column is not known, or its value is no number that a sign compares.
        """
        column, sign, value = condition
        values = _column(self.users, column, "whatif.no_user_column")
        if sign in _ORDERED:
            assert self.users is not None
            numbers = pd.to_numeric(self.users[column], errors="coerce").to_numpy(dtype=float)
            try:
                return np.asarray(_ORDERED[sign](numbers, float(value)))
            except ValueError as error:
                shown = "".join(condition)
                raise ParamError(
                    "whatif.bad_segment", hint="whatif.bad_segment_hint", segment=shown
                ) from error
        same = values == labels(pd.Series([value])).iloc[0]
        same = same if same.any() else values == value
        return np.asarray(same if sign == "=" else ~same & (values != MISSING))


def _aligned(
    table: pd.DataFrame | None, ids: np.ndarray, wanted: np.ndarray
) -> pd.DataFrame | None:
    """The rows of a table of ``ids`` in the order wanted; missing where there is none."""
    if table is None:
        return None
    codes = codes_of(np.asarray(wanted), np.asarray(ids))
    aligned = table.take(codes.clip(0)).reset_index(drop=True)
    return aligned if (codes >= 0).all() else aligned.where(pd.Series(codes >= 0))


def _column(table: pd.DataFrame | None, column: str, key: str) -> np.ndarray:
    """A column as strings, (n,).

    Raises:
        ParamError: there is no such column.
    """
    if table is None or column not in table.columns:
        columns = "-" if table is None else ", ".join(map(str, table.columns))
        raise ParamError(key, hint=f"{key}_hint", column=column, known=columns)
    return np.asarray(labels(table[column]).to_numpy(dtype=object))
