"""What users rated and did not want: known of them, never recommended back.

The kind of outcome decides. A mark (a rating) below the threshold of `ColumnMapping.positive`
is a dislike whatever it is; an amount (a share watched, minutes, money) is one where it is not 0.
A 0 of a 0/1 outcome is an impression without an act: it may be shown again.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from causalrec.data.dataset.dataset import Dataset
from causalrec.data.dataset.mapping import meaning_of
from causalrec.recsys.interactions.interaction_matrix import aligned, of_all, positives, union

__all__ = ["apart", "disliked", "disliked_in", "seen"]


def disliked(data: Dataset) -> sparse.csr_matrix:
    """Pairs that were rated and are nowhere positive: float32 csr of ones, (n_users, n_items)."""
    frame = data.frame
    rated = np.zeros(len(frame), dtype=bool)
    for outcome in set(data.outcomes) - set(data.binary):
        values = frame[outcome]
        mark = meaning_of(outcome) == "rating"
        rated |= np.asarray(values.notna() if mark else values.notna() & (values != 0), dtype=bool)
    positive = np.asarray(data.positive_mask(), dtype=bool)
    rows = frame.loc[rated & ~positive, ["user", "item"]].to_numpy()
    shape = (data.n_users, data.n_items)
    ones = np.ones(len(rows), dtype=np.float32)
    matrix = sparse.csr_matrix((ones, (rows[:, 0], rows[:, 1])), shape=shape)
    whole = of_all(data, matrix)
    return apart(whole, positives(data)) if whole.nnz else whole


def disliked_in(data: Dataset, ids: tuple[np.ndarray, np.ndarray]) -> sparse.csr_matrix:
    """`disliked` of a log in the codes of another id universe (user ids, item ids)."""
    mine = (np.asarray(data.user_ids), np.asarray(data.item_ids))
    return aligned(disliked(data), mine, ids)


def apart(pairs: sparse.csr_matrix, taken: sparse.csr_matrix) -> sparse.csr_matrix:
    """Those pairs that were not taken too: float32 csr of ones, sorted."""
    both = union(pairs)
    left = sparse.csr_matrix(both - both.multiply(taken.sign()))
    return union(left)


def seen(history: sparse.csr_matrix, unwanted: sparse.csr_matrix) -> sparse.csr_matrix:
    """What is known of users in either way (equal shapes)."""
    return history if not unwanted.nnz else sparse.csr_matrix(abs(history) + unwanted)
