"""Networks that learn effects: each alone as in company, and right on a world with confounding."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from causalrec.causal.learners import LEARNERS
from causalrec.causal.learners.cfr import CFR
from causalrec.causal.learners.deep_learner import DeepLearner, represented
from causalrec.causal.learners.learner import Lesson
from causalrec.causal.networks.training import Pace
from causalrec.causal.rows.arms import Refusal

DEEP = [name for name, entry in LEARNERS.items() if issubclass(entry, DeepLearner)]
SHORT = Pace(steps=60, between=20)


def lesson(n: int = 400, seed: int = 0) -> tuple[Lesson, np.ndarray]:
    """Rows and their true effects: a wave of one covariate; another drives both treatment and
    outcome, so that the difference of means is about .5 too large."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 4))
    t = (rng.random(n) < 1 / (1 + np.exp(-1.2 * x[:, 0]))).astype(float)
    effect = 1 + np.sin(1.5 * x[:, 1])
    y = (x[:, 0] + np.abs(x[:, 2]) + t * effect + 0.5 * rng.normal(size=n)) / 2 - 0.7
    return Lesson(x, t, y, rng.integers(0, 5, n), seed), effect / 2


def short(name: str) -> DeepLearner:
    """A learner that takes a few steps."""
    learner = LEARNERS[name]()
    assert isinstance(learner, DeepLearner)
    vars(learner)["pace"] = SHORT
    return learner


@pytest.mark.parametrize("name", DEEP)
def test_networks_learn_in_company_what_they_learn_alone(name: str) -> None:
    rows, _ = lesson(120)
    together = short(name).networks([rows], range(3), "cpu")[0].outcomes(rows.x)
    alone = [short(name).networks([rows], [net], "cpu")[0].outcomes(rows.x) for net in range(3)]
    scale = rows.outcome.std()
    assert np.abs(together - np.mean(alone, axis=0)).max() / scale < 1e-5
    assert np.abs(alone[0] - alone[1]).max() / scale > 1e-2


@pytest.mark.parametrize("name", DEEP)
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_a_device_learns_what_a_processor_learns(name: str) -> None:
    rows, _ = lesson(120)
    here, there = (short(name).networks([rows], range(3), on)[0] for on in ("cpu", "cuda"))
    apart = np.abs(here.effect(rows.x) - there.effect(rows.x)).max()
    assert apart / rows.outcome.std() < 1e-2


@pytest.mark.parametrize("name", DEEP)
def test_a_seed_decides(name: str) -> None:
    rows, _ = lesson(120)
    first, again = (short(name).fit(rows).effect(rows.x) for _ in range(2))
    assert (first == again).all()
    assert (short(name).fit(replace(rows, seed=1)).effect(rows.x) != first).any()


@pytest.mark.parametrize("name", DEEP)
def test_effects_are_found_where_they_are(name: str) -> None:
    """One fixed draw, two networks, new rows: errors below four fifths of the effect's own spread
    and the mean within a third of the confounding (.5). One effect for all has errors of the
    spread; no adjustment is off by the confounding."""
    rows, _ = lesson(600)
    fresh, effect = lesson(2_000, seed=5)
    learner = LEARNERS[name]()
    assert isinstance(learner, DeepLearner)
    found = learner.networks([rows], range(2), "cpu")[0].effect(fresh.x)
    assert np.sqrt(np.mean((found - effect) ** 2)) < 0.8 * effect.std()
    assert abs(found.mean() - effect.mean()) < 0.16


def test_a_balanced_representation_brings_the_arms_together() -> None:
    """Without the penalty they lie farther apart by the same measure."""
    rows, _ = lesson(300)
    x = torch.tensor(rows.x, dtype=torch.float32).expand(2, -1, -1)

    def apart(name: str, measure: str) -> float:
        inside = represented(short(name).networks([rows], range(2), "cpu")[0].weights, x)
        arms = [inside[:, rows.treatment == arm] for arm in (0, 1)]
        learner = LEARNERS[measure]()
        assert isinstance(learner, CFR)
        return float(learner.distance(*arms).mean())

    for name in ("cfr", "cfr-wass"):
        assert apart(name, name) < 0.9 * apart("tarnet", name)


@pytest.mark.parametrize("name", DEEP[:1])
def test_nothing_is_learned_from_an_arm_without_rows(name: str) -> None:
    rows, _ = lesson(100)
    with pytest.raises(Refusal, match="none of a group is left"):
        short(name).fit(replace(rows, folds=rows.treatment.astype(int)))
