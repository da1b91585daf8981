"""One more covariate, of which neither treatment nor outcome knows."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from causalrec.causal.refuters.refuter import Finding, Refuter, Trial

__all__ = ["RandomCommonCause"]

MOST_MOVED = 0.5
"""Errors of the answer that noise may move it, on average: more says that it hangs by a thread."""


class RandomCommonCause(Refuter):
    """Noise is adjusted for as well: the answer must stay."""

    name = "random-common-cause"
    source = "Sharma and Kiciman, 2020"
    expects = "same"

    def findings(self, trial: Trial) -> Iterator[Finding]:
        """The answers with noise as a covariate."""
        left = trial.left

        def answer(rng: np.random.Generator) -> float:
            noise = rng.standard_normal(len(left.outcome), dtype=np.float32)
            return trial.moved(left.given(noise))

        values = trial.draws(self.name, answer)
        moved = float(np.abs(values - trial.answer.value).mean())
        yield self.finding(trial, values, passes=moved <= MOST_MOVED * trial.answer.se)
