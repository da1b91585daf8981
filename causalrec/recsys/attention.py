"""Attention of a graph's nodes over their neighbours, on csr, without a loop over edges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from causalrec.recsys.propagation import csr_tensor

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["Edges"]

_SLOPE = 0.2


class Edges:
    """The edges of a graph, both ways, by the node that listens: E in all.

    Args:
        matrix: csr (n, n) with a symmetric pattern and an entry in every row.
        device: where it lives.
    """

    def __init__(self, matrix: sparse.csr_matrix, device: str) -> None:
        import torch

        n = matrix.shape[0]
        listening = np.repeat(np.arange(n), np.diff(matrix.indptr))
        self.rows = torch.from_numpy(listening).to(device)
        self.columns = torch.from_numpy(matrix.indices.astype(np.int64)).to(device)
        self.starts = torch.from_numpy(matrix.indptr.astype(np.int64)).to(device)
        self.pattern = csr_tensor(matrix, device)
        # Where an edge's value stands once the matrix is turned round.
        numbered = sparse.csr_matrix(
            (np.arange(matrix.nnz), matrix.indices, matrix.indptr), shape=matrix.shape
        )
        self.turned = torch.from_numpy(sparse.csr_matrix(numbered.T).data).to(device)

    def shares(self, listening: Tensor, heard: Tensor) -> Tensor:
        """Softmax over each node's neighbours of the leaky rectifier of aᵤ + bᵥ.

        Args:
            listening: a, (n, heads).
            heard: b, (n, heads).

        Returns:
            (E, heads); the shares of a node add up to 1.
        """
        import torch

        raw = torch.nn.functional.leaky_relu(listening[self.rows] + heard[self.columns], _SLOPE)
        top = torch.segment_reduce(raw.detach(), "max", offsets=self.starts, axis=0)
        chances = (raw - top[self.rows]).exp()
        total = torch.zeros_like(listening).index_add(0, self.rows, chances)
        return chances / total[self.rows]

    def gathered(self, shares: Tensor, vectors: Tensor) -> Tensor:
        """Σᵥ share(u, v) xᵥ for one head: shares (E,), x (n, d) -> (n, d).

        Nothing of size E d is kept or made: the slope of a share is a product of two rows,
        sampled where there is an edge.
        """
        made: Tensor = _function().apply(shares.contiguous(), vectors.contiguous(), self)
        return made

    def matrix(self, values: Tensor) -> Tensor:
        """The csr tensor that has these values (E,)."""
        import warnings

        import torch

        starts, columns = self.pattern.crow_indices(), self.pattern.col_indices()
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Sparse CSR tensor support is in beta")
            return torch.sparse_csr_tensor(
                starts, columns, values, self.pattern.shape, check_invariants=False
            )


_MADE: list[Any] = []


def _function() -> Any:
    """The autograd function, made at first use: torch is not imported with this module."""
    if not _MADE:
        import torch

        class Gathered(torch.autograd.Function):
            @staticmethod
            def forward(ctx: Any, shares: Tensor, vectors: Tensor, edges: Edges) -> Tensor:
                ctx.save_for_backward(shares, vectors)
                ctx.edges = edges
                gathered: Tensor = edges.matrix(shares) @ vectors
                return gathered

            @staticmethod
            def backward(ctx: Any, *outer: Tensor) -> tuple[Tensor | None, ...]:
                shares, vectors = ctx.saved_tensors
                slope, edges = outer[0].contiguous(), ctx.edges
                back = edges.matrix(shares[edges.turned]) @ slope
                at_edges = torch.sparse.sampled_addmm(
                    edges.pattern, slope, vectors.T, beta=0.0
                ).values()
                return at_edges, back, None

        _MADE.append(Gathered)
    return _MADE[0]
