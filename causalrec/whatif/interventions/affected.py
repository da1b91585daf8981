"""Whom a treatment concerns: how many users and rows, who has the value already, which groups."""

from __future__ import annotations

import numpy as np
import pandas as pd

from causalrec.core.results.result import Frame, Result
from causalrec.core.words import Text
from causalrec.core.words.conditions import Condition, conditions
from causalrec.data.dataset.dataset import Dataset
from causalrec.data.values.ids import labels
from causalrec.whatif.interventions.policy_attributes import PolicyAttributes
from causalrec.whatif.interventions.treat import Treat

__all__ = ["Affected", "affected"]

_LEVELS = range(2, 9)
"""Groups that a column may have to be shown."""


class Affected(Result):
    """Whom a treatment concerns.

    Attributes:
        users, of_users: users concerned, and of the log.
        rows: share of the log's rows that are theirs, 0 to 1.
        already: share of them who have the value already, 0 to 1; None: the log does not say.
        groups: one row a group of a column of the user table: column, group, share (of those
            concerned), of_all (of everybody), 0 to 1 each.
    """

    users: int
    of_users: int
    rows: float
    already: float | None = None
    groups: Frame

    def to_frame(self) -> pd.DataFrame:
        """Columns column, group, share, of_all."""
        return self.groups.copy()

    def summary(self, lang: str = "en") -> str:
        """How many, their share of users and rows, and who has the value already."""
        share = self.users / max(self.of_users, 1)
        facts = {"n": self.users, "of": self.of_users, "share": share, "rows": self.rows}
        said = Text("whatif.affected", **facts)
        if self.already is not None:
            said = Text("whatif.affected_already", said=said, already=self.already)
        return said.to(lang)


_NOTHING = Condition("", "=", "")


def affected(treat: Treat, data: Dataset) -> Affected:
    """Whom a treatment concerns.

    Args:
        treat: the treatment, its value and its segment.
        data: the log, with users.

    Raises:
        ParamError: the segment's column is not known, or nobody is in it.
    """
    segment = treat.params.segment
    concerned = np.ones(data.n_users, dtype=bool)
    if segment is not None:
        concerned = PolicyAttributes(data.users, None).user_mask(segment)
    user = data.frame["user"].to_numpy()
    of_users = user >= 0
    theirs = of_users & concerned[user.clip(0)]
    return Affected(
        users=int(concerned.sum()),
        of_users=data.n_users,
        rows=float(theirs.mean()) if len(theirs) else 0.0,
        already=_already(treat, data, concerned),
        groups=_groups(data, concerned, (conditions(segment or "") or (_NOTHING,))[0].column),
    )


def _already(treat: Treat, data: Dataset, concerned: np.ndarray) -> float | None:
    """Share of those concerned with a row that has the value."""
    node = treat.params.node
    if node not in data.frame.columns or not concerned.any():
        return None
    has = (labels(data.frame[node]) == labels(pd.Series([treat.params.value])).iloc[0]).to_numpy()
    user = data.frame["user"].to_numpy()
    holding = np.bincount(user[has & (user >= 0)], minlength=data.n_users) > 0
    return float(holding[concerned].mean())


def _groups(data: Dataset, concerned: np.ndarray, chosen: str) -> pd.DataFrame:
    """Shares of the groups of the first column of words, else of the first column that fits."""
    columns = ["column", "group", "share", "of_all"]
    column = _column(data, chosen)
    if column is None or data.users is None or not concerned.any():
        return pd.DataFrame(columns=columns)
    group = labels(data.users[column].fillna("")).to_numpy()
    names = [name for name in sorted(set(group)) if name]
    rows = [
        (column, name, (group[concerned] == name).mean(), (group == name).mean()) for name in names
    ]
    return pd.DataFrame(rows, columns=columns)


def _column(data: Dataset, chosen: str) -> str | None:
    """A column of few groups that is not the one which chooses whom it concerns."""
    if data.users is None:
        return None
    table = data.users
    fit = [c for c in table.columns if c != chosen and table[c].nunique() in _LEVELS]
    words = [c for c in fit if not pd.api.types.is_numeric_dtype(table[c])]
    return next(iter(words or fit), None)
