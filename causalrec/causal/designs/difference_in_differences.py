"""The change of the treated less the change of those who were not, from one date on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from causalrec.causal.designs import DESIGNS
from causalrec.causal.designs.contrasts import Contrasts, contrast, estimated
from causalrec.causal.designs.design import Design, DesignQuery, Placebo, placebo_frame
from causalrec.causal.designs.design_effect import DesignEffect
from causalrec.causal.designs.event_study import PreTrend, event_frame, path_frame, slopes
from causalrec.causal.designs.panel import Panel, panel_of, said_time
from causalrec.causal.rows.arms import Refusal
from causalrec.core.seeds import generator
from causalrec.core.words import Text

__all__ = ["FEW", "DifferenceInDifferences", "few_flags"]

FEW = 10
"""Units of a group below which its spread is hardly known."""
_DRAWS, _MOST = 199, 2_000


class DifferenceInDifferences(Design):
    """Mean after less mean before of each unit; the treated's mean of that less the others'.

    Each unit counts once, with its change, so that errors that go on in time do no harm
    (Bertrand, Duflo and Mullainathan, 2004); the interval is Welch's by group, by cluster where
    units were treated together.
    """

    name = "difference-in-differences"
    source = "Card and Krueger, 1994; Bertrand, Duflo and Mullainathan, 2004"
    needs = ("unit", "time", "treated|treatment", "start|treatment")
    assumptions = (
        "causal.design_assume_parallel",
        "causal.design_assume_ahead",
        "causal.design_assume_spill",
        "causal.design_assume_units",
    )
    placebos = ("time", "space")

    def effect(self, frame: pd.DataFrame, query: DesignQuery) -> DesignEffect:
        """The answer, its path, its event study and its placebos."""
        groups = _Groups(panel_of(frame, query), query)
        groups.check()
        panel, main, event = groups.panel, groups.main, groups.event
        value, reach = float(main.value[0]), float(main.reach[0])
        after = np.arange(len(panel.times)) >= groups.start
        observed = panel.outcome[groups.treated].mean(axis=0)
        trend = groups.trend
        flags = [*panel.flags, *few_flags(groups.treated, panel, groups.control)]
        flags += trend.flags(value, clear=abs(value) > reach) if trend else [
            Text("causal.design_flag_no_before")
        ]  # fmt: skip
        return DesignEffect(
            value=value, low=value - reach, high=value + reach, se=float(main.se[0]),
            p=float(main.p[0]), level=query.level, n=len(panel.units),
            n_treated=int(groups.treated.sum()), times=len(panel.times), flags=tuple(flags),
            outcome_kind="share" if panel.share else "mean",
            start=said_time(panel.times[groups.start]),
            baseline=float(observed[after].mean()) - value,
            total=value * after.sum(), total_low=(value - reach) * after.sum(),
            total_high=(value + reach) * after.sum(),
            path=path_frame([said_time(one) for one in panel.times], observed, event, after),
            event=event_frame(np.arange(len(after)) - groups.start, event,
                              generator(query.seed, "band")),
            placebos=placebo_frame(groups.placebos()), unseen=trend.unseen if trend else None,
            **self.facts(query),
        )  # fmt: skip


def few_flags(treated: np.ndarray, panel: Panel, control: np.ndarray) -> list[Text]:
    """The flag that says that a group has few clusters.

    Args:
        treated: who, bool (N,).
        panel: the units.
        control: who is compared, bool (N,).
    """
    sizes = [len(np.unique(panel.cluster[group])) for group in (treated, control)]
    if min(sizes) >= FEW:
        return []
    return [Text("causal.design_flag_few_units", n_treated=sizes[0], n_control=sizes[1])]


@dataclass(frozen=True, eq=False)
class _Groups:
    """A panel with one date."""

    panel: Panel
    query: DesignQuery

    @property
    def treated(self) -> np.ndarray:
        return ~self.panel.never

    @property
    def control(self) -> np.ndarray:
        return self.panel.never

    @property
    def start(self) -> int:
        return int(self.panel.first.min())

    def check(self) -> None:
        """Refuse what is no design of two groups and one date.

        Raises:
            Refusal: there are several dates, or a group has one unit.
        """
        if len(np.unique(self.panel.first[self.treated])) > 1:
            raise Refusal(Text("causal.design_refuse_dates", other=_several().word()))
        sizes = [
            len(np.unique(self.panel.cluster[group])) for group in (self.treated, self.control)
        ]
        if sizes[1] < 2:
            raise Refusal(Text("causal.design_refuse_control", n=sizes[1]))
        if sizes[0] < 2:
            raise Refusal(Text("causal.design_refuse_treated", n=sizes[0]))
        if min(sizes) - 1 - self.panel.covariates.shape[1] < 1:
            raise Refusal(Text("causal.design_refuse_covariates"))

    def compare(self, change: np.ndarray) -> Contrasts:
        """Changes (N, K) of the treated less the others'."""
        panel = self.panel
        value, influence = contrast(change, self.treated, self.control, panel.covariates)
        groups = (panel.never.astype(int), panel.cluster)
        return estimated(value, influence, groups, level=self.query.level,
                         lost=panel.covariates.shape[1])  # fmt: skip

    @cached_property
    def change(self) -> np.ndarray:
        """Each unit's mean after less its mean before, (N, 1)."""
        y = self.panel.outcome
        gap = y[:, self.start :].mean(axis=1) - y[:, : self.start].mean(axis=1)
        return np.asarray(gap[:, None])

    @cached_property
    def main(self) -> Contrasts:
        """The answer."""
        return self.compare(self.change)

    @cached_property
    def event(self) -> Contrasts:
        """Every time against the mean before."""
        y = self.panel.outcome
        return self.compare(y - y[:, : self.start].mean(axis=1, keepdims=True))

    @cached_property
    def trend(self) -> PreTrend | None:
        """Whether the groups went apart before; None with one time before."""
        before = self.panel.outcome[:, : self.start]
        if self.start < 2:
            return None
        span = len(self.panel.times) / 2
        return PreTrend.of(self.compare(slopes(before)), span, self.event.p[: self.start])

    def placebos(self) -> list[Placebo]:
        """An earlier date, and groups of those who were not treated."""
        found = []
        if self.start >= 2:
            cut = self.start - max(1, self.start // 3)
            y = self.panel.outcome
            fake = y[:, cut : self.start].mean(axis=1) - y[:, :cut].mean(axis=1)
            one = self.compare(fake[:, None])
            value, reach = float(one.value[0]), float(one.reach[0])
            ends = (value - reach, value + reach, float(one.p[0]))
            day = said_time(self.panel.times[cut])
            found.append(Placebo("time", value, *ends, passes=abs(value) <= reach, about=day))
        return [*found, *self._space()]

    def _space(self) -> list[Placebo]:
        """Random groups of the untreated as if treated: where such answers lie.

        Studentised, so that groups of unequal size can be compared; the answer passes where it
        is unclear anyway, or lies outside of `level` of them.
        """
        rng = generator(self.query.seed, "space")
        x = np.column_stack([np.ones(len(self.change)), self.panel.covariates])[self.control]
        y = self.change[self.control, 0]
        left = (y - x @ (np.linalg.pinv(x) @ y))[rng.permutation(len(y))[:_MOST]]
        few = min(int(self.treated.sum()), len(left) // 2)
        if few < 2 or len(left) < 6:
            return []
        chosen = left[np.argsort(rng.random((_DRAWS, len(left))), axis=1)]
        parts = (chosen[:, :few], chosen[:, few:])
        gap = parts[0].mean(axis=1) - parts[1].mean(axis=1)
        error = np.sqrt(sum(part.var(axis=1, ddof=1) / part.shape[1] for part in parts))
        main = self.main
        ratio = abs(main.value[0]) / main.se[0] if main.se[0] > 0 else 0.0
        p = float((1 + (np.abs(gap) >= ratio * error).sum()) / (_DRAWS + 1))
        tail = (1 - self.query.level) / 2
        low, high = np.quantile(gap, [tail, 1 - tail])
        unclear = abs(main.value[0]) <= main.reach[0]
        passes = bool(unclear or p <= 1 - self.query.level)
        return [Placebo("space", float(gap.mean()), float(low), float(high), p, passes)]


def _several() -> type[Design]:
    """The design for units that are treated at dates of their own."""
    return next(one for one in DESIGNS.values() if one.dates)
