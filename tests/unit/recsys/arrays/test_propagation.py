"""Averages along the graph and their slopes against dense references."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from causalrec.recsys.arrays.propagation import Graph, Sparse, adjacency


def taken(users: int = 30, items: int = 20, seed: int = 0) -> sparse.csr_matrix:
    dense = (np.random.default_rng(seed).random((users, items)) < 0.2).astype(np.float32)
    return sparse.csr_matrix(dense)


@pytest.mark.parametrize("loops", [False, True])
def test_adjacency_is_the_normalised_one(loops: bool) -> None:
    matrix = taken()
    dense = np.zeros((50, 50))
    dense[:30, 30:] = matrix.toarray()
    dense += dense.T + np.eye(50) * loops
    degree = np.maximum(dense.sum(axis=1), 1.0)
    expected = dense / np.sqrt(degree[:, None] * degree[None, :])
    np.testing.assert_allclose(adjacency(matrix, loops=loops).toarray(), expected, atol=1e-6)


@pytest.mark.parametrize("layers", [0, 1, 3])
def test_propagation_and_its_slope_equal_those_of_autograd(layers: int) -> None:
    """Against plain products with a COO matrix, differentiated by torch itself."""
    import torch

    whole = adjacency(taken())
    coo = whole.tocoo()
    places = torch.from_numpy(np.stack([coo.row, coo.col]).astype(np.int64))
    values = torch.from_numpy(coo.data)
    plain = torch.sparse_coo_tensor(places, values, coo.shape, check_invariants=True)
    start, outer = torch.randn(2, 50, 6, generator=torch.Generator().manual_seed(1))
    ours, theirs = start.clone().requires_grad_(), start.clone().requires_grad_()
    mean = Graph(whole, "cpu").mean_of_layers(ours, layers)
    total = level = theirs
    for _ in range(layers):
        level = torch.sparse.mm(plain, level)
        total = total + level
    expected = total / (layers + 1)
    (mean * outer).sum().backward()
    (expected * outer).sum().backward()
    torch.testing.assert_close(mean, expected)
    torch.testing.assert_close(ours.grad, theirs.grad)


def test_sparse_product_differentiates_through_the_transpose() -> None:
    import torch

    matrix = taken(7, 5)
    vectors = torch.randn(5, 3, generator=torch.Generator().manual_seed(2), requires_grad=True)
    product = Sparse(matrix, "cpu").times(vectors)
    dense = torch.from_numpy(matrix.toarray())
    torch.testing.assert_close(product, dense @ vectors)
    product.square().sum().backward()
    torch.testing.assert_close(vectors.grad, 2 * dense.T @ (dense @ vectors.detach()))
