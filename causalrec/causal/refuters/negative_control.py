"""An outcome that the treatment cannot have moved."""

from __future__ import annotations

from collections.abc import Iterator

from causalrec.causal.refuters.refuter import Finding, Refuter, Trial

__all__ = ["NegativeControl"]


class NegativeControl(Refuter):
    """The same question of an outcome that the treatment cannot reach: its effect must vanish.

    An effect where none can be is what the covariates left: the answer has it as well.
    """

    name = "negative-control"
    source = "Lipsitch, Tchetgen Tchetgen and Cohen, 2010"
    expects = "zero"

    def findings(self, trial: Trial) -> Iterator[Finding]:
        """One finding an outcome that was named, unless it refuses."""
        for name, ask in trial.controls.items():
            answer = ask()
            if answer.value is None or answer.low is None or answer.high is None:
                continue
            yield Finding(answer.value, answer.low, answer.high, not answer.excludes_zero, name)
