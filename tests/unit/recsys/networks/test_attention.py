"""Attention along edges against a dense one."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from causalrec.recsys.arrays.propagation import adjacency
from causalrec.recsys.networks.attention import Edges


def taken(users: int = 30, items: int = 20, seed: int = 0) -> sparse.csr_matrix:
    dense = (np.random.default_rng(seed).random((users, items)) < 0.2).astype(np.float32)
    return sparse.csr_matrix(dense)


def test_attention_equals_a_dense_one() -> None:
    """Shares, averages and all slopes against a masked softmax over an n x n matrix."""
    import torch

    whole = adjacency(taken(), loops=True)
    mask = torch.from_numpy(whole.toarray()) > 0
    edges = Edges(whole, "cpu")
    random = torch.Generator().manual_seed(3)
    listening, heard = torch.randn(2, 50, 2, generator=random)
    vectors, outer = torch.randn(2, 50, 4, generator=random)
    given = [[t.clone().requires_grad_() for t in (listening, heard, vectors)] for _ in range(2)]

    shares = edges.shares(*given[0][:2])
    ours = torch.cat([edges.gathered(share, given[0][2]) for share in shares], dim=1)
    a, b, x = given[1]
    raw = torch.nn.functional.leaky_relu(a[:, None, :] + b[None, :, :], 0.2)
    dense = raw.masked_fill(~mask[:, :, None], -torch.inf).softmax(dim=1)
    theirs = torch.cat([dense[:, :, head] @ x for head in (0, 1)], dim=1)
    torch.testing.assert_close(ours, theirs)
    for made in (ours, theirs):
        (made * outer.repeat(1, 2)).sum().backward()
    for mine, other in zip(*given, strict=True):
        torch.testing.assert_close(mine.grad, other.grad)
