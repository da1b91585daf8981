"""The answer of a design: the effect, the path without it, and what tried to break it."""

from __future__ import annotations

import pandas as pd
from pydantic import Field

from causalrec.core.results.measure import Measure, Per
from causalrec.core.results.result import Estimate, Frame
from causalrec.core.words import Text, worded
from causalrec.core.words.lists import as_sentence
from causalrec.data.dataset.outcome_measure import outcome_measure, outcome_of_values
from causalrec.data.dataset.outcomes import Outcome

__all__ = ["EVENT", "PATH", "PLACEBOS", "DesignEffect", "placebo_name"]

PATH = ("at", "observed", "counterfactual", "low", "high", "after")
PLACEBOS = ("placebo", "about", "value", "low", "high", "p", "passes")
EVENT = ("since", "value", "low", "high", "band_low", "band_high", "p")


def _path() -> pd.DataFrame:
    return pd.DataFrame(columns=list(PATH))


def _placebos() -> pd.DataFrame:
    return pd.DataFrame(columns=list(PLACEBOS))


def _event() -> pd.DataFrame:
    return pd.DataFrame(columns=list(EVENT))


class DesignEffect(Estimate):
    """The average effect on who was treated, from the date (or at the cutoff) on.

    Attributes:
        design: whose answer it is, a name in `DESIGNS`.
        outcome: column; `about`: what the log says of it; `outcome_kind`: "share" for a 0/1
            outcome, else "mean"; `unit`, `currency`: as of an `Effect`.
        start: the date, or the cutoff, as it prints; "" where units have dates of their own.
        running: the column that decides at a cutoff; "" where it is time.
        se: standard error; None where the interval is no multiple of one.
        p: chance of so large an answer without an effect; None where the interval tells it.
        n: units that it rests on (times of one series, rows near a cutoff); `n_treated`: of them
            treated, 0 where it is one series; `times`: moments observed.
        baseline: mean outcome of the treated without the treatment.
        total, total_low, total_high: the effect summed over the times after; None where a sum
            means nothing.
        fit: how far the counterfactual is from what was observed before (root mean square);
            None where it fits by construction.
        path: one row a time: at, observed, counterfactual, low, high (of the counterfactual),
            after (whether it is after the start).
        event: one row a time since the start: since, value, low, high, band_low, band_high (that
            hold all of them at once), p.
        placebos: one row an attempt: placebo, about, value, low, high, p, passes.
        unseen: how far a trend that would have been missed one time in five could have moved
            the answer; None where no trend was looked for.
        weights: one row a unit: name, weight of it in the counterfactual.
        estimand, assumptions: what is estimated and what must hold, in words.
        name: under which it is kept.
        flags: by name: "pre-trends", "few-units", "gaps" and what else the words say.
    """

    design: str = ""
    outcome: str = ""
    about: Outcome | None = None
    outcome_kind: str = "mean"
    unit: Per = "row"
    currency: str = ""
    start: str = ""
    running: str = ""
    se: float | None = None
    p: float | None = None
    n_treated: int = 0
    times: int = 0
    baseline: float | None = None
    total: float | None = None
    total_low: float | None = None
    total_high: float | None = None
    fit: float | None = None
    path: Frame = Field(default_factory=_path)
    event: Frame = Field(default_factory=_event)
    placebos: Frame = Field(default_factory=_placebos)
    unseen: float | None = None
    weights: Frame = Field(default_factory=pd.DataFrame)
    estimand: Text | None = None
    assumptions: tuple[Text, ...] = ()
    name: str = ""

    @property
    def failed(self) -> tuple[str, ...]:
        """The placebos that found an effect where there is none."""
        broken = self.placebos.loc[~self.placebos["passes"].astype(bool), "placebo"]
        return tuple(dict.fromkeys(broken))

    @property
    def measure(self) -> Measure:
        """What its outcome measures: name, unit, how its amounts are written."""
        about = outcome_of_values(self.about, self.outcome, self.outcome_kind)
        return outcome_measure(about, self.unit, self.currency)

    @property
    def when(self) -> Text:
        """From when on, or where, it is said to work."""
        if self.running:
            return Text("causal.design_at", running=self.running, cutoff=self.start)
        if not self.start:
            return Text("causal.design_each")
        return Text("causal.design_from", start=self.start)

    @property
    def sentence(self) -> Text:
        """The answer as one sentence."""
        said = self.measure.said
        if self.refused or self.value is None:
            return Text("causal.design_say_refused", outcome=said, reason=self.reason or "")
        facts = {"when": self.when, "outcome": said, "level": self.level, **self._size()}
        if self.low is None or self.high is None:
            return Text("causal.design_say_p", **facts, p=1.0 if self.p is None else self.p)
        way = ("more" if self.value > 0 else "less") if self.excludes_zero else "none"
        return Text(f"causal.design_say_{way}", **facts)

    def _size(self) -> dict[str, object]:
        """The numbers of the sentence as people read them."""
        measure, decimals = self.measure, self.measure.decimals(self)
        return {
            "size": measure.distance(self.value or 0.0, decimals),
            "signed": measure.amount(self.value, signed=True, decimals=decimals),
            "low": measure.amount(self.low, signed=True, bare=True, decimals=decimals),
            "high": measure.amount(self.high, signed=True, decimals=decimals),
            "whose": Text("causal.design_of_treated") if self.n_treated else "",
            "counted": self._counted,
        }

    @property
    def _counted(self) -> Text:
        """What it rests on: units, rows near a cutoff, or times of one series."""
        form = "rows" if self.running else "units" if self.n_treated else "times"
        return Text(f"causal.design_counted_{form}", n=self.n, n_treated=self.n_treated)

    def summary(self, lang: str = "en") -> str:
        """The answer as one sentence, with its interval (or p-value) and n."""
        return as_sentence(self.sentence.to(lang), lang)

    def to_frame(self) -> pd.DataFrame:
        """The average effect, and the sum of effects where there is one: one row each."""
        about = {"design": self.design, "outcome": self.outcome}
        ends = {"level": self.level, "n": self.n, "p": self.p, "refused": self.refused}
        mean = {"value": self.value, "low": self.low, "high": self.high}
        rows = [{**about, "figure": "average", **mean, **ends}]
        if self.total is not None:
            sums = {"value": self.total, "low": self.total_low, "high": self.total_high}
            rows.append({**about, "figure": "total", **sums, **ends})
        return pd.DataFrame(rows)


def placebo_name(placebo: str, about: str) -> Text:
    """A placebo in words, with what it is about: "An earlier start (2026-03-01)"."""
    word = worded("causal.placebo_", placebo)
    if not about:
        return Text("answer.as_is", value=word)
    return Text("causal.design_placebo_about", placebo=word, about=about)
