"""How far two clouds of points lie apart, for K networks at once.

Both are free of scale: the representation is divided by its own size, so that a network cannot
come closer by shrinking it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["mean_discrepancy", "transport_cost"]

BLUR = 0.1
"""Entropy of a plan, in mean costs."""
TURNS = 20
_LEAST = 1e-6
_FAINT = 1e-12
"""Least kernel of a plan: products of its scales stay within single precision."""


def _squared(a: Tensor, b: Tensor) -> Tensor:
    """Squared distances (K, m, n) of points (K, m, d) and (K, n, d)."""
    import torch

    sizes = (a**2).sum(2)[:, :, None] + (b**2).sum(2)[:, None, :]
    return torch.baddbmm(sizes, a, b.transpose(1, 2), alpha=-2.0).clamp_min(0.0)


def mean_discrepancy(a: Tensor, b: Tensor) -> Tensor:
    """Squared maximum mean discrepancy (Gretton, Borgwardt, Rasch, Schoelkopf and Smola, 2012).

    The kernel is the inverse multiquadric 1 / (1 + d^2 / c), with tails that see far clouds, and c
    the mean squared distance between the clouds.

    Args:
        a: (K, m, d).
        b: (K, n, d).

    Returns:
        (K,), from 0 on.
    """
    apart = _squared(a, b)
    width = apart.detach().mean((1, 2), keepdim=True) + _LEAST

    def alike(squared: Tensor) -> Tensor:
        return (width / (width + squared)).mean((1, 2))

    return alike(_squared(a, a)) + alike(_squared(b, b)) - 2.0 * alike(apart)


def transport_cost(a: Tensor, b: Tensor) -> Tensor:
    """Wasserstein distance with an entropic plan (Cuturi, 2013), of representations of size 1.

    The plan is found without gradients: at the best plan they are those of the costs alone.

    Args:
        a: (K, m, d).
        b: (K, n, d).

    Returns:
        (K,), from 0 on.
    """
    import torch

    size = torch.cat([a, b], dim=1).pow(2).sum(2).mean(1)[:, None, None]
    cost = (_squared(a, b) / (size + _LEAST) + _LEAST).sqrt()
    with torch.no_grad():
        alike = torch.exp(-cost / (BLUR * cost.mean((1, 2), keepdim=True))).clamp_min(_FAINT)
        left = torch.ones_like(cost[:, :, :1])
        for _ in range(TURNS):
            right = 1.0 / (cost.shape[2] * alike.transpose(1, 2).bmm(left))
            left = 1.0 / (cost.shape[1] * alike.bmm(right))
        plan = left * alike * right.transpose(1, 2)
    return (plan * cost).sum((1, 2))
