"""How answers are pooled, what their errors are with few units, and what models left over."""

from __future__ import annotations

import numpy as np
import pytest

from causalrec.causal.estimation.imputation import pooled
from causalrec.causal.estimation.scores import Answer
from causalrec.causal.estimation.second_order_bias import Leftover, remainder
from causalrec.causal.estimation.small_sample_errors import _alike, spread
from causalrec.core.words import Text


def test_the_spread_is_that_of_the_whole_matrix():
    rng = np.random.default_rng(0)
    unit = np.sort(rng.integers(0, 8, 50))
    unit = np.unique(unit, return_inverse=True)[1]
    basis = np.linalg.qr(rng.normal(size=(50, 3)))[0]
    pull = basis[:, 2] * rng.normal(size=50)
    error = rng.normal(size=50) + rng.normal(size=unit.max() + 1)[unit]
    error -= basis @ (basis.T @ error)
    small = spread(pull, basis, basis, residual=error, cluster=unit)
    alike, z = _alike(error, unit), np.eye(unit.max() + 1)[unit]
    rows = (1 - alike) * np.eye(50) + alike * z @ z.T
    sums = (z * pull[:, None]).T
    left = sums @ (np.eye(50) - basis @ basis.T)
    each, true = left @ rows @ left.T, np.diag(sums @ rows @ sums.T)
    scale = np.sqrt(true / np.diag(each))
    whole = scale[:, None] * each * scale
    np.testing.assert_allclose(small.factor, scale**2, rtol=1e-9)
    assert small.freedom == pytest.approx(np.trace(whole) ** 2 / np.trace(whole @ whole))


def test_draws_widen_the_interval_by_rubins_rules():
    alike = [Answer(1.0, 0.5, 0.0, 2.0)] * 5
    assert pooled(alike, 0.95).se == pytest.approx(0.5)
    apart = [Answer(v, 0.5, v - 1, v + 1) for v in (0.0, 0.5, 1.0, 1.5, 2.0)]
    one = pooled(apart, 0.95)
    assert one.value == pytest.approx(1.0)
    assert one.se == pytest.approx(np.sqrt(0.25 + 1.2 * 0.625))
    assert one.high - one.value > 1.96 * one.se
    odd = Answer(1.0, 0.5, 0.0, 2.0, flags=(Text("causal.flag_chosen"),))
    assert not pooled([odd, odd, *alike[:3]], 0.95).flags
    assert len(pooled([odd] * 3 + alike[:2], 0.95).flags) == 1


def test_the_remainder_is_the_mean_product_of_what_was_missed():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(2000, 3))
    missed = np.sign(x[:, 0] * x[:, 1])
    a, b = 0.4 * missed + rng.normal(size=2000), 0.5 * missed + rng.normal(size=2000)
    shared_by_both = remainder(x, [Leftover(a, b, 1.0)], None)
    # Truth .4 x .5 = .2; five errors, false alarm below 1e-6.
    assert abs(shared_by_both.bias - 0.2) < 5 * (shared_by_both.error + 0.02)
    assert shared_by_both.bias > 0.1
    noise = remainder(x, [Leftover(rng.normal(size=2000), rng.normal(size=2000), 1.0)], None)
    assert abs(noise.bias) < 5 * noise.error
    # A row and its copies are one unit: residuals that share their noise are no bias.
    twice, shared = np.repeat(np.arange(1000), 2), np.repeat(rng.normal(size=1000), 2)
    copied = remainder(np.repeat(x[:1000], 2, axis=0), [Leftover(shared, shared, 1.0)], twice)
    assert abs(copied.bias) < 5 * copied.error
