"""K networks of one shape as one: their weights lie stacked, a layer of all is one product.

An ensemble costs little more than one of its networks where starting a product takes longer than
the product, as on a CUDA device; no network sees another, so each learns what it would alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["Weights", "chain", "constant", "first_weights", "parameters", "some"]

Weights: TypeAlias = "dict[str, list[tuple[Tensor, Tensor]]]"
"""Chains of layers by name: of each layer the products (K, a, b) and what is added (K, 1, b)."""


def first_weights(
    chains: Mapping[str, Sequence[int]], streams: Sequence[np.random.Generator], device: str
) -> Weights:
    """Where learning starts: normal products with variance 1 / width, nothing added.

    Args:
        chains: the widths of each chain, its input first: ``{"head": (64, 32, 1)}``; an input of
            0 makes a constant of a network.
        streams: of random numbers, one a network: K.
        device: where the weights live.
    """
    import torch

    def layer(a: int, b: int) -> tuple[Tensor, Tensor]:
        drawn = np.stack([rng.standard_normal((a, b)) for rng in streams]) / max(a, 1) ** 0.5
        added = torch.zeros((len(streams), 1, b), device=device)
        product = torch.tensor(drawn, dtype=torch.float32, device=device)
        return product.requires_grad_(), added.requires_grad_()

    return {name: [layer(a, b) for a, b in pairwise(widths)] for name, widths in chains.items()}


def chain(weights: Weights, name: str, x: Tensor, *, bent: bool = False) -> Tensor:
    """What a chain makes of x (K, n, a): (K, n, b).

    Exponential linear units stand between layers (Clevert, Unterthiner and Hochreiter, 2016); with
    ``bent`` after the last one, too.
    """
    import torch
    from torch.nn.functional import elu

    layers = weights[name]
    for place, (product, added) in enumerate(layers):
        x = torch.baddbmm(added, x, product)
        if bent or place + 1 < len(layers):
            x = elu(x)
    return x


def constant(weights: Weights, name: str) -> Tensor:
    """A number that each network learns: (K, 1)."""
    return weights[name][0][1][:, 0]


def some(weights: Weights, first: int, last: int) -> Weights:
    """The networks from one number up to another."""
    return {
        name: [(product[first:last], added[first:last]) for product, added in layers]
        for name, layers in weights.items()
    }


def parameters(weights: Weights) -> list[Tensor]:
    """All weights, for an optimiser; empty products have nothing to learn."""
    layers = [layer for one in weights.values() for layer in one]
    return [tensor for layer in layers for tensor in layer if tensor.numel()]
