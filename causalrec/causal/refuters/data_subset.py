"""The same question to a part of the data."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from causalrec.causal.refuters.refuter import Finding, Refuter, Trial

__all__ = ["DataSubset"]

KEPT = 0.8
"""Share of the units that a subset keeps: its answer is off by half an error, typically."""
LEAST_INSIDE = 0.95
"""Share of the subsets whose answer lies in the interval of all: of a sound one all but 1 in
10,000 do, so that it fails once in a million."""


class DataSubset(Refuter):
    """Four fifths of the units answer alone: they must answer within the interval of all."""

    name = "data-subset"
    source = "Sharma and Kiciman, 2020"
    expects = "same"

    def findings(self, trial: Trial) -> Iterator[Finding]:
        """The answers of subsets."""

        def answer(rng: np.random.Generator) -> float:
            kept = rng.random(len(trial.scores), dtype=np.float32) < KEPT
            return trial.among(kept.astype(float)) if kept.any() else trial.answer.value

        values = trial.draws(self.name, answer)
        inside = (values >= trial.answer.low) & (values <= trial.answer.high)
        yield self.finding(trial, values, passes=float(inside.mean()) >= LEAST_INSIDE)
