"""Groups of a log's rows: whose row it is, and the share of the loss that each group shall have."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from causalrec.core.errors import DataError, ParamError
from causalrec.core.words import Text
from causalrec.data.dataset.dataset import Dataset

__all__ = ["group_labels", "least_shares", "target_shares"]


def group_labels(data: Dataset, groups: str | np.ndarray | None) -> np.ndarray:
    """The group of each row as text, object (n,); "" where it is not known.

    Raises:
        DataError: no table has the column.
        ParamError: there is not a label a row.
    """
    if groups is not None and not isinstance(groups, str):
        given = pd.Series(np.asarray(groups, dtype=object))
        if len(given) != len(data):
            raise ParamError(
                "recsys.weights_length",
                hint="recsys.weights_hint",
                given=len(given),
                rows=len(data),
            )
        return _texts(given)
    for table, side in ((data.users, "user"), (data.items, "item")):
        if table is not None and groups in table.columns and side in data.frame.columns:
            return np.asarray(_texts(table[groups])[data.frame[side].to_numpy()])
    if groups in data.frame.columns:
        return _texts(data.frame[groups])
    columns = [str(c) for t in (data.users, data.items) if t is not None for c in t.columns]
    raise DataError(
        "recsys.no_groups",
        hint=Text("recsys.no_groups_hint", known=", ".join(columns) or "–"),
        name=str(groups),
    )


def least_shares(
    names: np.ndarray, shares: np.ndarray, least: float | Mapping[str, float] | None
) -> np.ndarray:
    """The least share of each group; groups without a name or a positive row cannot be raised.

    Raises:
        ParamError: a group is not known, a share is below 0, or they sum to more than 1.
    """
    can = (names != "") & (shares > 0)
    if isinstance(least, Mapping):
        wanted = {str(name): float(share) for name, share in least.items()}
        strangers = set(wanted) - set(names[can])
        asked = np.array([wanted.get(str(name), 0.0) for name in names])
    else:
        strangers = set()
        share = 0.5 / max(can.sum(), 1) if least is None else float(least)
        asked = np.where(can, share, 0.0)
    if strangers or (asked < 0).any() or asked.sum() > 1.0 + 1e-9:
        raise ParamError(
            "recsys.bad_shares",
            hint="recsys.bad_shares_hint",
            known=", ".join(names[can]),
            total=float(asked.sum()),
        )
    return asked


def target_shares(shares: np.ndarray, least: np.ndarray) -> np.ndarray:
    """Shares of groups, each at least as asked for; the others shrink alike, (n_groups,).

    Args:
        shares: as they are, summing to 1.
        least: as asked for, summing to at most 1.
    """
    raised = np.zeros(len(shares), dtype=bool)
    for _ in range(len(shares)):
        left = shares[~raised].sum()
        factor = (1.0 - least[raised].sum()) / left if left > 0 else 0.0
        below = ~raised & (shares * factor < least - 1e-12)
        if not below.any():
            break
        raised |= below
    return np.where(raised, least, shares * factor)


def _texts(values: pd.Series) -> np.ndarray:
    return np.where(values.isna(), "", values.astype(str)).astype(object)
