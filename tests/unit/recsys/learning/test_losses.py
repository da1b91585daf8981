"""Losses over all items and over a sample of them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from causalrec.recsys.learning import losses
from causalrec.recsys.learning.shared_negatives import Negatives


def taken(users: int = 30, items: int = 20, seed: int = 0) -> sparse.csr_matrix:
    dense = (np.random.default_rng(seed).random((users, items)) < 0.2).astype(np.float32)
    return sparse.csr_matrix(dense)


def test_full_softmax_in_pieces_equals_log_softmax(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several targets a query, none for some, weights; cut into pieces of two queries."""
    import torch

    pieces = [slice(start, min(start + 2, 7)) for start in range(0, 7, 2)]
    monkeypatch.setattr(losses, "_pieces", lambda queries, keys: iter(pieces))
    random = torch.Generator().manual_seed(4)
    queries, keys = torch.randn(7, 5, generator=random), torch.randn(11, 5, generator=random)
    rows, columns = torch.tensor([0, 0, 1, 3, 3, 3, 6]), torch.tensor([1, 2, 3, 4, 4, 10, 0])
    weights = torch.rand(7, generator=random)
    given = [[t.clone().requires_grad_() for t in (queries, keys)] for _ in range(2)]
    ours = losses.full_softmax(given[0][0], given[0][1], columns, weights, rows=rows)
    q, k = given[1]
    theirs = -(weights * (q @ k.T).log_softmax(dim=1)[rows, columns]).sum()
    torch.testing.assert_close(ours, theirs)
    (3 * ours).backward()
    (3 * theirs).backward()
    for mine, other in zip(*given, strict=True):
        torch.testing.assert_close(mine.grad, other.grad)


@pytest.mark.parametrize("evenness", [0.0, 0.7])
def test_sampled_softmax_estimates_the_full_sum_without_bias(evenness: float) -> None:
    """exp(loss) · exp(s⁺) has the full sum as its mean, whatever the items are drawn by.

    Each of 6 means over 4,000 batches lies within 5 standard errors: false alarm < 4e-6.
    """
    import torch

    dense = taken(200, 30, seed=5).toarray()
    dense[:, :5] = 1.0
    negatives = Negatives(sparse.csr_matrix(dense), "cpu", evenness)
    random = torch.Generator().manual_seed(6)
    queries, keys = torch.randn(6, 4, generator=random), torch.randn(30, 4, generator=random)
    columns = torch.tensor([0, 1, 2, 7, 8, 29])
    scores = queries @ keys.T
    full = scores.exp().sum(dim=1)
    liked = scores[torch.arange(6), columns]
    sums = []
    for _ in range(4_000):
        codes, log_expected = negatives.shared(16, random)
        drawn = keys[codes], codes, log_expected
        estimates = losses.sampled_softmax(queries, keys[columns], columns, drawn)
        sums.append((estimates + liked).exp())
    drawn_sums = torch.stack(sums)
    error = drawn_sums.std(dim=0) / np.sqrt(len(sums))
    assert ((drawn_sums.mean(dim=0) - full).abs() < 5 * error).all()
