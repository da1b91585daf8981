"""Units that are treated at dates of their own, compared with those who are not treated (yet)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd

from causalrec.causal.designs.contrasts import Contrasts, contrast, estimated
from causalrec.causal.designs.design import CONTROLS, Design, DesignQuery, Placebo, placebo_frame
from causalrec.causal.designs.design_effect import DesignEffect
from causalrec.causal.designs.difference_in_differences import few_flags
from causalrec.causal.designs.event_study import PreTrend, event_frame, path_frame
from causalrec.causal.designs.panel import Panel, panel_of, said_time
from causalrec.causal.rows.arms import Refusal
from causalrec.core.seeds import generator
from causalrec.core.words import Text

__all__ = ["StaggeredAdoption"]

_DRAWS, _MOST = 39, 300


class StaggeredAdoption(Design):
    """Effects by cohort and time against clean controls, averaged by the cohorts' sizes.

    A cohort's change since the last time before its start, less the change of units that are
    never (or not yet) treated. Never a regression on units and times, which compares with units
    that are treated already and is wrong where effects grow (Goodman-Bacon, 2021).
    """

    name = "staggered-adoption"
    source = "Callaway and Sant'Anna, 2021"
    needs = ("unit", "time", "treatment")
    assumptions = (
        "causal.design_assume_parallel",
        "causal.design_assume_ahead",
        "causal.design_assume_stays",
        "causal.design_assume_spill",
        "causal.design_assume_units",
    )
    placebos = ("time", "space")
    dates = True

    def effect(self, frame: pd.DataFrame, query: DesignQuery) -> DesignEffect:
        """The answer, its path, its effects by time since the start, and its placebos."""
        panel = _cohorts(panel_of(frame, query))
        sums = _Sums(panel, query)
        main, event = sums.of("overall"), sums.of("event")
        value, reach = float(main.value[0]), float(main.reach[0])
        since = sums.since
        trend = sums.trend(event, since)
        flags = [*panel.flags, *few_flags(~panel.never, panel, sums.compared)]
        flags += trend.flags(value, clear=abs(value) > reach) if trend else []
        treated = ~panel.never
        observed = panel.outcome[treated].mean(axis=0)
        moments = np.arange(len(panel.times))
        begun = moments >= panel.first[treated][:, None]
        return DesignEffect(
            value=value, low=value - reach, high=value + reach, se=float(main.se[0]),
            p=float(main.p[0]), level=query.level, n=len(panel.units),
            n_treated=int(treated.sum()), times=len(panel.times), flags=tuple(flags),
            outcome_kind="share" if panel.share else "mean",
            baseline=float(panel.outcome[treated][begun].mean()) - value,
            path=path_frame([said_time(one) for one in panel.times], observed,
                            sums.of("calendar"), moments >= panel.first.min()),
            event=event_frame(since, event, generator(query.seed, "band")),
            placebos=placebo_frame(sums.placebos(main, event)),
            unseen=trend.unseen if trend else None, **self.facts(query),
        )  # fmt: skip


def _cohorts(panel: Panel) -> Panel:
    """The panel without cohorts of one unit, whose spread nobody knows.

    Raises:
        Refusal: nobody is left.
    """
    first, last = panel.first, len(panel.times)
    size = np.bincount(first, minlength=last + 1)
    alone = (size[first] < 2) & (first < last)
    if alone.any():
        panel = panel.only(~alone, Text("causal.design_flag_alone", n=int(alone.sum())))
    if panel.never.all():
        raise Refusal(Text("causal.design_refuse_cohorts"))
    return panel


class _Cell(NamedTuple):
    """The effect on a cohort at a time, with each unit's influence (N,); size: of the cohort."""

    start: int
    time: int
    size: int
    value: float
    influence: np.ndarray


@dataclass(frozen=True, eq=False)
class _Sums:
    """Effects by cohort and time, added up."""

    panel: Panel
    query: DesignQuery

    @property
    def starts(self) -> list[int]:
        """Places at which cohorts start."""
        return [int(one) for one in np.unique(self.panel.first[~self.panel.never])]

    @property
    def compared(self) -> np.ndarray:
        """Who is ever compared with, bool (N,)."""
        panel = self.panel
        return panel.never if self.query.control == CONTROLS[0] else panel.first > min(self.starts)

    def cells(self) -> Iterator[_Cell]:
        """Every cohort at every time that has clean controls."""
        panel, last = self.panel, len(self.panel.times)
        for start in self.starts:
            treated = panel.first == start
            if self.query.control == CONTROLS[0]:
                yield from self._with(start, treated, panel.never, list(range(last)))
                continue
            # Who is not yet treated changes only where a cohort starts.
            horizon = np.maximum(np.arange(last), start)
            untreated = np.searchsorted(self.starts, horizon, side="right")
            for stage in np.unique(untreated):
                times = np.flatnonzero(untreated == stage)
                control = panel.first > horizon[times[0]]
                yield from self._with(start, treated, control, [int(one) for one in times])

    def _with(
        self, start: int, treated: np.ndarray, control: np.ndarray, times: list[int]
    ) -> Iterator[_Cell]:
        panel = self.panel
        if control.sum() < 2 + panel.covariates.shape[1]:
            return
        change = panel.outcome[:, times] - panel.outcome[:, [start - 1]]
        value, influence = contrast(change, treated, control, panel.covariates)
        for at, time in enumerate(times):
            yield _Cell(start, time, int(treated.sum()), float(value[at]), influence[:, at])

    @cached_property
    def added(self) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """Values (K,) and influences (N, K): overall, by time since the start, by time.

        Raises:
            Refusal: there is nobody to compare with.
        """
        panel = self.panel
        n, last = panel.outcome.shape
        cells = list(self.cells())
        post: dict[int, int] = {}
        for cell in cells:
            post[cell.start] = post.get(cell.start, 0) + (cell.time >= cell.start)
        reached = {start: times for start, times in post.items() if times}
        if not reached:
            raise Refusal(Text("causal.design_refuse_control", n=int(panel.never.sum())))
        size = {start: int((panel.first == start).sum()) for start in reached}
        everybody = sum(size.values())
        width = {"overall": 1, "event": 2 * last, "calendar": last}
        value = {name: np.zeros(k) for name, k in width.items()}
        psi = {name: np.zeros((n, k)) for name, k in width.items()}
        weight = np.zeros(2 * last)
        for cell in (one for one in cells if one.start in reached):
            since = cell.time - cell.start
            shares = {"event": (since + last, float(cell.size))}
            if since >= 0:
                shares["overall"] = (0, cell.size / everybody / reached[cell.start])
                shares["calendar"] = (cell.time, cell.size / everybody)
            weight[since + last] += cell.size
            for name, (at, share) in shares.items():
                value[name][at] += share * cell.value
                psi[name][:, at] += share * cell.influence
        live = weight > 0
        value["event"] = value["event"][live] / weight[live]
        psi["event"] = psi["event"][:, live] / weight[live]
        return {name: (value[name], psi[name]) for name in width} | {
            "since": (np.flatnonzero(live) - last, np.empty(0))
        }

    @property
    def since(self) -> np.ndarray:
        """Times since the start, int (K,), of the effects by event."""
        return self.added["since"][0]

    def of(self, name: str) -> Contrasts:
        """One of the sums, with its errors."""
        return self.tested(*self.added[name])

    def tested(self, value: np.ndarray, influence: np.ndarray) -> Contrasts:
        """Values (K,) with their errors by cohort and cluster."""
        groups = (self.panel.first, self.panel.cluster)
        lost = self.panel.covariates.shape[1]
        return estimated(value, influence, groups, level=self.query.level, lost=lost)

    def trend(self, event: Contrasts, since: np.ndarray) -> PreTrend | None:
        """Whether cohorts went apart before they started; None where too little comes before."""
        early = since < 0
        if early.sum() < 2:
            return None
        at = since[early] - since[early].mean()
        slope = self.tested(*(part[..., early] @ at[:, None] / (at @ at)
                              for part in self.added["event"]))  # fmt: skip
        span = float(since[~early].mean() - since[early].mean()) if (~early).any() else 1.0
        return PreTrend.of(slope, span, event.p[since < -1])

    def placebos(self, main: Contrasts, event: Contrasts) -> list[Placebo]:
        """The times before the start as if it had begun, and the dates given to others."""
        early = (self.since < -1).astype(float)
        found = []
        if early.any():
            share = early[:, None] / early.sum()
            one = self.tested(*(part @ share for part in self.added["event"]))
            value, reach = float(-one.value[0]), float(one.reach[0])
            found.append(Placebo("time", value, value - reach, value + reach, float(one.p[0]),
                                 abs(value) <= reach))  # fmt: skip
        return [*found, *self._space(main)]

    def _space(self, main: Contrasts) -> list[Placebo]:
        """The dates of all units dealt out among those never treated, many times over."""
        rng = generator(self.query.seed, "space")
        never = np.flatnonzero(self.panel.never)
        if len(never) < 10:
            return []
        ratios, values = [], []
        for _ in range(_DRAWS):
            drawn = rng.permutation(never)[:_MOST]
            first = rng.choice(self.panel.first, len(drawn), replace=False)
            inside = np.isin(np.arange(len(self.panel.first)), drawn)
            panel = replace(self.panel.only(inside), first=first)
            try:
                one = _Sums(_cohorts(panel), self.query).of("overall")
            except Refusal:
                continue
            values.append(float(one.value[0]))
            ratios.append(abs(values[-1]) / max(float(one.se[0]), 1e-300))
        if len(values) < _DRAWS // 2:
            return []
        ratio = abs(main.value[0]) / main.se[0] if main.se[0] > 0 else 0.0
        p = float((1 + (np.array(ratios) >= ratio).sum()) / (len(ratios) + 1))
        tail = (1 - self.query.level) / 2
        low, high = np.quantile(values, [tail, 1 - tail])
        passes = bool(abs(main.value[0]) <= main.reach[0] or p <= 1 - self.query.level)
        return [Placebo("space", float(np.mean(values)), float(low), float(high), p, passes)]
