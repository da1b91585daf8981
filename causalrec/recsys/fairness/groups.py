"""Groups of users or items by an attribute, and what a model gives each of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from causalrec.core.errors import ParamError
from causalrec.core.words import Text
from causalrec.data.dataset.dataset import Dataset
from causalrec.data.splits.split import Split
from causalrec.recsys.arrays.topk import listed
from causalrec.recsys.interactions.interaction_matrix import as_ids, of_dataset, positives, union
from causalrec.recsys.metrics.accuracy.ndcg import ndcg_of_lists
from causalrec.recsys.model.recommender import Recommender

__all__ = ["Groups", "group_values", "groups_of"]

_K = 10
_BINS = 4


@dataclass(frozen=True)
class Groups:
    """Who belongs where.

    Attributes:
        by: the attribute.
        kind: "quality" (groups of users: NDCG@10) or "exposure" (of items: share of places).
        names: of the groups.
        codes: group of each user or item, int64; -1 for none.
    """

    by: str
    kind: str
    names: tuple[str, ...]
    codes: np.ndarray

    def of_rows(self, data: Dataset) -> np.ndarray:
        """Group of each row of a log, -1 for none."""
        column = "user" if self.kind == "quality" else "item"
        return np.asarray(self.codes[data.frame[column].to_numpy()])


def groups_of(data: Dataset, by: str) -> Groups:
    """Groups by an attribute of the users (quality) or, else, of the items (exposure).

    Numbers are cut into quarters; of "a|b" the first counts.

    Raises:
        ParamError: no user or item has such an attribute.
    """
    for table, kind in ((data.users, "quality"), (data.items, "exposure")):
        if table is not None and by in table.columns:
            labels = _labels(table[by])
            codes, names = pd.factorize(labels, sort=True)
            return Groups(by, kind, tuple(map(str, names)), np.asarray(codes, dtype=np.int64))
    tables = [t for t in (data.users, data.items) if t is not None]
    columns = ", ".join(str(c) for table in tables for c in table.columns) or "–"
    raise ParamError(
        "recsys.floor_no_attribute",
        hint=Text("recsys.floor_no_attribute_hint", known=columns),
        name=by,
    )


def group_values(
    model: Recommender, split: Split, groups: Groups
) -> tuple[np.ndarray, np.ndarray, float]:
    """What each group has on validation, its size, and the overall NDCG@10.

    That is NDCG@10 and users of groups of users, shares of places and items of groups of items.
    """
    assert split.valid is not None
    mine = (as_ids(split.train.user_ids), as_ids(split.train.item_ids))
    taken = union(positives(split.train))
    held = of_dataset(split.valid, mine)
    warm = np.flatnonzero((taken.getnnz(axis=1) > 0) & (held.getnnz(axis=1) > 0))
    lists = np.full((len(warm), _K), -1, dtype=np.int64)
    for some in listed(
        (len(warm), model.n_items),
        _K,
        score=lambda part: model.score(warm[part]),
        seen=lambda part: taken[warm[part]],
    ):
        lists[some.part] = some.lists
    n, values = len(groups.names), ndcg_of_lists(lists, held[warm])
    overall = float(values.mean()) if len(values) else float("nan")
    if groups.kind == "quality":
        codes = groups.codes[warm]
        sizes = np.bincount(codes[codes >= 0], minlength=n)
        totals = np.bincount(codes[codes >= 0], weights=values[codes >= 0], minlength=n)
        return totals / np.maximum(sizes, 1), sizes, overall
    codes = groups.codes[lists[lists >= 0]]
    places = np.bincount(codes[codes >= 0], minlength=n)
    sizes = np.bincount(groups.codes[groups.codes >= 0], minlength=n)
    return places / max(places.sum(), 1), sizes, overall


def _labels(column: pd.Series) -> pd.Series:
    if pd.api.types.is_numeric_dtype(column) and column.nunique() > _BINS:
        cut = pd.qcut(column, _BINS, duplicates="drop")
        return cut.astype(object).where(cut.notna(), None).map(str, na_action="ignore")
    text = column.astype(object).where(column.notna(), None)
    return text.map(lambda value: str(value).split("|")[0], na_action="ignore")
