"""How often items are taken together: XᵀX, the input of the linear models between items."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from causalrec.recsys.arrays.topk import chunks

__all__ = ["item_gram", "norm_bound"]

#: Multiply-adds that dense algebra does in the time of one sparse one.
_DENSE_GAIN = 150.0


def item_gram(matrix: sparse.csr_matrix) -> np.ndarray:
    """XᵀX of the square roots of weights: entry (i, j) sums the weights of who took both.

    The items taken most make a dense block that is multiplied densely; the others' rows,
    where nearly all entries are zeros, sparsely.

    Args:
        matrix: csr (n_users, n_items), weights.

    Returns:
        Float32 (n_items, n_items), symmetric; whole numbers below 2²⁴ are exact.
    """
    root = sparse.csr_matrix(matrix.sqrt())
    n = root.shape[1]
    head, tail = _parts(root)
    gram = np.empty((n, n), dtype=np.float32)
    gram[np.ix_(head, head)] = _dense(root, head)
    turned = sparse.csr_matrix(root[:, tail].T)
    for part in chunks(len(tail), n, bytes_each=16):
        rows = (turned[part] @ root).toarray()
        gram[tail[part]] = rows
        gram[np.ix_(head, tail[part])] = rows[:, head].T
    return gram


def norm_bound(matrix: sparse.csr_matrix) -> float:
    """The largest row sum of XᵀX (as in `item_gram`): no eigenvalue is above it."""
    root = sparse.csr_matrix(matrix.sqrt())
    return float((root.T @ np.asarray(root.sum(axis=1)).ravel()).max(initial=0.0))


def _parts(root: sparse.csr_matrix) -> tuple[np.ndarray, np.ndarray]:
    """Codes of the items for the dense block and of the others, where both together cost least."""
    users, n = root.shape
    per_user = np.diff(root.indptr).astype(float)
    counts = np.bincount(root.indices, minlength=n)
    order = np.argsort(-counts, kind="stable")
    met = np.bincount(root.indices, np.repeat(per_user, np.diff(root.indptr)), minlength=n)
    left = np.concatenate([[0.0], np.cumsum(met[order][::-1])])[::-1]
    size = np.arange(n + 1.0)
    best = int(np.argmin(users * size**2 / 2 / _DENSE_GAIN + left))
    return np.sort(order[:best]), np.sort(order[best:])


def _dense(root: sparse.csr_matrix, head: np.ndarray) -> np.ndarray:
    """The block of ``head``'s items, (h, h), by rank-k updates of one triangle."""
    from scipy.linalg import blas

    wanted = sparse.csr_matrix(root[:, head])
    total = np.zeros((len(head), len(head)), dtype=np.float32, order="F")
    if not len(head):
        return total
    for part in chunks(root.shape[0], len(head), bytes_each=4):
        rows = wanted[part].toarray()
        total = blas.ssyrk(1.0, rows.T, beta=1.0, c=total, lower=1, overwrite_c=1)
    return np.asarray(np.tril(total) + np.tril(total, -1).T)
