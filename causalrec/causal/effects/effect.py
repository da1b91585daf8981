"""The answer to a causal question: a number with its meaning, its assumptions and its evidence."""

from __future__ import annotations

from typing import Annotated

import pandas as pd
from pydantic import AfterValidator, Field

from causalrec.causal.effects.alarms import Alarms
from causalrec.causal.effects.light import Grounds, traffic_light
from causalrec.causal.estimators import ESTIMATORS, adjusts
from causalrec.causal.refuters.refutations import Refutations
from causalrec.causal.sensitivity.sensitivity import Sensitivity
from causalrec.core.results.asked import Asked
from causalrec.core.results.light import Light
from causalrec.core.results.measure import Measure, Per
from causalrec.core.results.result import Estimate, Frame
from causalrec.core.words import Text, Worded, word_of
from causalrec.core.words.conditions import arms
from causalrec.core.words.lists import as_sentence
from causalrec.data.dataset.outcome_measure import outcome_measure, outcome_of_values
from causalrec.data.dataset.outcomes import Outcome

__all__ = ["SIDES", "Effect", "step_word"]

SIDES = ("control", "treated")
"""The arms, in the order of `Effect.arms`."""


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
        target: whom it is about: "ATE" everybody, "ATT" the treated, "ATC" the others, "overlap"
            those who could have been in either group, "LATE" those whom an instrument moves;
            it differs from what was asked where the overlap is poor, or the estimator tells of
            others, and a flag then says so.
        kind: of the treatment: "binary", "levels" (one level against a control) or "continuous"
            (per one unit more).
        arms: (control, treated) values that are compared, as they print; empty for a slope.
        se: standard error; `clusters`: how many independent units it rests on.
        adjustment: columns adjusted for; `instruments`, `mediators`: what it goes by besides.
        weights: column of the rows' sampling weights.
        interval: how the interval was made, of `Estimator.intervals`.
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
        hidden: how strong a hidden cause would have to be to explain it away; None where nothing
            was adjusted for or there is no number.
        refutations: what trying to break it came to; None where nobody asked for `rows`.
        unit: what a row of the table is; "row" where nobody said.
        about: what the log says of the outcome; None: what its name and values tell.
        date: from which outcomes count, where rows are users before and after a date.
        step: of a treatment that is a number, how much more a sentence speaks of: one standard
            deviation as a round number. `value` stays per one unit more.
        currency: of money.
        name: under which it is kept; `asked`: the parameters that were asked.
        flags: `Alarms`; ``"overlap" in effect.flags`` asks for one by name, ``flags.names`` has
            those that ring, and `causalrec.causal.effects.alarms.alarms` lists all there are.
    """

    flags: Annotated[tuple[Text, ...], AfterValidator(Alarms)] = Alarms()
    treatment: str = ""
    outcome: str = ""
    estimator: str = ESTIMATORS.default
    target: Annotated[str, Worded("causal.who_")] = "ATE"
    kind: str = "binary"
    arms: Annotated[tuple[str, ...], AfterValidator(_two_or_none)] = ()
    se: float | None = None
    clusters: int = 0
    adjustment: tuple[str, ...] = ()
    weights: str | None = None
    interval: str = "formula"
    instruments: tuple[str, ...] = ()
    mediators: tuple[str, ...] = ()
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
    hidden: Sensitivity | None = None
    refutations: Refutations | None = None
    unit: Per = "row"
    about: Outcome | None = None
    date: str | None = None
    step: float | None = None
    currency: str = ""
    name: str = ""
    asked: Asked | None = None

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
    def by_adjustment(self) -> bool:
        """Whether it compares rows that are alike in what is adjusted for."""
        known = self.estimator in ESTIMATORS
        return self.causal and (not known or ESTIMATORS[self.estimator].strategy.alike)

    @property
    def measure(self) -> Measure:
        """What its outcome measures: name, unit, how its amounts are written."""
        about = outcome_of_values(self.about, self.outcome, self.outcome_kind)
        return outcome_measure(about, self.unit, self.currency)

    @property
    def of_step(self) -> Estimate:
        """The estimate as it is told: of a slope, for `step` more of the treatment."""
        facts = {name: getattr(self, name) for name in Estimate.model_fields}
        for part in ("value", "low", "high"):
            if facts[part] is not None:
                facts[part] *= self.step or 1.0
        return Estimate(**facts)

    def arm_word(self, *, treated: bool) -> Text:
        """One of the two arms in words: "with a promotion"."""
        return arms(self.treatment, self.arms, otherwise="where")[treated]

    @property
    def formula(self) -> str:
        """What is estimated, in LaTeX: Y the outcome, T the treatment, X the adjustment.

        Empty where its estimator tells none.
        """
        if self.estimator not in ESTIMATORS:
            return ""
        form = self.target.lower() if self.arms else "slope"
        return ESTIMATORS[self.estimator].formulas.get(form, "")

    @property
    def sentence(self) -> Text:
        """The answer as one sentence that a product manager can repeat."""
        names = {"treatment": self.treatment, "outcome": self.measure.said}
        if self.refused or self.value is None or self.low is None or self.high is None:
            return Text("causal.say_refused", **names, reason=self.reason or "")
        step = self.of_step
        decimals = self.measure.decimals(step)
        numbers = {
            "signed": self.measure.amount(step.value, signed=True, decimals=decimals),
            "size": self.measure.distance(step.value or 0.0, decimals),
            "low": self.measure.amount(step.low, signed=True, bare=True, decimals=decimals),
            "high": self.measure.amount(step.high, signed=True, decimals=decimals),
        }
        who = word_of("causal.who_", self.target)
        sides = {}
        if self.arms:
            sides = {name: self.arm_word(treated=name == "treated") for name in SIDES}
        since = "" if self.date is None else Text("causal.say_since", date=self.date[:10])
        shown = {"n": self.n, "units": Text(f"answer.units_{self.unit}"), "since": since}
        shown |= {"level": self.level, "step": step_word(self.step)}
        return Text(self._key(), **names, **shown, **numbers, **sides, who=who)

    def _key(self) -> str:
        """Which sentence: direction or none, causal or not, contrast or slope."""
        assert self.value is not None
        if not self.causal:
            return "causal.say_naive" if self.arms else "causal.say_naive_slope"
        way = ("more" if self.value > 0 else "less") if self.excludes_zero else "none"
        return f"causal.say_{way}" if self.arms else f"causal.say_{way}_slope"

    @property
    def others(self) -> tuple[Estimate, ...]:
        """What other estimators that adjust say; what only checks another is not heard again."""
        rows = [] if "refused" not in self.rows else self.rows.to_dict("records")
        names = ESTIMATORS.where(causal=True, checks=None)
        return tuple(
            Estimate(value=float(row["value"]), low=float(row["low"]), high=float(row["high"]))
            for row in rows
            if row["estimator"] in names
            and row["estimator"] != self.estimator
            and not row["refused"]
        )

    @property
    def light(self) -> Light:
        """Whether it can be believed, by the rule of `causalrec.causal.effects.light`."""
        grounds = Grounds(
            lead=self,
            others=self.others,
            causal=self.causal,
            adjustment=self.adjustment,
            extreme=self.extreme_share,
            effective=self.effective_n,
            balance=self.balance,
            refutations=self.refutations,
            hidden=self.hidden,
            besides=self.instruments or self.mediators,
        )
        return traffic_light(grounds)

    def summary(self, lang: str = "en") -> str:
        """The answer as one sentence with interval and n, and what would explain it away."""
        said = as_sentence(self.sentence.to(lang), lang)
        if self.hidden is None or not self.excludes_zero:
            return said
        hidden = self.hidden.sentence.to(lang)
        lower = f"{hidden[:1].lower()}{hidden[1:]}"
        return Text("causal.say_hidden", said=said.rstrip(".。"), hidden=lower).to(lang)


def step_word(step: float | None) -> str:
    """How much more a sentence speaks of: "20", "0.5", "1,000"."""
    return f"{step or 1.0:,.10g}"
