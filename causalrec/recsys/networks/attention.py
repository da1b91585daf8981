"""Attention of a graph's nodes over their neighbours, on csr, without a loop over edges."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Protocol

import numpy as np
from scipy import sparse

from causalrec.recsys.arrays.autograd import Saving
from causalrec.recsys.arrays.propagation import csr_tensor

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
            (heads, E), all that is kept for the way back; a node's shares add up to 1.
        """
        return _shares_function()(listening, heard, self)

    def gathered(self, shares: Tensor, vectors: Tensor) -> Tensor:
        """Σᵥ share(u, v) xᵥ for one head: shares (E,), x (n, d) -> (n, d).

        Nothing of size E d is kept or made: the slope of a share is a product of two rows,
        sampled where there is an edge.
        """
        return _gathered_function()(shares.contiguous(), vectors.contiguous(), self)

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


class _OfEdges(Saving, Protocol):
    """Saved tensors, and the graph that they are of."""

    edges: Edges


@cache
def _shares_function() -> Callable[..., Tensor]:
    """`Edges.shares`, built at first use: torch is not imported with this module."""
    import torch

    class Shares(torch.autograd.Function):
        @staticmethod
        def forward(ctx: _OfEdges, listening: Tensor, heard: Tensor, edges: Edges) -> Tensor:
            ends = zip(listening.unbind(1), heard.unbind(1), strict=True)
            shares = torch.stack([_share(a, b, edges) for a, b in ends])
            ctx.save_for_backward(listening, heard, shares)
            ctx.edges = edges
            return shares

        @staticmethod
        def backward(ctx: _OfEdges, *outer: Tensor) -> tuple[Tensor | None, ...]:
            heads = zip(*(t.unbind(1) for t in ctx.saved_tensors[:2]), strict=True)
            slopes = [
                _share_slopes(a, b, (share, slope), ctx.edges)
                for (a, b), share, slope in zip(heads, ctx.saved_tensors[2], outer[0], strict=True)
            ]
            listening, heard = (torch.stack(side, dim=1) for side in zip(*slopes, strict=True))
            return listening, heard, None

    return Shares.apply


@cache
def _gathered_function() -> Callable[..., Tensor]:
    """`Edges.gathered`, built at first use."""
    import torch

    class Gathered(torch.autograd.Function):
        @staticmethod
        def forward(ctx: _OfEdges, shares: Tensor, vectors: Tensor, edges: Edges) -> Tensor:
            ctx.save_for_backward(shares, vectors)
            ctx.edges = edges
            return edges.matrix(shares) @ vectors

        @staticmethod
        def backward(ctx: _OfEdges, *outer: Tensor) -> tuple[Tensor | None, ...]:
            shares, vectors = ctx.saved_tensors
            slope, edges = outer[0].contiguous(), ctx.edges
            back = edges.matrix(shares[edges.turned]) @ slope
            at_edges = torch.sparse.sampled_addmm(
                edges.pattern, slope, vectors.T, beta=0.0
            ).values()
            return at_edges, back, None

    return Gathered.apply


def _share(listening: Tensor, heard: Tensor, edges: Edges) -> Tensor:
    """One head's shares (E,)."""
    import torch

    raw = listening[edges.rows].add_(heard[edges.columns])
    raw = torch.nn.functional.leaky_relu_(raw, _SLOPE)
    top = torch.segment_reduce(raw, "max", offsets=edges.starts, axis=0)
    chances = raw.sub_(top[edges.rows]).exp_()
    total = torch.zeros_like(listening).index_add_(0, edges.rows, chances)
    return chances.div_(total[edges.rows])


def _share_slopes(
    listening: Tensor, heard: Tensor, head: tuple[Tensor, Tensor], edges: Edges
) -> tuple[Tensor, Tensor]:
    """Slopes (n,) of a and b, given one head's shares and their slopes, (E,) each."""
    import torch

    shares, outer = head
    slope = outer * shares
    total = torch.zeros_like(listening).index_add_(0, edges.rows, slope)
    slope -= shares * total[edges.rows]
    below = listening[edges.rows].add_(heard[edges.columns]) < 0
    slope[below] *= _SLOPE
    sides = edges.rows, edges.columns
    own, other = (torch.zeros_like(listening).index_add_(0, side, slope) for side in sides)
    return own, other
