"""Networks side by side: their rows, their distances, and the loop that keeps the best of each."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.optimize import linear_sum_assignment

from causalrec.causal.networks.distances import mean_discrepancy, transport_cost
from causalrec.causal.networks.sample import Draws, Table
from causalrec.causal.networks.stacked import chain, first_weights
from causalrec.causal.networks.training import Pace, train


def streams(nets: int) -> list[np.random.Generator]:
    return [np.random.default_rng([7, net]) for net in range(nets)]


def drawn(treatment: np.ndarray, held: np.ndarray) -> Draws:
    return Draws(treatment, taught=~held, held=held, streams=streams(len(held)), size=16)


@pytest.fixture(scope="module")
def rows() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Covariates, treatment (a tenth), and which rows each of three networks holds out."""
    rng = np.random.default_rng(0)
    treatment = (np.arange(200) % 10 == 0).astype(float)
    held = np.stack([np.arange(200) % 4 == net for net in range(3)])
    return rng.normal(size=(200, 3)), treatment, held


def test_a_chain_is_its_networks_one_by_one() -> None:
    weights = first_weights({"body": (3, 5, 2)}, streams(4), "cpu")
    x = torch.randn(4, 6, 3, generator=torch.Generator().manual_seed(0))
    together = chain(weights, "body", x)
    for net in range(4):
        (w, b), (w2, b2) = ((w[net], b[net]) for w, b in weights["body"])
        alone = torch.nn.functional.elu(x[net] @ w + b) @ w2 + b2
        assert torch.allclose(alone, together[net], atol=1e-6)


def test_no_network_learns_from_what_it_holds_out(rows) -> None:
    _, treatment, held = rows
    draws = drawn(treatment, held)
    controls, treated = draws.batches(40)
    assert (controls.shape, treated.shape) == ((40, 3, 12), (40, 3, 4))
    for net in range(3):
        seen = np.concatenate([controls[:, net].ravel(), treated[:, net].ravel()])
        assert set(seen) == set(np.flatnonzero(~held[net]))
        assert (treatment[treated[:, net]] == 1).all()
        assert (treatment[controls[:, net]] == 0).all()


@pytest.mark.parametrize("most", [7, 2_000])
def test_held_out_rows_count_alike_within_an_arm(rows, most: int) -> None:
    x, treatment, held = rows
    table = Table.of(x, np.arange(200.0), "cpu")
    batch = drawn(treatment, held).held_out(table, most)
    arms = batch.by_arm(batch.weight)
    for weights in (arms.control, arms.treated):
        assert torch.allclose(weights.sum(1)[weights.sum(1) > 0], torch.tensor(1.0))
        assert weights.shape[1] <= most
    real = batch.weight > 0
    for net in range(3):
        assert held[net][batch.y[net][real[net]].long()].all()
    assert (arms.treated[1] == 0).all()  # the second network holds out no treated row


def test_discrepancy_is_the_kernels_arithmetic() -> None:
    rng = np.random.default_rng(1)
    a, b = rng.normal(size=(2, 5, 3)), rng.normal(size=(2, 4, 3)) + 1

    def alike(p: np.ndarray, q: np.ndarray, width: float) -> float:
        squared = ((p[:, None] - q[None]) ** 2).sum(2)
        return float((1 / (1 + squared / width)).mean())

    for net in range(2):
        width = ((a[net][:, None] - b[net][None]) ** 2).sum(2).mean()
        exact = alike(a[net], a[net], width) + alike(b[net], b[net], width)
        exact -= 2 * alike(a[net], b[net], width)
        assert float(mean_discrepancy(torch.tensor(a), torch.tensor(b))[net]) == pytest.approx(
            exact, abs=1e-5
        )


def test_transport_costs_what_the_best_assignment_costs() -> None:
    """The entropic plan is dearer than the best by less than its blur, a tenth of the mean."""
    rng = np.random.default_rng(2)
    a, b = rng.normal(size=(1, 30, 2)), rng.normal(size=(1, 30, 2)) + 2
    a[0, 0] = -20  # far from everything
    size = np.concatenate([a, b], axis=1)
    costs = np.sqrt(((a[0][:, None] - b[0][None]) ** 2).sum(2) / (size**2).sum(2).mean())
    best = costs[linear_sum_assignment(costs)].mean()
    found = float(transport_cost(torch.tensor(a), torch.tensor(b))[0])
    assert best - 1e-3 <= found <= best + 0.1 * costs.mean()


@pytest.mark.parametrize("distance", [mean_discrepancy, transport_cost])
def test_distances_know_no_scale_and_grow_with_a_shift(distance) -> None:
    a, b = torch.randn(2, 1, 40, 3, generator=torch.Generator().manual_seed(3))
    near, far = float(distance(a, b)[0]), float(distance(a, b + 1.5)[0])
    assert far > 1.5 * near
    assert float(distance(10 * a, 10 * (b + 1.5))[0]) == pytest.approx(far, rel=1e-3)


def test_each_network_ends_as_it_was_at_its_best(rows) -> None:
    """Losses by hand: the first network is best at the second look, the second at the first."""
    x, treatment, held = rows
    weights = first_weights({"number": (0, 1)}, streams(2), "cpu")
    numbers = weights["number"][0][1]
    looks = iter([(3.0, 1.0), (2.0, 5.0), (9.0, 0.5), (9.0, 0.1)])
    seen: list[torch.Tensor] = []

    def judged(*_: object) -> torch.Tensor:
        seen.append(numbers.detach().clone())
        return torch.tensor(next(looks))

    steps = train(
        weights, Table.of(x, x[:, 0], "cpu"), drawn(treatment, held[:2]),
        loss=lambda weights, _: (weights["number"][0][1][:, 0, 0] - 1) ** 2, judged=judged,
        pace=Pace(steps=40, between=10, patience=1, rate=0.1),
    )  # fmt: skip
    assert steps == 30
    assert torch.equal(numbers[0], seen[1][0])
    assert torch.equal(numbers[1], seen[0][1])
