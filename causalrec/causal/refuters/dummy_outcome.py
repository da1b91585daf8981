"""An outcome that nothing moved."""

from __future__ import annotations

from collections.abc import Iterator

from causalrec.causal.refuters.refuter import Finding, Refuter, Trial, vanishes

__all__ = ["DummyOutcome"]


class DummyOutcome(Refuter):
    """Rows swap what is left of their outcomes: the effect on these must vanish."""

    name = "dummy-outcome"
    source = "Sharma and Kiciman, 2020"
    expects = "zero"

    def findings(self, trial: Trial) -> Iterator[Finding]:
        """The slopes of swapped outcomes."""
        left = trial.left
        values = trial.draws(
            self.name, lambda rng: float(left.treatment @ rng.permutation(left.outcome))
        )
        values /= left.weight
        yield self.finding(trial, values, passes=vanishes(values))
