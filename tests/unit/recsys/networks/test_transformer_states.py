"""The causal transformer: nothing later is seen, padding changes nothing, numpy agrees."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from causalrec.recsys.interactions.sequences import Batch
from causalrec.recsys.learning.learner import as_tensors
from causalrec.recsys.networks.transformer import Dropout, first_weights, last_states, states


def network(length: int = 9, blocks: int = 2) -> dict[str, np.ndarray]:
    """Weights large enough that every part matters."""
    drawn = first_weights(
        np.random.default_rng(5), items=30, factors=8, length=length, blocks=blocks
    )
    return {name: array * 10 if array.std() else array for name, array in drawn.items()}


def batch_of(*sequences: list[int]) -> Batch:
    sizes = torch.tensor([len(one) for one in sequences])
    row = torch.repeat_interleave(sizes)
    place = torch.cat([torch.arange(len(one)) for one in sequences])
    return Batch.of(torch.tensor(np.concatenate(sequences)), row, place, sizes)


def outputs_of(weights: dict[str, np.ndarray], *sequences: list[int]) -> np.ndarray:
    with torch.no_grad():
        outputs = states(as_tensors(weights, "cpu"), batch_of(*sequences), 2, lambda x: x)
    return np.asarray(outputs.numpy())


def test_what_comes_later_never_changes_what_was_known() -> None:
    weights = network()
    before = outputs_of(weights, [3, 8, 1, 20, 4])
    after = outputs_of(weights, [3, 8, 1, 29, 7])
    np.testing.assert_allclose(before[:3], after[:3], atol=1e-6)
    assert (np.abs(before[3:] - after[3:]).max(axis=1) > 1e-3).all()


def test_what_came_earlier_changes_what_is_known() -> None:
    weights = network()
    apart = np.abs(outputs_of(weights, [3, 8, 1]) - outputs_of(weights, [5, 8, 1]))
    assert (apart.max(axis=1) > 1e-3).all()


def test_neighbours_in_a_batch_and_padding_change_nothing() -> None:
    weights = network()
    alone = outputs_of(weights, [3, 8])
    beside = outputs_of(weights, [1, 2, 3, 4, 5, 6, 7], [3, 8], [9])
    np.testing.assert_allclose(beside[7:9], alone, atol=1e-6)


@pytest.mark.parametrize("blocks", [1, 2, 3])
def test_numpy_says_what_torch_says(blocks: int) -> None:
    weights = network(blocks=blocks)
    sequences = [[1, 2, 3, 4, 5], [7], [29, 0, 29], [6, 5]]
    sizes = np.array([len(one) for one in sequences])
    expected = outputs_of(weights, *sequences)[np.cumsum(sizes) - 1]
    last = last_states(weights, np.concatenate(sequences), sizes, 2)
    np.testing.assert_allclose(last, expected, atol=2e-5)


def test_dropout_leaves_out_its_share_and_keeps_the_mean() -> None:
    drop = Dropout(0.25, torch.Generator().manual_seed(0))
    dropped = drop(torch.ones(400, 251))
    # 100,400 draws: a deviation of .008 is over five standard errors (p < 1e-6).
    assert abs(float((dropped == 0).float().mean()) - 0.25) < 0.008
    np.testing.assert_allclose(dropped[dropped > 0], 4 / 3, rtol=1e-6)
    x = torch.ones(3)
    assert Dropout(0.0, torch.Generator())(x) is x
