"""Pairs of what was taken and what was not, drawn evenly."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from causalrec.recsys.learning import pair_sampler as sampler


def taken(users: int = 80, items: int = 25, seed: int = 0) -> sparse.csr_matrix:
    """Items taken with falling popularity; every user and item occurs."""
    rng = np.random.default_rng(seed)
    dense = rng.random((users, items)) < 0.6 / np.sqrt(1.0 + np.arange(items))
    dense[np.arange(users), np.arange(users) % items] = True
    return sparse.csr_matrix(dense.astype(np.float32))


@pytest.mark.parametrize("slots", [2**27, 97, 1_009])
def test_sampler_draws_evenly_what_was_not_taken(
    slots: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exact and hashed tables; even: chi-squared of one user's draws (false alarms 1e-6)."""
    import torch
    from scipy.stats import chi2

    monkeypatch.setattr(sampler, "_MOST_SLOTS", slots)
    matrix = taken()
    source = sampler.Untaken(matrix, "cpu")
    assert source.exact == (slots == 2**27)
    users = torch.arange(80).repeat_interleave(400)
    drawn, found = source.draw(users, torch.Generator().manual_seed(0))
    hit = matrix.toarray()[users.numpy(), drawn.numpy()] > 0
    np.testing.assert_array_equal(hit, ~found.numpy())
    assert found.float().mean() > 0.99
    user = int(np.argmin(matrix.getnnz(axis=1)))
    counts = np.bincount(drawn.numpy()[users.numpy() == user], minlength=25)
    free = counts[matrix[user].toarray().ravel() == 0]
    assert ((free - free.mean()) ** 2 / free.mean()).sum() < chi2.isf(1e-6, len(free) - 1)
