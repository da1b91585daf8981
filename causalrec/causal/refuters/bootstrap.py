"""The same question to units drawn anew."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from causalrec.causal.refuters.refuter import Finding, Refuter, Trial

__all__ = ["Bootstrap"]

MOST_WIDER = 4 / 3
"""The draws' spread in errors of the answer: of 100 draws it is known to 7 percent, so that a
right error fails once in a million. An interval a quarter too narrow is found half of the time."""


class Bootstrap(Refuter):
    """Units are drawn with replacement: answers must not spread wider than the interval says."""

    name = "bootstrap"
    source = "Efron, 1979; Cameron, Gelbach and Miller, 2008 (units)"
    expects = "error"

    def findings(self, trial: Trial) -> Iterator[Finding]:
        """The answers of drawn units."""
        units = len(trial.scores)

        def answer(rng: np.random.Generator) -> float:
            drawn = np.bincount(rng.integers(0, units, units), minlength=units)
            return trial.among(drawn.astype(float))

        values = trial.draws(self.name, answer)
        yield self.finding(
            trial, values, passes=float(values.std(ddof=1)) <= MOST_WIDER * trial.answer.se
        )
