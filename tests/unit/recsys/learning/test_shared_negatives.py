"""Items that a user did not take, shared by a batch."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from causalrec.recsys.learning.shared_negatives import Negatives


def taken(users: int = 30, items: int = 20, seed: int = 0) -> sparse.csr_matrix:
    dense = (np.random.default_rng(seed).random((users, items)) < 0.2).astype(np.float32)
    return sparse.csr_matrix(dense)


def test_negatives_were_not_taken_and_none_is_left_for_who_took_all() -> None:
    import torch

    matrix = sparse.csr_matrix(taken(20, 10) + sparse.csr_matrix(np.eye(20, 10)))
    dense = matrix.toarray()
    dense[3] = 1.0
    matrix = sparse.csr_matrix((dense > 0).astype(np.float32))
    rows = torch.arange(20).repeat(50)
    drawn = Negatives(matrix, "cpu").apart(
        rows, slice(0, 1_000), 1_000, torch.Generator().manual_seed(7), each=3
    )
    assert drawn.shape == (1_000, 3)
    assert (drawn[rows == 3] == -1).all()
    there = drawn >= 0
    who = rows[:, None].expand_as(drawn)
    assert not matrix.toarray()[who[there], drawn[there]].any()
    assert there[rows != 3].double().mean() > 0.95
