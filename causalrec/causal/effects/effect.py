"""The answer to a causal question: a number with its meaning, its assumptions and its evidence."""

from __future__ import annotations

from typing import Annotated

import pandas as pd
from pydantic import AfterValidator, Field

from causalrec.causal.estimators import ESTIMATORS, adjusts
from causalrec.core.results.result import Estimate, Frame
from causalrec.core.words import Text, Worded, word_of

__all__ = ["Effect"]


def _empty() -> pd.DataFrame:
    return pd.DataFrame()


def _two_or_none(arms: tuple[str, ...]) -> tuple[str, ...]:
    if len(arms) not in (0, 2):
        raise ValueError("two arms are compared, or none")
    return arms


class Effect(Estimate):
    """The average effect of a treatment on an outcome.

    Attributes:
        treatment, outcome: column names.
        estimator: the one whose answer it is, a name in `ESTIMATORS`.
        target: whom it is about: "ATE" everybody, "ATT" the treated, "overlap" those who could
            have been in either group; it differs from what was asked where the overlap is poor,
            and a flag then says so.
        kind: of the treatment: "binary", "levels" (one level against a control) or "continuous"
            (per one unit more).
        arms: (control, treated) values that are compared, as they print; empty for a slope.
        se: standard error; `clusters`: how many independent units it rests on.
        adjustment: columns adjusted for.
        estimand, assumptions: what is estimated and what must hold, in words.
        arms_n: rows per arm; `effective_n`: rows that the weighted arms are worth.
        extreme_share: share of propensities outside [.01, .99] before clipping.
        naive: the difference in means, for comparison.
        outcome_kind: "share" for a 0/1 outcome, else "mean"; `baseline`: outcome of the control.
        rows: one row an estimator: estimator, value, low, high, refused.
        refusals: why an estimator of `rows` refuses, by its name.
        contrasts: one row a level against the control, where there are several.
        contrast_refusals: why a level of `contrasts` cannot be compared, by level.
        balance: one row a covariate: covariate, before, after (standardised mean differences).
        overlap: histogram of propensities: low, high, treated, control (shares of the arm).
    """

    treatment: str = ""
    outcome: str = ""
    estimator: str = ESTIMATORS.default
    target: Annotated[str, Worded("causal.who_")] = "ATE"
    kind: str = "binary"
    arms: Annotated[tuple[str, ...], AfterValidator(_two_or_none)] = ()
    se: float | None = None
    clusters: int = 0
    adjustment: tuple[str, ...] = ()
    estimand: Text | None = None
    assumptions: tuple[Text, ...] = ()
    arms_n: tuple[int, ...] = ()
    effective_n: tuple[float, ...] = ()
    extreme_share: float | None = None
    naive: float | None = None
    outcome_kind: str = "mean"
    baseline: float | None = None
    rows: Frame = Field(default_factory=_empty)
    refusals: dict[str, Text] = Field(default_factory=dict)
    contrasts: Frame = Field(default_factory=_empty)
    contrast_refusals: dict[str, Text] = Field(default_factory=dict)
    balance: Frame = Field(default_factory=_empty)
    overlap: Frame = Field(default_factory=_empty)

    def to_frame(self) -> pd.DataFrame:
        """One row an estimator: estimator, target, value, low, high, level, n, refused.

        Where some are refused a column `reason` says why.
        """
        if len(self.rows):
            frame = self.rows.copy()
            if self.refusals:
                frame["reason"] = [self.refusals.get(name, "") for name in frame["estimator"]]
        else:
            row = {"estimator": self.estimator, "value": self.value, "low": self.low}
            frame = pd.DataFrame([{**row, "high": self.high, "refused": self.refused}])
        return frame.assign(target=self.target, level=self.level, n=self.n)

    @property
    def causal(self) -> bool:
        """Whether it is an effect, and not a difference as seen."""
        return adjusts(self.estimator)

    @property
    def sentence(self) -> Text:
        """The answer as one sentence that a product manager can repeat."""
        names = {"treatment": self.treatment, "outcome": self.outcome}
        if self.refused or self.value is None or self.low is None or self.high is None:
            return Text("causal.say_refused", **names, reason=self.reason or "")
        shown = {"n": self.n, "level": self.level}
        percent = self.outcome_kind == "share"
        scale = 100.0 if percent else 1.0
        unit = Text("causal.points") if percent else ""
        digits = _digits(self.value * scale, (self.high - self.low) * scale)
        numbers = {
            "signed": f"{self.value * scale:+.{digits}f}",
            "size": f"{abs(self.value) * scale:.{digits}f}",
            "low": f"{self.low * scale:+.{digits}f}",
            "high": f"{self.high * scale:+.{digits}f}",
        }
        who = word_of("causal.who_", self.target)
        key = self._key()
        arms = {"control": self.arms[0], "treated": self.arms[1]} if self.arms else {}
        return Text(key, **names, **shown, **numbers, **arms, unit=unit, who=who)

    def _key(self) -> str:
        """Which sentence: direction or none, causal or not, contrast or slope."""
        assert self.value is not None
        if not self.causal:
            return "causal.say_naive" if self.arms else "causal.say_naive_slope"
        way = ("more" if self.value > 0 else "less") if self.excludes_zero else "none"
        return f"causal.say_{way}" if self.arms else f"causal.say_{way}_slope"

    def summary(self, lang: str = "en") -> str:
        """The answer as one sentence, with its interval and n."""
        return self.sentence.to(lang)


def _digits(value: float, width: float) -> int:
    """Decimals that show two figures of the interval's width."""
    size = min(abs(width), 1e9) or abs(value)
    digits = 1
    while size < 3 and digits < 6:
        size *= 10
        digits += 1
    return digits
