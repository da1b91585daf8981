"""A treatment that nobody had."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from causalrec.causal.refuters.refuter import Finding, Refuter, Trial, vanishes
from causalrec.core.statistics.samples import totals

__all__ = ["PlaceboTreatment"]


class PlaceboTreatment(Refuter):
    """What is left of the treatment changes its sign at random, unit by unit.

    So dealt out it keeps its size and what rows of a unit share, and has nothing to do with the
    outcome: its effect must vanish. Where the draws lie shows what chance alone brings about.
    """

    name = "placebo-treatment"
    source = "Wu, 1986 (random signs); Athey and Imbens, 2017"
    expects = "zero"

    def findings(self, trial: Trial) -> Iterator[Finding]:
        """The slopes on dealt treatments."""
        left = trial.left
        shared = totals(left.treatment * left.outcome, trial.groups) / left.weight

        def slope(rng: np.random.Generator) -> float:
            return float((2.0 * rng.integers(0, 2, len(shared)) - 1.0) @ shared)

        values = trial.draws(self.name, slope)
        yield self.finding(trial, values, passes=vanishes(values))
