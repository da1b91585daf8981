"""A treated unit against the mix of other units that was most like it before."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from causalrec.causal.designs.conformal import accepted, fewest, ring_p
from causalrec.causal.designs.design import STILL, Design, DesignQuery, Placebo, placebo_frame
from causalrec.causal.designs.design_effect import PATH, DesignEffect
from causalrec.causal.designs.panel import Panel, panel_of, said_time
from causalrec.causal.designs.simplex import left_out, mixture, ridge_penalty
from causalrec.causal.rows.arms import Refusal
from causalrec.core.seeds import generator
from causalrec.core.words import Text

__all__ = ["SyntheticControl"]

FEWEST_BEFORE, FEWEST_DONORS, MOST_DONORS = 5, 2, 200
_WORSE = 2.0
"""Times as far off before the start as the usual donor: then the mix does not stand for the unit.
A unit drawn as its donors are hardly ever is (0 of 120 factor worlds)."""


class SyntheticControl(Design):
    """Shares of untreated units, none negative, whose mix follows the treated before the start.

    The interval is conformal: the constant effects that leave nothing unusual after the start. It
    needs as many times as a share of one in that many can be told by (20 at 95 %); with fewer there
    is only a p-value, from doing the same to every unit that was not treated.
    """

    name = "synthetic-control"
    source = "Abadie, Diamond and Hainmueller, 2010; Chernozhukov, Wuethrich and Zhu, 2021"
    needs = ("unit", "time", "treated|treatment", "start|treatment")
    assumptions = (
        "causal.design_assume_mix",
        "causal.design_assume_ahead",
        "causal.design_assume_spill",
        "causal.design_assume_stationary",
    )
    placebos = ("time", "space")
    interval = False
    alone = True

    def effect(self, frame: pd.DataFrame, query: DesignQuery) -> DesignEffect:
        """The answer, its path and its placebos."""
        panel = panel_of(frame, query)
        mix = _mix(panel, query)
        after = np.arange(len(mix.target)) >= mix.start
        ends = mix.interval()
        low, high = (None, None) if ends is None else ends
        count = int(after.sum())
        clear = ends is not None and (ends[0] > 0 or ends[1] < 0)
        space = mix.space(clear=clear)
        placebos = [*mix.time(), *space]
        p = ring_p(mix.residuals(mix.target), count) if ends else space[0].p
        reach = mix.reach()
        without = mix.without
        columns = [[said_time(one) for one in panel.times], mix.target, without,
                   np.where(after, without - reach, np.nan),
                   np.where(after, without + reach, np.nan), after]  # fmt: skip
        return DesignEffect(
            value=mix.value, low=low, high=high, p=p, level=query.level, n=len(panel.units),
            n_treated=int((~panel.never).sum()), times=len(panel.times),
            flags=(*panel.flags, *mix.flags()), outcome_kind="share" if panel.share else "mean",
            start=said_time(panel.times[mix.start]), baseline=float(without[after].mean()),
            total=mix.value * count, total_low=None if low is None else low * count,
            total_high=None if high is None else high * count, fit=mix.fit,
            path=pd.DataFrame(dict(zip(PATH, columns, strict=True))),
            placebos=placebo_frame(placebos),
            weights=_weights(panel, mix.weights), **self.facts(query),
        )  # fmt: skip


def _mix(panel: Panel, query: DesignQuery) -> _Mix:
    """The treated (their mean) and the donors.

    Raises:
        Refusal: there are several dates, too few donors or too little before.
    """
    starts = np.unique(panel.first[~panel.never])
    if len(starts) > 1:
        raise Refusal(Text("causal.design_refuse_one_date"))
    if panel.never.sum() < FEWEST_DONORS:
        raise Refusal(Text("causal.design_refuse_control", n=int(panel.never.sum())))
    if starts[0] < FEWEST_BEFORE:
        raise Refusal(Text("causal.design_refuse_before", n=int(starts[0]), least=FEWEST_BEFORE))
    donors = panel.outcome[panel.never]
    target = panel.outcome[~panel.never].mean(axis=0)
    if len(donors) > MOST_DONORS:
        near = np.abs(donors[:, : starts[0]] - target[: starts[0]]).mean(axis=1)
        donors = donors[np.argsort(near, kind="stable")[:MOST_DONORS]]
    if np.ptp(target) <= STILL * np.abs(target).max():
        raise Refusal(Text("causal.design_refuse_still", name=query.outcome))
    mix = _Mix(target, donors.T, int(starts[0]), query)
    if not query.ridge:
        return mix
    return replace(mix, penalty=ridge_penalty(mix.donors[: mix.start], target[: mix.start]))


def _weights(panel: Panel, weights: np.ndarray) -> pd.DataFrame:
    """Units with a weight that is seen, the largest first; none where donors were left out."""
    if len(weights) != panel.never.sum():
        return pd.DataFrame(columns=["name", "weight"])
    frame = pd.DataFrame({"name": panel.units[panel.never], "weight": weights})
    frame = frame[frame["weight"].abs() > 1e-4]
    return frame.sort_values("weight", ascending=False).reset_index(drop=True)


@dataclass(frozen=True, eq=False)
class _Mix:
    """A series and its donors.

    Attributes:
        target: (T,); donors: (T, J).
        start: place of the first time after.
        query: what is asked.
        penalty: of the correction; None where none is asked for.
    """

    target: np.ndarray
    donors: np.ndarray
    start: int
    query: DesignQuery
    penalty: float | None = None

    @cached_property
    def weights(self) -> np.ndarray:
        """Of the donors, (J,)."""
        return mixture(self.donors[: self.start], self.target[: self.start], self.penalty)

    @property
    def without(self) -> np.ndarray:
        """The counterfactual, (T,)."""
        return np.asarray(self.donors @ self.weights)

    @cached_property
    def gap(self) -> np.ndarray:
        """Observed less counterfactual, (T,)."""
        return np.asarray(self.target - self.without)

    @property
    def value(self) -> float:
        """Mean gap after the start."""
        return float(self.gap[self.start :].mean())

    @property
    def fit(self) -> float:
        """Root mean square of the gaps before."""
        return float(np.sqrt((self.gap[: self.start] ** 2).mean()))

    @property
    def ratio(self) -> float:
        """How much larger gaps are after the start than before."""
        after = float(np.sqrt((self.gap[self.start :] ** 2).mean()))
        return after / max(self.fit, 1e-12 * (1 + float(np.abs(self.target).max())))

    def residuals(self, series: np.ndarray) -> np.ndarray:
        """What a mix made from all times leaves, (T,)."""
        return np.asarray(series - self.donors @ mixture(self.donors, series, self.penalty))

    def interval(self) -> tuple[float, float] | None:
        """Conformal ends of the average effect; None where there are too few times."""
        level, after = self.query.level, len(self.target) - self.start
        if len(self.target) < fewest(level) or self.start < after:
            return None
        return accepted(self.target, after, self.residuals, value=self.value, level=level)

    def reach(self) -> float:
        """Half-width of the interval of one time: a quantile of what is missed of left out times.

        NaN where there are too few (the jackknife: Barber, Candes, Ramdas and Tibshirani, 2021).
        """
        if self.start < fewest(self.query.level):
            return float("nan")
        missed = np.sort(np.abs(self._missed))
        at = int(np.ceil(self.query.level * (len(missed) + 1))) - 1
        return float(missed[min(at, len(missed) - 1)])

    @cached_property
    def _missed(self) -> np.ndarray:
        return left_out(self.donors[: self.start], self.target[: self.start], self.penalty)

    @cached_property
    def others(self) -> list[_Mix]:
        """Every donor as if treated, against the others; up to 60 of them."""
        drawn = generator(self.query.seed, "space").permutation(self.donors.shape[1])[:60]
        return [
            replace(self, target=self.donors[:, one], donors=np.delete(self.donors, one, axis=1))
            for one in drawn
        ]  # fmt: skip

    def space(self, *, clear: bool) -> list[Placebo]:
        """Each donor as if treated; clear: whether the interval excludes 0."""
        ratios = np.array([one.ratio for one in self.others])
        values = np.array([one.value for one in self.others])
        p = float((1 + (ratios >= self.ratio).sum()) / (len(ratios) + 1))
        tail = (1 - self.query.level) / 2
        low, high = np.quantile(values, [tail, 1 - tail])
        least = max(1 - self.query.level, 1 / (len(ratios) + 1) + 1e-9)
        passes = not clear or p <= least
        return [Placebo("space", float(values.mean()), float(low), float(high), p, passes)]

    def time(self) -> list[Placebo]:
        """The start moved back to two thirds of the times before."""
        cut = self.start - max(1, self.start // 3)
        if cut < FEWEST_BEFORE:
            return []
        early = replace(self, target=self.target[: self.start], donors=self.donors[: self.start],
                        start=cut)  # fmt: skip
        p = ring_p(early.residuals(early.target), self.start - cut)
        ends = early.interval() or (np.nan, np.nan)
        return [Placebo("time", early.value, *ends, p=p, passes=p > 1 - self.query.level)]

    def flags(self) -> list[Text]:
        """What is wrong with the mix."""
        flags = []
        usual = float(np.median([one.fit for one in self.others]))
        if self.fit > _WORSE * usual:
            flags.append(Text("causal.design_flag_pre_fit", times=self.fit / max(usual, 1e-12)))
        if self.donors.shape[1] < 10:
            flags.append(Text("causal.design_flag_few_donors", n=self.donors.shape[1]))
        level, after = self.query.level, len(self.target) - self.start
        if len(self.target) < fewest(level):
            flags.append(Text("causal.design_flag_few_times", n=len(self.target),
                              least=fewest(level)))  # fmt: skip
        elif self.start < after:
            flags.append(Text("causal.design_flag_long_after"))
        return flags
