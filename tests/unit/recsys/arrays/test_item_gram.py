"""The items' Gram matrix: the same whichever way it is added up, below its bound."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from causalrec.recsys.arrays import item_gram as gram


def taken(users: int = 80, items: int = 25, seed: int = 0) -> sparse.csr_matrix:
    """Items taken with falling popularity; every user and item occurs."""
    rng = np.random.default_rng(seed)
    dense = rng.random((users, items)) < 0.6 / np.sqrt(1.0 + np.arange(items))
    dense[np.arange(users), np.arange(users) % items] = True
    return sparse.csr_matrix(dense.astype(np.float32))


@pytest.mark.parametrize("head", [0, 10, 25])
def test_gram_is_the_same_from_dense_and_sparse_parts(
    head: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    matrix = taken()
    matrix.data[:] = np.random.default_rng(1).uniform(0.5, 2.0, matrix.nnz)
    codes = np.random.default_rng(2).permutation(25)
    split = (np.sort(codes[:head]), np.sort(codes[head:]))
    monkeypatch.setattr(gram, "_parts", lambda root: split)
    root = np.sqrt(matrix.toarray().astype(float))
    np.testing.assert_allclose(gram.item_gram(matrix), root.T @ root, rtol=1e-5)


def test_no_eigenvalue_is_above_the_bound() -> None:
    matrix = taken()
    dense = matrix.toarray().astype(float)
    top = np.linalg.eigvalsh(dense.T @ dense)[-1]
    assert top <= gram.norm_bound(matrix) <= 4 * top
