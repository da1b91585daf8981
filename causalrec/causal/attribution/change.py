"""What moved a metric: its change split among the mechanisms of a graph."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from pydantic import Field

from causalrec.causal.effects.effect import Effect
from causalrec.core.results.measure import Measure, Per
from causalrec.core.results.result import Estimate, Frame
from causalrec.core.words import Text
from causalrec.core.words.lists import as_sentence
from causalrec.data.dataset.outcomes import Outcome

__all__ = ["MECHANISMS", "ChangeAttribution"]

MECHANISMS = ("linear", "boosted")
"""How a node follows from its causes: straight lines, or gradient boosting."""
MANY = 2
"""Causes that are named where a mechanism is said; of more it is said that they are its causes."""
COLUMNS = ("mechanism", "nodes", "given", "value", "low", "high", "share")


class ChangeAttribution(Estimate):
    """The change of a metric's mean between two periods or segments, and its parts.

    Attributes:
        metric: column; `outcome_kind`: "share" for a 0/1 metric, else "mean".
        before, after: names of the two; `mean_before`, `mean_after`: of the metric.
        value, low, high: the change of the mean.
        mechanisms: of `MECHANISMS`.
        rows: one row a mechanism, the largest part first: mechanism (names of its nodes), nodes
            (how many), given (what it follows from; "" for what nothing in the graph causes),
            value, low, high (what it adds to the change; None where no interval is known), share
            (of the change). The values sum to the change. What models of the mechanisms leave
            unexplained has a row of its own, whose mechanism is "".
        units: independent units that the intervals rest on; `n`: rows of both.
        unit, about, currency: as of an `Effect`.
    """

    metric: str
    outcome_kind: str = "mean"
    before: str = ""
    after: str = ""
    mean_before: float | None = None
    mean_after: float | None = None
    mechanisms: str = MECHANISMS[0]
    rows: Frame = Field(default_factory=lambda: pd.DataFrame(columns=list(COLUMNS)))
    units: int = 0
    unit: Per = "row"
    about: Outcome | None = None
    currency: str = ""

    @property
    def measure(self) -> Measure:
        """What the metric measures."""
        kept = ("outcome_kind", "unit", "about", "currency")
        parts = {name: getattr(self, name) for name in kept}
        return Effect(outcome=self.metric, **parts).measure

    @property
    def clear(self) -> pd.DataFrame:
        """The mechanisms whose part is not 0 for sure, the largest first."""
        low, high = (pd.to_numeric(self.rows[end]) for end in ("low", "high"))
        return self.rows[(low > 0) | (high < 0)]

    def amount(self, row: Mapping[str, Any] | pd.Series) -> Text:
        """A part, or the change itself, with its interval."""
        one = Estimate(value=row["value"], low=row["low"], high=row["high"])
        amount = self.measure.amount
        if one.low is None or pd.isna(one.low):
            return Text("causal.change_alone", value=amount(one.value, signed=True))
        decimals = self.measure.decimals(one)
        return Text(
            "causal.change_amount",
            value=amount(one.value, signed=True, decimals=decimals),
            low=amount(one.low, signed=True, bare=True, decimals=decimals),
            high=amount(one.high, signed=True, decimals=decimals),
            level=self.level,
        )

    @property
    def sentence(self) -> Text:
        """How far the metric moved, and what most of it comes from."""
        measure = self.measure
        names: dict[str, Any] = {"metric": measure.said}
        if self.refused or self.value is None:
            return Text("causal.change_refused", **names, reason=self.reason or "")
        names |= {
            "before": measure.amount(self.mean_before),
            "after": measure.amount(self.mean_after),
            "size": self.amount({"value": self.value, "low": self.low, "high": self.high}),
            "n": self.n,
        }
        clear = self.clear[self.clear["mechanism"] != ""]
        if not len(clear):
            return Text("causal.change_open", **names)
        first = clear.iloc[0]
        why = said_of(str(first["mechanism"]), str(first["given"]))
        key = "causal.change_one" if len(clear) == 1 else "causal.change_most"
        return Text(key, **names, why=why, part=self.amount(first), more=len(clear) - 1)

    def summary(self, lang: str = "en") -> str:
        """The sentence."""
        return as_sentence(self.sentence.to(lang), lang)

    def to_frame(self) -> pd.DataFrame:
        """One row a mechanism, with the change of which it is a part."""
        return self.rows.assign(change=self.value)


def said_of(mechanism: str, given: str) -> Text:
    """What changed, in words: how a node is spread, or how it follows from its causes."""
    if not mechanism:
        return Text("causal.change_left")
    if not given:
        return Text("causal.change_spread", name=mechanism)
    if given.count(", ") >= MANY:
        return Text("causal.change_causes", name=mechanism)
    return Text("causal.change_follows", name=mechanism, given=given)
