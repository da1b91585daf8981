"""Histories in time: windows, batches, the latest items."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from practice_sequences import MAPPING, cycle
from scipy import sparse

import causalrec as cr
from causalrec.recsys.interactions.interaction_matrix import by_time
from causalrec.recsys.interactions.sequences import Sequences, grouped, latest


@pytest.fixture(scope="module")
def data() -> cr.Dataset:
    return cr.Dataset.from_frame(cycle(), MAPPING, name="cycle")


@pytest.mark.parametrize("length", [1, 3, 100])
def test_windows_hold_every_event_but_the_first_once(length: int) -> None:
    rng = np.random.default_rng(2)
    counts = np.array([0, 1, 2, 3, 4, 7, 20])
    order = sparse.lil_matrix((len(counts), 30), dtype=np.float32)
    for user, n in enumerate(counts):
        order[user, rng.permutation(30)[:n]] = np.arange(1, n + 1)
    order = order.tocsr()
    sequences = Sequences(order, order.sign(), length, "cpu")
    random = torch.Generator().manual_seed(0)
    items, starts = by_time(order)
    first = set(starts[:-1][counts > 0])
    cuts = set()
    for _ in range(5):
        begins, sizes = sequences.windows(random)
        assert sizes.max() <= length
        assert sizes.min() >= 1
        spread = [np.arange(b, b + n) for b, n in zip(begins.tolist(), sizes.tolist(), strict=True)]
        targets = np.sort(np.concatenate(spread) + 1)
        np.testing.assert_array_equal(targets, [n for n in range(len(items)) if n not in first])
        cuts.add(tuple(begins.tolist()))
        batch, then, weights = sequences.batch(begins, sizes)
        at = np.concatenate(spread)
        np.testing.assert_array_equal(batch.items, items[at])
        np.testing.assert_array_equal(then, items[at + 1])
        assert (weights == 1).all()
    # Five draws of the same cuts: at most (1/3)^8 by chance.
    assert len(cuts) > 1 or length != 3


def test_batches_hold_every_window_once_and_keep_to_their_size() -> None:
    sizes = torch.randint(1, 50, (500,), generator=torch.Generator().manual_seed(0))
    batches = grouped(sizes, 200, torch.Generator().manual_seed(1))
    np.testing.assert_array_equal(torch.cat(batches).sort().values, np.arange(500))
    events = [int(sizes[batch].sum()) for batch in batches]
    assert max(events) < 200 + 50
    padded = sum(int(sizes[batch].max()) * len(batch) for batch in batches)
    assert padded < 1.3 * sum(events)
    assert grouped(sizes[:0], 200, torch.Generator()) == []


def test_latest_items_in_their_order() -> None:
    history = sparse.csr_matrix(np.array([[3, 0, 1, 2], [0, 0, 0, 0], [0, 1, 0, 0]], np.float32))
    items, sizes = latest(history, 2)
    np.testing.assert_array_equal(items, [3, 0, 1])
    np.testing.assert_array_equal(sizes, [2, 0, 1])
