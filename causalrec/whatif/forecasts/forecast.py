"""What an intervention would do, said by one method; and several methods side by side."""

from __future__ import annotations

from typing import Literal

import pandas as pd

from causalrec.core.results.agreement import Agreement, agreement
from causalrec.core.results.asked import Asked
from causalrec.core.results.measure import Measure
from causalrec.core.results.result import Estimate, Result
from causalrec.core.words import Text
from causalrec.data.dataset.outcomes import Outcome, outcome_named
from causalrec.whatif.changes.metric_kinds import measure
from causalrec.whatif.changes.sources import (
    EFFECT,
    Method,
    brackets,
    kind_of,
    methods,
    source_word,
)

__all__ = ["Forecast", "ForecastSet"]


class Forecast(Result):
    """One method's answer for one outcome.

    Attributes:
        method: one of `causalrec.whatif.changes.sources.methods`.
        outcome: an outcome of the log, per impression or per user as `unit` says.
        about: what the log says of the outcome; None: what its name tells.
        unit: "impression" or "user".
        before, after, change: what is, what would be, and the difference with its own interval.
        refused: whether the method gives no answer, with its `reason`.
        applies: False where the method is not meant for this intervention or this log at all.
        assumptions: what must hold for the answer to be right.
        effective_n: effective sample size in rows, for off-policy methods.
        chosen: whether a person chose this method to lead.
    """

    method: Method
    outcome: str
    about: Outcome | None = None
    unit: Literal["impression", "user"] = "impression"
    before: Estimate = Estimate()
    after: Estimate = Estimate()
    change: Estimate = Estimate()
    refused: bool = False
    applies: bool = True
    reason: Text | None = None
    assumptions: tuple[Text, ...] = ()
    effective_n: float | None = None
    chosen: bool = False

    @classmethod
    def none(
        cls,
        method: str,
        outcome: str,
        reason: Text,
        *,
        applies: bool = True,
        about: Outcome | None = None,
    ) -> Forecast:
        """A refusal."""
        empty = Estimate(refused=True, reason=reason)
        return cls(
            method=method,
            outcome=outcome,
            about=about,
            before=empty,
            after=empty,
            change=empty,
            refused=True,
            applies=applies,
            reason=reason,
        )

    @property
    def label(self) -> Text:
        """The method's name in words."""
        return source_word(self.method, "method")

    @property
    def kind(self) -> str:
        """The kind of method, one of `causalrec.whatif.changes.sources.KINDS`."""
        return kind_of(self.method)

    @property
    def bracket(self) -> bool:
        """Whether its interval leaves a model's error out: shown beside others, never alone."""
        return brackets(self.method)

    @property
    def word(self) -> Text | str:
        """The outcome within a sentence."""
        return (self.about or outcome_named(self.outcome)).word

    def measure(self, currency: str = "") -> Measure:
        """What it measures: its name, its unit, how its amounts are written."""
        return measure(self.outcome, per=self.unit, about=self.about, currency=currency)

    @property
    def head(self) -> Text:
        """What its figures are, at the beginning of a sentence: "Click rate"."""
        return self.measure().name

    def shown(
        self,
        value: float | None,
        *,
        signed: bool = False,
        currency: str = "",
        bare: bool = False,
    ) -> Text | str:
        """A value (signed: a change) as people read it (`Measure.amount`)."""
        measure = self.measure(currency)
        decimals = measure.fitting(self.change) if signed else None
        return measure.amount(value, signed=signed, bare=bare, decimals=decimals)

    def to_frame(self) -> pd.DataFrame:
        """One row: method, outcome, unit, before, after, change, low, high, level, n, reason."""
        return pd.DataFrame(
            [
                {
                    "method": self.method,
                    "outcome": self.outcome,
                    "unit": self.unit,
                    "before": self.before.value,
                    "after": self.after.value,
                    "change": self.change.value,
                    "low": self.change.low,
                    "high": self.change.high,
                    "level": self.change.level,
                    "n": self.change.n,
                    "effective_n": self.effective_n,
                    "refused": self.refused,
                    "reason": None if self.reason is None else str(self.reason),
                }
            ]
        )

    def summary(self, lang: str = "en") -> str:
        """The answer as one plain sentence."""
        names = {"method": self.label, "outcome": self.word}
        if self.refused or self.change.value is None:
            return Text("whatif.forecast_refused", reason=self.reason, **names).to(lang)
        return Text(
            "whatif.forecast_summary",
            zero=_zero(self.change),
            change=self.shown(self.change.value, signed=True),
            low=self.shown(self.change.low, signed=True),
            high=self.shown(self.change.high, signed=True),
            level=self.change.level,
            before=self.shown(self.before.value),
            after=self.shown(self.after.value),
            n=self.change.n,
            method=self.label,
            outcome=self.head,
        ).to(lang)


class ForecastSet(Result):
    """Every method's answer to one scenario, never merged into one number.

    Attributes:
        scenario: its name.
        before, after: what is compared, in words.
        forecasts: one a method and outcome.
        temperature: of the model's policy, where a model is used.
        currency: of money.
        whom: whom the changes concern; None: everybody. since: from which date; None: no date
            divides. asked: the parameters that were asked.
    """

    scenario: str
    before: Text
    after: Text
    forecasts: tuple[Forecast, ...]
    temperature: float | None = None
    outcomes: tuple[str, ...] = ()
    currency: str = ""
    whom: Text | None = None
    since: str | None = None
    asked: Asked | None = None

    def of(self, outcome: str) -> tuple[Forecast, ...]:
        """The forecasts of one outcome, in the order of `sources.methods`."""
        mine = [f for f in self.forecasts if f.outcome == outcome]
        return tuple(sorted(mine, key=lambda f: methods().index(f.method)))

    def agreement(self, outcome: str) -> Agreement:
        """How the kinds of method stand to each other, each by the forecast that leads it.

        By the rule of `causalrec.core.results.agreement`: an overlap alone is no agreement.
        """
        return agreement([one.change for one in self.answers(outcome)])

    def answers(self, outcome: str) -> tuple[Forecast, ...]:
        """One forecast a kind of method that answers: of the off-policy ones the chosen or first.

        A method that trusts a model of the outcome is none of them: it brackets the others.
        """
        leading: dict[str, Forecast] = {}
        answering = [f for f in self.of(outcome) if not f.refused and not f.bracket]
        for forecast in sorted(answering, key=lambda f: not f.chosen):
            leading.setdefault(forecast.kind, forecast)
        return tuple(sorted(leading.values(), key=lambda f: methods().index(f.method)))

    def sentence(self, outcome: str) -> Text:
        """An outcome's change by every kind of method that answers, and whether they agree."""
        answers = self.answers(outcome)
        agreement = Text(f"whatif.agreement_{self.agreement(outcome).replace(' ', '_')}")
        if not answers:
            forecasts = self.of(outcome)
            name = forecasts[0].head if forecasts else measure(outcome).name
            return Text("whatif.set_cannot_tell", outcome=name, agreement=agreement)
        said = [_said(forecast, self.currency) for forecast in answers]
        joined = said[0]
        for one in said[1:]:
            joined = Text("whatif.set_answers", first=joined, second=one)
        return Text(
            "whatif.set_summary", outcome=answers[0].head, answers=joined, agreement=agreement
        )

    def refusals(self, outcome: str) -> tuple[Text, ...]:
        """Why each kind of method that is meant for this scenario and gives no answer does not."""
        answering = {f.kind for f in self.answers(outcome)}
        mute = [f for f in self.of(outcome) if f.refused and f.applies]
        if not mute and not answering:  # nothing is meant for this log: say why
            mute = [f for f in self.of(outcome) if f.kind != EFFECT]
        reasons: dict[str, Text] = {}
        for forecast in mute:
            if forecast.kind in answering:
                continue
            method = source_word(forecast.method, "said")
            reason = Text("whatif.set_refused", method=method, reason=forecast.reason)
            reasons.setdefault(forecast.kind, reason)
        return tuple(reasons.values())

    def to_frame(self) -> pd.DataFrame:
        """One row a method and outcome."""
        return pd.concat([f.to_frame() for f in self.forecasts], ignore_index=True)

    def summary(self, lang: str = "en") -> str:
        """One sentence an outcome: each method's change with its interval, and how they agree.

        Shares are in percentage points, money is per 1,000 impressions (or per user), other
        numbers in the outcome's unit; a method that is meant for the scenario and refuses says why.
        """
        texts = [t for o in self.outcomes for t in (self.sentence(o), *self.refusals(o))]
        return ("" if lang == "zh" else " ").join(text.to(lang) for text in texts)


def _said(forecast: Forecast, currency: str) -> Text:
    """A method's change with its interval, as figures a person reads."""
    method = source_word(forecast.method, "said")
    change = forecast.change
    value = forecast.shown(change.value, signed=True, currency=currency)
    if change.low is None or change.high is None:
        return Text("whatif.set_answer_bare", method=method, change=value)
    sides = {"low": change.low, "high": change.high}
    shown = {name: forecast.shown(end, signed=True, bare=True) for name, end in sides.items()}
    return Text("whatif.set_answer", method=method, change=value, zero=_zero(change), **shown)


def _zero(change: Estimate) -> Text | str:
    """What stands behind an interval that includes 0."""
    exact = (change.low, change.high) == (0, 0)
    return "" if change.excludes_zero or exact else Text("whatif.includes_zero")
