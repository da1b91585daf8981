"""What trying to break an answer came to, in one result."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd
from pydantic import Field

from causalrec.causal.refuters import REFUTERS
from causalrec.causal.refuters.refuter import Trial
from causalrec.core.results.result import Frame, Result
from causalrec.core.words import Text

__all__ = ["Refutations", "refuted"]

COLUMNS = ("refuter", "about", "expects", "value", "low", "high", "passes")


class Refutations(Result):
    """What trying to break an effect came to.

    Attributes:
        treatment, outcome, estimator: of the effect.
        value, low, high: the answer that was tried; None where nothing could be.
        replicates: draws of each refuter.
        rows: one row a finding: refuter, about (a negative control's column), expects
            ("zero", "same", "error" or "sign"), value, low, high, passes.
        refused: nothing could be tried; `reason` says why.
    """

    treatment: str
    outcome: str
    estimator: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    replicates: int = 0
    rows: Frame = Field(default_factory=lambda: pd.DataFrame(columns=list(COLUMNS)))
    refused: bool = False
    reason: Text | None = None

    @property
    def failed(self) -> tuple[str, ...]:
        """The refuters whose expectation the answer did not meet."""
        return tuple(dict.fromkeys(self.rows.loc[~self.rows["passes"].astype(bool), "refuter"]))

    @property
    def passed(self) -> bool:
        """Whether the answer met every expectation; False where nothing was tried."""
        return not self.refused and not self.failed

    @property
    def sentence(self) -> Text:
        """Whether the answer held, and where it did not."""
        if self.refused:
            return Text("causal.refuted_none", reason=self.reason or "")
        if not self.failed:
            return Text("causal.refuted_held", n=len(self.rows))
        names = [REFUTERS[name].word() for name in self.failed]
        return Text("causal.refuted_broken", n=len(names), of=len(self.rows), names=names)

    def summary(self, lang: str = "en") -> str:
        """The sentence."""
        return self.sentence.to(lang)

    def to_frame(self) -> pd.DataFrame:
        """One row a finding."""
        return self.rows.copy()


def refuted(trial: Trial, names: Iterable[str], *, estimator: str) -> Refutations:
    """An answer tried by refuters.

    Args:
        trial: the answer.
        names: in `REFUTERS`.
        estimator: whose answer it is.
    """
    rows = [
        {
            "refuter": name,
            "about": finding.about,
            "expects": REFUTERS[name].expects,
            "value": finding.value,
            "low": finding.low,
            "high": finding.high,
            "passes": finding.passes,
        }
        for name in names
        for finding in REFUTERS[name]().findings(trial)
    ]
    return Refutations(
        treatment=trial.sensitivity.treatment,
        outcome=trial.sensitivity.outcome,
        estimator=estimator,
        value=trial.answer.value,
        low=trial.answer.low,
        high=trial.answer.high,
        replicates=trial.replicates,
        rows=pd.DataFrame(rows, columns=list(COLUMNS)),
    )
