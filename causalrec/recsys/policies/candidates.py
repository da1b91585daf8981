"""Candidates: which items a policy may show, to everybody alike or to each user."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse

from causalrec.core.errors import ParamError
from causalrec.recsys.interactions.interaction_matrix import rows_of

__all__ = ["Candidates", "allowed_rows", "checked_candidates"]

Candidates: TypeAlias = ArrayLike | sparse.csr_matrix
"""bool (n_items,) or (n_users, n_items)."""


def checked_candidates(
    candidates: Candidates | None, shape: tuple[int, int]
) -> np.ndarray | sparse.csr_matrix | None:
    """The candidates as an array or a csr matrix; None: every item.

    Args:
        candidates: as given.
        shape: number of users and of items.

    Raises:
        ParamError: they have another shape.
    """
    if candidates is None:
        return None
    allowed: np.ndarray | sparse.csr_matrix = (
        candidates if sparse.issparse(candidates) else np.asarray(candidates, dtype=bool)
    )
    users, items = shape
    if allowed.shape not in {(items,), (users, items)}:
        raise ParamError(
            "recsys.candidates_shape",
            hint="recsys.candidates_shape_hint",
            given=str(allowed.shape),
            users=users,
            items=items,
        )
    return allowed


def allowed_rows(
    candidates: np.ndarray | sparse.csr_matrix | None, users: np.ndarray
) -> np.ndarray | None:
    """What may be shown to user codes (n,): bool (n, n_items) or (n_items,); None: every item."""
    if candidates is None:
        return None
    if candidates.ndim == 1:
        return np.asarray(candidates)
    if isinstance(candidates, np.ndarray):
        rows = candidates[users.clip(0)]
    else:
        rows = rows_of(candidates, users).toarray() > 0
    # Nothing is known about what a new user may be shown: everything.
    return np.where((users < 0)[:, None], True, rows)
