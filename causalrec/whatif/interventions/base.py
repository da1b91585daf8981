"""What interventions share: parameters, and policies that change another policy's logits."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from causalrec.core.errors import ParamError
from causalrec.core.params import Params
from causalrec.core.words import Text
from causalrec.data.values.asked_ids import asked_id, codes_of
from causalrec.data.values.ids import labels
from causalrec.recsys.policies.policy import Policy

__all__ = ["Attributes", "Change", "Intervention", "ListIntervention", "Modified"]

MISSING = ""
"""Stands for what is not known of an item or user: a group of its own."""

Change = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""``(logits (m, n_items), user codes (m,)) -> logits (m, n_items)``, a new array."""


class Modified(Policy):
    """Another policy with changed logits; the other one stays as it is.

    Attributes:
        base: the policy that is changed.
        users, items: attribute tables by code, where known.
    """

    def __init__(
        self, base: Any, change: Change, name: str, known: Attributes, *, chance: float = 0.0
    ) -> None:
        super().__init__(base.user_ids, base.item_ids, name)
        self.base = base
        self.ranked = bool(getattr(base, "ranked", False))
        self.takes_order = bool(getattr(base, "takes_order", False))
        self.chance = 1.0 - (1.0 - float(getattr(base, "chance", 0.0))) * (1.0 - chance)
        self._own_chance = chance
        self.users = known.users
        self.items = known.items
        self._change = change

    def logits(self, users: Any) -> np.ndarray:
        codes = np.atleast_1d(np.asarray(users, dtype=np.int64))
        return self._change(self.base.logits(codes), codes)

    def with_history(self, history: Any) -> Modified:
        """The same change of the policy that knows another history."""
        known = Attributes(self.users, self.items)
        base = self.base.with_history(history)
        return Modified(base, self._change, self.name, known, chance=self._own_chance)


class Attributes:
    """What is known of a policy's users and items, one row a code.

    Attributes:
        users, items: tables in the policy's order of codes; None where nothing is known.
    """

    def __init__(self, users: pd.DataFrame | None, items: pd.DataFrame | None) -> None:
        self.users = users
        self.items = items

    @classmethod
    def of(cls, policy: Any, data: Any = None) -> Attributes:
        """From a dataset (matched by external id), else what the policy or its model remembers."""
        if data is None:
            if hasattr(policy, "items"):
                return cls(policy.users, policy.items)
            model = getattr(policy, "model", None)
            return cls(getattr(model, "user_table", None), getattr(model, "item_table", None))
        return cls(
            _aligned(data.users, data.user_ids, policy.user_ids),
            _aligned(data.items, data.item_ids, policy.item_ids),
        )

    def item_column(self, column: str) -> np.ndarray:
        """A column of the item table as strings, (n_items,); `MISSING` where not known.

        Raises:
            ParamError: the items' column is not known.
        """
        return _column(self.items, column, "whatif.no_item_column")

    def user_mask(self, segment: str) -> np.ndarray:
        """Users of a segment ``column=value``, bool (n_users,).

        Raises:
            ParamError: the segment is not written so, its column is not known, or nobody is in it.
        """
        column, sign, value = segment.partition("=")
        if not sign:
            raise ParamError("whatif.bad_segment", hint="whatif.bad_segment_hint", segment=segment)
        known = _column(self.users, column.strip(), "whatif.no_user_column")
        mask = known == labels(pd.Series([value.strip()])).iloc[0]
        mask = mask if mask.any() else known == value.strip()
        if not mask.any():
            raise ParamError(
                "whatif.empty_segment", hint="whatif.bad_segment_hint", segment=segment
            )
        return np.asarray(mask)


def _aligned(table: pd.DataFrame | None, ids: Any, wanted: Any) -> pd.DataFrame | None:
    if table is None:
        return None
    found = codes_of(np.asarray(wanted), np.asarray(ids))
    aligned = table.take(found.clip(0)).reset_index(drop=True)
    return aligned if (found >= 0).all() else aligned.where(pd.Series(found >= 0))


def _column(table: pd.DataFrame | None, column: str, key: str) -> np.ndarray:
    if table is None or column not in table.columns:
        known = "-" if table is None else ", ".join(map(str, table.columns))
        raise ParamError(key, hint=f"{key}_hint", column=column, known=known)
    return np.asarray(labels(table[column]).to_numpy(dtype=object))


class Intervention(ABC):
    """A change somebody could make.

    Attributes:
        name: its name in the catalogue.
        Params: its parameters.
        on: what it changes, "list" or "treatment".
    """

    name: ClassVar[str]
    Params: ClassVar[type[Params]]
    on: ClassVar[str] = "list"

    def __init__(self, **params: Any) -> None:
        self.params: Any = self.Params.make(params)

    @property
    def label(self) -> Text:
        """What it is called on pages."""
        return Text(f"whatif.do_{self.name.replace('-', '_')}")

    @property
    @abstractmethod
    def sentence(self) -> Text:
        """What it does, with its parameters, as a phrase."""

    @property
    def is_neutral(self) -> bool:
        """Whether it changes nothing at all (strength 0)."""
        return False

    @abstractmethod
    def apply(self, policy: Any, data: Any = None) -> Any:
        """The changed policy."""


class ListIntervention(Intervention):
    """A change of what is shown: a policy becomes another policy."""

    def apply(self, policy: Any, data: Any = None) -> Any:
        """The changed policy; the given one is left as it is.

        Args:
            policy: any policy.
            data: the dataset that knows categories and segments; None: what the policy knows.

        Returns:
            A policy whose rows sum to 1; the very same policy where nothing is to change.

        Raises:
            ParamError: an item, category, column or segment is not known.
        """
        known = Attributes.of(policy, data)
        change = self._change(policy, known)
        if self.is_neutral:
            return policy
        name = f"{policy.name} + {self.name}"
        return Modified(policy, change, name, known, chance=self.chance)

    @property
    def chance(self) -> float:
        """Share of the places of lists that it leaves to chance."""
        return 0.0

    @abstractmethod
    def _change(self, policy: Any, known: Attributes) -> Change:
        """How logits change."""


def odds(strength: float) -> float:
    """What a strength multiplies odds by, to three figures: a person reads 163,000, no 1.63e+05."""
    return float(f"{np.exp(strength):.3g}")


def item_code(policy: Any, item: Any) -> int:
    """Code of an external item id.

    Raises:
        NotFoundError: the policy knows no such item.
    """
    from causalrec.core.errors import unknown_name

    code = int(codes_of(item, policy.item_ids)[0])
    if code < 0:
        near = np.asarray(policy.item_ids).astype(str)
        raise unknown_name(Text("whatif.kind_item"), asked_id(item), near.tolist())
    return code
