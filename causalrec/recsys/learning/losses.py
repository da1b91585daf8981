"""Losses of models that rank the whole catalogue: full and sampled softmax, BPR.

Each answers what one process needs: a sum, or one number a pair, to be divided by the whole
batch's size. Nothing the size of queries times items is kept for the backward pass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING

from causalrec.recsys.arrays.autograd import Saving

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["bpr", "full_softmax", "sampled_softmax"]

_CACHE, _DEVICE = 2_000_000, 64_000_000
#: Fewer queries at a time would starve the matrix products.
_FEWEST = 128


def full_softmax(
    queries: Tensor,
    keys: Tensor,
    columns: Tensor,
    weights: Tensor | None = None,
    *,
    rows: Tensor | None = None,
) -> Tensor:
    """Σ w (log Σⱼ exp(q·kⱼ) - q·k), over the targets of the queries: cross-entropy.

    Queries go through in pieces of 2 MB (64 MB on a device); their slopes are made on the way, so
    that memory is that of one piece plus a copy of the inputs, whatever the number of queries.

    Args:
        queries: (b, d), already divided by the temperature.
        keys: (m, d), one a catalogue item.
        columns: the target's item, int64 (p,).
        weights: of the targets (p,); None: ones.
        rows: whose target it is, int64 (p,), rising; None: target n is query n's (p = b).

    Returns:
        The sum, a scalar. It can be differentiated once.
    """
    import torch

    if rows is None:
        rows = torch.arange(len(queries), device=queries.device)
    if weights is None:
        weights = queries.new_ones(len(columns))
    return _full_softmax_function()(queries, keys, rows, columns, weights)


def sampled_softmax(
    queries: Tensor, positives: Tensor, columns: Tensor, drawn: tuple[Tensor, Tensor, Tensor]
) -> Tensor:
    """log(exp(s⁺) + Σ over draws j ≠ target of exp(sⱼ) / (expected draws of j)) - s⁺.

    The bracket is an unbiased estimate of the full softmax's sum, whatever the items are drawn
    by (logQ correction: Bengio and Senécal, 2008; Yi et al., 2019).

    Args:
        queries: (b, d), already divided by the temperature.
        positives: vectors of the targets (b, d).
        columns: codes of the targets, int64 (b,).
        drawn: items drawn for all queries alike: vectors (n, d), codes int64 (n,), and the
            logarithm of how often each was expected among the n draws, (n,).

    Returns:
        (b,), one loss a query.
    """
    import torch

    vectors, codes, log_expected = drawn
    liked = (queries * positives).sum(dim=1, keepdim=True)
    others = queries @ vectors.T - log_expected
    others = others.masked_fill(codes == columns[:, None], -torch.inf)
    return torch.cat([liked, others], dim=1).logsumexp(dim=1) - liked[:, 0]


def bpr(liked: Tensor, other: Tensor) -> Tensor:
    """-log σ(liked - other), elementwise (Rendle et al., 2009)."""
    import torch

    return torch.nn.functional.softplus(other - liked)


@cache
def _full_softmax_function() -> Callable[..., Tensor]:
    """The autograd function, built at first use: torch is not imported with this module."""
    import torch

    class FullSoftmax(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Saving, *given: Tensor) -> Tensor:
            queries, keys, rows, columns, weights = given
            # The keys' slopes lie across: that product is a third faster than the other way.
            slopes = torch.empty_like(queries), queries.new_zeros(keys.T.shape)
            total = queries.new_zeros(())
            for part in _pieces(queries, keys):
                edges = torch.tensor([part.start, part.stop], device=rows.device)
                low, high = torch.searchsorted(rows, edges).tolist()
                mine = slice(low, high)
                pairs = rows[mine] - part.start, columns[mine], weights[mine]
                total += _piece(queries[part], keys, pairs, (slopes[0][part], slopes[1]))
            ctx.save_for_backward(slopes[0], slopes[1].T.contiguous())
            return total

        @staticmethod
        def backward(ctx: Saving, *outer: Tensor) -> tuple[Tensor | None, ...]:
            queries, keys = ctx.saved_tensors
            return queries * outer[0], keys * outer[0], None, None, None

    return FullSoftmax.apply


def _pieces(queries: Tensor, keys: Tensor) -> Iterator[slice]:
    """Rows of queries at a time: on a CPU about what its cache holds, on a device 64 MB."""
    size = max(1, (_CACHE if queries.device.type == "cpu" else _DEVICE) // (4 * len(keys)))
    size = max(size, _FEWEST)
    for start in range(0, len(queries), size):
        yield slice(start, min(start + size, len(queries)))


def _piece(
    queries: Tensor,
    keys: Tensor,
    pairs: tuple[Tensor, Tensor, Tensor],
    slopes: tuple[Tensor, Tensor],
) -> Tensor:
    """The loss of a few queries; writes their slopes and adds to the keys'."""
    rows, columns, weights = pairs
    logits = queries @ keys.T
    at = rows * len(keys) + columns
    liked = logits.view(-1)[at]
    top = logits.amax(dim=1, keepdim=True)
    chances = logits.sub_(top).exp_()
    mass = chances.sum(dim=1, keepdim=True)
    whole = (mass.log() + top)[:, 0]
    total = (weights * (whole[rows] - liked)).sum()
    share = queries.new_zeros(len(queries)).index_add_(0, rows, weights)
    chances.mul_(share[:, None] / mass)
    chances.view(-1).index_add_(0, at, -weights)
    slopes[0].copy_(chances @ keys)
    slopes[1].addmm_(queries.T, chances)
    return total
