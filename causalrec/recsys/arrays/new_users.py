"""Users who were not met in training, placed by what they took.

A linear map, fitted on the users who were met, takes the mean of the vectors of a user's items
to the vector that was learnt of the user.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

__all__ = ["described", "fold_in_map"]

_RIDGE = 1e-3
_TINY = 1e-8


def described(history: sparse.csr_matrix, items: np.ndarray) -> np.ndarray:
    """The mean of the vectors (n_items, d) of what each user took, and a 1: (n, d + 1)."""
    count = np.maximum(history.getnnz(axis=1), 1)[:, None]
    binary = sparse.csr_matrix(history, copy=True)
    binary.data[:] = 1.0
    mean = (binary @ items) / count
    return np.concatenate([mean, np.ones((len(mean), 1))], axis=1).astype(np.float32)


def fold_in_map(matrix: sparse.csr_matrix, users: np.ndarray, items: np.ndarray) -> np.ndarray:
    """Ridge regression of learnt user vectors on `described` histories.

    Args:
        matrix: csr (n_users, n_items); users without an entry are left out.
        users: learnt vectors (n_users, e).
        items: learnt vectors (n_items, d).

    Returns:
        float32 (d + 1, e).
    """
    met = np.flatnonzero(matrix.getnnz(axis=1) > 0)
    inputs = described(sparse.csr_matrix(matrix[met]), items).astype(np.float64)
    gram = inputs.T @ inputs
    ridge = _RIDGE * (np.trace(gram) / len(gram) + _TINY) * np.eye(len(gram))
    return np.linalg.solve(gram + ridge, inputs.T @ users[met]).astype(np.float32)
