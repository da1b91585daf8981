"""The change of a mean split among mechanisms of any shape: gradient boosting, by sampling.

Each mechanism is a model of a node's mean and what it leaves, drawn again; a category or a 0/1
node is drawn by its chances. All coalitions share their draws, so that they differ by mechanisms
alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from causalrec.causal.attribution.linear_change import Parts
from causalrec.causal.attribution.mechanisms import Mechanism
from causalrec.causal.attribution.periods import Period
from causalrec.core.statistics.shapley import coalitions, shapley_weights

if TYPE_CHECKING:
    from lightgbm import LGBMRegressor

__all__ = ["boosted_parts"]

SAMPLES = 4_000
"""Drawn units of each coalition: a mean is known to a sixtieth of a standard deviation."""
REFITS = 12
"""Resamples of the units for the errors, each with its own models: known to a fifth."""
MOST_FITTED = 30_000
"""Rows that a model of a mechanism learns from."""


def boosted_parts(
    mechanisms: tuple[Mechanism, ...], periods: tuple[Period, Period], rng: np.random.Generator
) -> Parts:
    """What each mechanism adds to the change of the last node's mean, with bootstrap errors."""
    values = _parts(mechanisms, periods, rng)
    drawn = []
    for _ in range(REFITS):
        pair = [_resampled(period, rng) for period in periods]
        drawn.append(_parts(mechanisms, (pair[0], pair[1]), rng))
    errors = np.std(drawn, axis=0, ddof=1)
    total = float(np.std(np.sum(drawn, axis=1), ddof=1))
    return Parts(values, errors, total, REFITS)


def _parts(
    mechanisms: tuple[Mechanism, ...], periods: tuple[Period, Period], rng: np.random.Generator
) -> np.ndarray:
    players = 1 + max(step.player for step in mechanisms)
    changed = coalitions(players)
    fits = [[_Drawing(step, period, rng) for step in mechanisms] for period in periods]
    shape = (len(changed), SAMPLES)
    drawn: dict[str, np.ndarray] = {}
    for at, step in enumerate(mechanisms):
        dice = rng.random(SAMPLES)
        columns = fits[0][at].width
        block = np.empty((*shape, columns))
        for side in (0, 1):
            rows = changed[:, step.player] == bool(side)
            given = [drawn[node][rows].reshape(-1, drawn[node].shape[-1]) for node in step.given]
            count = int(rows.sum())
            x = np.concatenate(given, axis=1) if given else np.empty((count * SAMPLES, 0))
            block[rows] = fits[side][at](x, np.tile(dice, count)).reshape(count, SAMPLES, columns)
        drawn[step.node] = block
    mean = drawn[mechanisms[-1].node][:, :, 0].mean(axis=1)
    return np.asarray(shapley_weights(players) @ mean)


class _Drawing:
    """Draws of a node given what it follows from."""

    def __init__(self, step: Mechanism, period: Period, rng: np.random.Generator) -> None:
        x, y = period.given(step)[:, 1:], period.blocks[step.node]
        if len(y) > MOST_FITTED:
            some = rng.choice(len(y), MOST_FITTED, replace=False)
            x, y = x[some], y[some]
        self.width = y.shape[1]
        self._values = y
        self._chances = bool(np.isin(y, (0.0, 1.0)).all())
        self._models = [_model(x, column) for column in y.T] if x.shape[1] else []
        self._left = np.zeros(0)
        if self._models and not self._chances:
            self._left = np.sort(y[:, 0] - self._models[0].predict(x))

    def __call__(self, x: np.ndarray, dice: np.ndarray) -> np.ndarray:
        """Draws at regressors (m, r) by dice in [0, 1), (m,): (m, width)."""
        if not self._models:
            return np.asarray(self._values[(dice * len(self._values)).astype(int)])
        expected = np.column_stack([model.predict(x) for model in self._models])
        if not self._chances:
            at = (dice * len(self._left)).astype(int)
            return np.asarray(expected + self._left[at][:, None])
        steps = np.cumsum(np.clip(expected, 0.0, 1.0), axis=1)
        below = np.concatenate([np.zeros((len(x), 1)), steps[:, :-1]], axis=1)
        return ((dice[:, None] >= below) & (dice[:, None] < steps)) * 1.0


def _model(x: np.ndarray, y: np.ndarray) -> LGBMRegressor:
    from lightgbm import LGBMRegressor

    model = LGBMRegressor(
        n_estimators=60, learning_rate=0.1, num_leaves=15, min_child_samples=40,
        verbose=-1, n_jobs=1, random_state=0,
    )  # fmt: skip
    return model.fit(x, y)


def _resampled(period: Period, rng: np.random.Generator) -> Period:
    """As many units, drawn with replacement."""
    if period.unit is None:
        rows = rng.integers(0, len(period), len(period))
    else:
        codes = np.unique(period.unit, return_inverse=True)[1]
        order, starts = np.argsort(codes, kind="stable"), np.cumsum(np.bincount(codes))
        parts = np.split(order, starts[:-1])
        rows = np.concatenate([parts[one] for one in rng.integers(0, len(parts), len(parts))])
    return Period({node: block[rows] for node, block in period.blocks.items()}, None)
