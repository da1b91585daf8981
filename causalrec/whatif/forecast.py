"""What an intervention would do, said by one method; and several methods side by side."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import numpy as np
import pandas as pd

from causalrec.core.result import Estimate, Result
from causalrec.core.words import Text

__all__ = ["METHODS", "Agreement", "Forecast", "ForecastSet", "mean_estimate"]

METHODS = ("effect", "off-policy-ips", "off-policy-snips", "simulator")
Agreement = Literal["agree", "disagree", "one", "cannot tell"]
_FAMILY = {"off-policy-ips": "off-policy", "off-policy-snips": "off-policy"}


class Forecast(Result):
    """One method's answer for one outcome.

    Attributes:
        method: one of `METHODS`.
        outcome: "click", "purchase" or "revenue" (money), per impression or per user as `unit`
            says; other names are outcomes of the log.
        unit: "impression" or "user".
        before, after, change: what is, what would be, and the difference with its own interval.
        refused: whether the method gives no answer, with its `reason`.
        applies: False where the method is not meant for this intervention or this log at all.
        assumptions: what must hold for the answer to be right.
        effective_n: effective sample size in rows, for off-policy methods.
    """

    method: str
    outcome: str
    unit: Literal["impression", "user"] = "impression"
    before: Estimate = Estimate()
    after: Estimate = Estimate()
    change: Estimate = Estimate()
    refused: bool = False
    applies: bool = True
    reason: Text | None = None
    assumptions: tuple[Text, ...] = ()
    effective_n: float | None = None

    @classmethod
    def none(cls, method: str, outcome: str, reason: Text, *, applies: bool = True) -> Forecast:
        """A refusal."""
        empty = Estimate(refused=True, reason=reason)
        return cls(
            method=method,
            outcome=outcome,
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
        return Text(f"whatif.method_{self.method.replace('-', '_')}")

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
        names = {"method": self.label, "outcome": outcome_word(self.outcome)}
        if self.refused or self.change.value is None:
            return Text("whatif.forecast_refused", reason=self.reason, **names).to(lang)
        return Text(
            "whatif.forecast_summary",
            change=self.change.value,
            low=self.change.low,
            high=self.change.high,
            level=self.change.level,
            before=self.before.value,
            after=self.after.value,
            unit=Text(f"whatif.unit_{self.unit}"),
            n=self.change.n,
            **names,
        ).to(lang)


class ForecastSet(Result):
    """Every method's answer to one scenario, never merged into one number.

    Attributes:
        scenario: its name.
        before, after: what is compared, in words.
        forecasts: one a method and outcome.
        temperature: of the model's policy, where a model is used.
    """

    scenario: str
    before: Text
    after: Text
    forecasts: tuple[Forecast, ...]
    temperature: float | None = None
    outcomes: tuple[str, ...] = ()

    def of(self, outcome: str) -> tuple[Forecast, ...]:
        """The forecasts of one outcome, in the order of `METHODS`."""
        return tuple(f for f in self.forecasts if f.outcome == outcome)

    def agreement(self, outcome: str) -> Agreement:
        """How the methods stand to each other.

        "agree": at least two kinds of method answer and every pair of intervals overlaps.
        "disagree": two kinds answer and their intervals do not overlap, or both exclude 0 with
        opposite signs. "one": one kind answers. "cannot tell": none does.
        """
        answers = [f for f in self.of(outcome) if not f.refused]
        kinds = {_FAMILY.get(f.method, f.method) for f in answers}
        if not answers:
            return "cannot tell"
        if len(kinds) == 1:
            return "one"
        apart = any(_apart(a.change, b.change) for a, b in _pairs(answers))
        return "disagree" if apart else "agree"

    def answers(self, outcome: str) -> tuple[Forecast, ...]:
        """One forecast a kind of method that answers; within a kind, the self-normalised one."""
        told = {f.method: f for f in self.of(outcome) if not f.refused}
        if "off-policy-snips" in told:
            told.pop("off-policy-ips", None)
        return tuple(told[method] for method in METHODS if method in told)

    def sentence(self, outcome: str) -> Text:
        """An outcome's change by every kind of method that answers, and whether they agree."""
        told = self.answers(outcome)
        agreement = Text(f"whatif.agreement_{self.agreement(outcome).replace(' ', '_')}")
        unit = told[0].unit if told else "impression"
        names = {"outcome": outcome_head(outcome, unit), "agreement": agreement}
        if not told:
            return Text("whatif.set_cannot_tell", **names)
        said = [_said(forecast) for forecast in told]
        joined = said[0]
        for one in said[1:]:
            joined = Text("whatif.set_answers", first=joined, second=one)
        return Text("whatif.set_summary", answers=joined, **names)

    def refusals(self, outcome: str) -> tuple[Text, ...]:
        """Why each kind of method that is meant for this scenario and gives no answer does not."""
        answering = {_FAMILY.get(f.method, f.method) for f in self.answers(outcome)}
        mute = [f for f in self.of(outcome) if f.refused and f.applies]
        if not mute and not answering:  # nothing is meant for this log: say why
            mute = [f for f in self.of(outcome) if f.method != "effect"]
        reasons: dict[str, Text] = {}
        for forecast in sorted(mute, key=lambda f: f.method == "off-policy-ips"):
            kind = _FAMILY.get(forecast.method, forecast.method)
            if kind in answering:
                continue
            method = Text(f"whatif.said_{forecast.method.replace('-', '_')}")
            told = Text("whatif.set_refused", method=method, reason=forecast.reason)
            reasons.setdefault(kind, told)
        return tuple(reasons.values())

    def to_frame(self) -> pd.DataFrame:
        """One row a method and outcome."""
        return pd.concat([f.to_frame() for f in self.forecasts], ignore_index=True)

    def summary(self, lang: str = "en") -> str:
        """One sentence an outcome: each method's change with its interval, and how they agree.

        Clicks and purchases are in percentage points, money is per 1,000 impressions (or per
        user); a method that is meant for the scenario and refuses says why.
        """
        told = [t for o in self.outcomes for t in (self.sentence(o), *self.refusals(o))]
        return ("" if lang == "zh" else " ").join(text.to(lang) for text in told)


def _said(forecast: Forecast) -> Text:
    """A method's change with its interval, as figures a person reads."""
    method = Text(f"whatif.said_{forecast.method.replace('-', '_')}")
    change = forecast.change
    scale, digits = 1.0, "+.3g"
    if forecast.outcome in ("click", "purchase"):
        scale, digits = 100.0, "+.2f"
    elif forecast.outcome == "revenue" and forecast.unit == "impression":
        scale, digits = 1000.0, "+,.1f"

    def shown(value: float | None) -> str:
        return "" if value is None else f"{scale * value:{digits}}".replace("-", "\u2212")

    value: Text | str = shown(change.value)
    if scale == 100.0:
        value = Text("whatif.points", value=value)
    if change.low is None or change.high is None:
        return Text("whatif.set_answer_bare", method=method, change=value)
    sides = {"low": shown(change.low), "high": shown(change.high)}
    return Text("whatif.set_answer", method=method, change=value, **sides)


def outcome_head(outcome: str, unit: str = "impression") -> Text | str:
    """An outcome at the beginning of a sentence, with what its figures are about."""
    if outcome not in ("click", "purchase", "revenue"):
        return outcome
    return Text(f"whatif.head_{outcome}" + ("_user" if unit == "user" else ""))


def outcome_word(outcome: str) -> Text | str:
    """An outcome with a known meaning in words, any other under its own name."""
    known = {"click", "purchase", "revenue"}
    return Text(f"whatif.outcome_{outcome}") if outcome in known else outcome


def _pairs(answers: list[Forecast]) -> Iterable[tuple[Forecast, Forecast]]:
    for i, a in enumerate(answers):
        for b in answers[i + 1 :]:
            if _FAMILY.get(a.method, a.method) != _FAMILY.get(b.method, b.method):
                yield a, b


def _apart(a: Estimate, b: Estimate) -> bool:
    if a.low is None or a.high is None or b.low is None or b.high is None:
        return False
    return a.high < b.low or b.high < a.low


def mean_estimate(values: np.ndarray, cluster: np.ndarray | None = None) -> Estimate:
    """Mean of values (n,) with a 95 % interval, rows of a cluster free to depend on each other."""
    from causalrec.whatif.ope.interval import clustered_interval

    codes = np.arange(len(values)) if cluster is None else cluster
    value, low, high = clustered_interval(np.asarray(values, dtype=float), codes)
    return Estimate(value=value, low=low, high=high, n=len(values))
