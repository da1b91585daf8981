"""The graph of users and items, and the averages over neighbours that run along its edges."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Protocol

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["Graph", "Sparse", "adjacency", "csr_tensor"]


def adjacency(matrix: sparse.csr_matrix, *, loops: bool = False) -> sparse.csr_matrix:
    """D^-½ A D^-½ of the graph whose nodes are the users, then the items: float32 csr.

    Args:
        matrix: csr (n_users, n_items); an entry, whatever its value, is an edge.
        loops: whether every node is also its own neighbour (Kipf and Welling, 2017).
    """
    edges = sparse.csr_matrix(matrix, dtype=np.float32, copy=True)
    edges.data[:] = 1.0
    both = sparse.csr_matrix(sparse.block_array([[None, edges], [edges.T, None]], format="csr"))
    if loops:
        both = sparse.csr_matrix(both + sparse.eye_array(both.shape[0], dtype=np.float32))
    root = np.sqrt(np.maximum(np.asarray(both.sum(axis=1)).ravel(), 1.0))
    rows = np.repeat(np.arange(both.shape[0]), np.diff(both.indptr))
    both.data = (both.data / (root[rows] * root[both.indices])).astype(np.float32)
    both.sort_indices()
    return both


def csr_tensor(matrix: sparse.csr_matrix, device: str) -> Tensor:
    """A csr matrix on a device, with int32 indices."""
    import torch

    parts = [matrix.indptr.astype(np.int32), matrix.indices.astype(np.int32), matrix.data]
    starts, columns, values = (torch.from_numpy(part).to(device) for part in parts)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Sparse CSR tensor support is in beta")
        return torch.sparse_csr_tensor(
            starts, columns, values, matrix.shape, check_invariants=False
        )


class Sparse:
    """A csr matrix A on a device, to be multiplied with, and its transpose for the way back.

    Args:
        matrix: csr (n, m).
        device: where it lives.
    """

    def __init__(self, matrix: sparse.csr_matrix, device: str) -> None:
        self.matrix = csr_tensor(matrix, device)
        self.turned = csr_tensor(sparse.csr_matrix(matrix.T), device)

    def times(self, vectors: Tensor) -> Tensor:
        """A x, for x (m, d)."""
        return _polynomial_function()(vectors, self.matrix, self.turned, 1, 0)


class Graph(Sparse):
    """A symmetric csr matrix P on a device, to be multiplied with.

    P is its own transpose, so the slope of P x is P times the slope of the product: nothing is
    kept for the backward pass, and it costs what the forward pass costs.

    Args:
        matrix: symmetric csr (n, n), see `adjacency`.
        device: where it lives.
    """

    def __init__(self, matrix: sparse.csr_matrix, device: str) -> None:
        self.matrix = self.turned = csr_tensor(matrix, device)

    def mean_of_layers(self, vectors: Tensor, layers: int) -> Tensor:
        """(x + P x + … + Pᴸ x) / (L + 1), for x (n, d) (LightGCN: He et al., 2020)."""
        return _polynomial_function()(vectors, self.matrix, self.turned, layers, 1)


class _Turned(Protocol):
    """What the way back needs: the transpose, and the polynomial's degree and kind."""

    turned: Tensor
    how: tuple[int, ...]


@cache
def _polynomial_function() -> Callable[..., Tensor]:
    """The autograd function, built at first use: torch is not imported with this module."""
    import torch

    class Polynomial(torch.autograd.Function):
        """A polynomial in a matrix; the way back is the same one in its transpose."""

        @staticmethod
        def forward(
            ctx: _Turned, vectors: Tensor, matrix: Tensor, turned: Tensor, *how: int
        ) -> Tensor:
            ctx.turned, ctx.how = turned, how
            return _polynomial(vectors, matrix, *how)

        @staticmethod
        def backward(ctx: _Turned, *outer: Tensor) -> tuple[Tensor | None, ...]:
            slope = _polynomial(outer[0].contiguous(), ctx.turned, *ctx.how)
            return slope, None, None, None, None

    return Polynomial.apply


def _polynomial(vectors: Tensor, matrix: Tensor, degree: int, mean: int) -> Tensor:
    """P x, or the mean of x, P x, …, Pᴸ x by Horner's rule: one product a layer."""
    import torch

    if not mean:
        return matrix @ vectors
    total = vectors
    for layer in range(degree):
        # Sum and mean are a part of the product: each pass over the vectors counts.
        scale = 1.0 / (degree + 1) if layer == degree - 1 else 1.0
        total = torch.addmm(vectors, matrix, total, beta=scale, alpha=scale)
    return total if degree else vectors.clone()
