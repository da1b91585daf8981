"""A cause that nobody logged."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from causalrec.causal.refuters.refuter import Finding, Refuter, Trial

__all__ = ["HiddenCause"]


class HiddenCause(Refuter):
    """A made-up cause as strong as the strongest covariate is adjusted for too.

    It goes with treatment and outcome in the way that makes the effect smaller: an effect that
    does not hang on it stays on its side of 0.
    """

    name = "hidden-cause"
    source = "Cinelli and Hazlett, 2020"
    expects = "sign"

    def findings(self, trial: Trial) -> Iterator[Finding]:
        """The answers given the made-up cause; none without covariates to measure it by."""
        rows = trial.sensitivity.rows
        if not len(rows):
            return
        strongest = rows.iloc[0]
        d, y = float(strongest["with_treatment"]), float(strongest["with_outcome"])
        left = trial.left
        treatment, error = _scaled(left.treatment), _scaled(left.error)
        sign = math.copysign(1.0, trial.answer.value)
        shares = math.sqrt(d), sign * math.sqrt(y * (1 - d)), math.sqrt((1 - y) * (1 - d))

        def answer(rng: np.random.Generator) -> float:
            noise = rng.standard_normal(len(error))
            hidden = shares[0] * treatment + shares[1] * error + shares[2] * noise
            return trial.moved(left.given(hidden))

        values = trial.draws(self.name, answer)
        stays = trial.answer.value * float(values.mean()) > 0
        yield self.finding(trial, values, passes=stays)


def _scaled(values: np.ndarray) -> np.ndarray:
    spread = float(np.sqrt((values @ values) / len(values)))
    return values / spread if spread > 0 else values
