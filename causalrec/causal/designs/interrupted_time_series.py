"""One series that changes at a date, against what it would have been by its own past."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from causalrec.causal.designs.autoregression import Foreseen, foresee
from causalrec.causal.designs.design import STILL, Design, DesignQuery, Placebo, placebo_frame
from causalrec.causal.designs.design_effect import PATH, DesignEffect
from causalrec.causal.designs.panel import moments, place_of, said_time
from causalrec.causal.rows.arms import Refusal
from causalrec.causal.rows.column_values import look
from causalrec.causal.rows.question_rows import outcome_numbers
from causalrec.core.words import Text

__all__ = ["InterruptedTimeSeries"]

_SPARE, _SHORT, _PERSISTENT = 8, 30, 0.9
"""Times before beyond the regressors that it needs; times below which it is short; how much of an
error may go on before a line hardly tells what would have been."""
_WEEK, _UNEVEN = 7, 1.5


class InterruptedTimeSeries(Design):
    """A line with the week's days through the times before, drawn on after the start.

    Errors go on in time as far as the series says; that this is estimated is counted. Several rows
    of a time count as their mean. Covariates are series that the start cannot move.
    """

    name = "interrupted-time-series"
    source = "Box and Tiao, 1975; Wagner, Soumerai, Zhang and Ross-Degnan, 2002; Harville, 1974"
    needs = ("time", "start")
    assumptions = (
        "causal.design_assume_past",
        "causal.design_assume_nothing_else",
        "causal.design_assume_ahead",
        "causal.design_assume_errors",
    )
    placebos = ("time",)

    def effect(self, frame: pd.DataFrame, query: DesignQuery) -> DesignEffect:
        """The answer, its path and its placebo."""
        series = _series(frame, query)
        observed, start, after = series.y, series.start, len(series.y) - series.start
        line = series.foreseen
        low, high = line.interval(query.level)
        gap = observed[start:]
        value, mean = float(gap.mean() - line.value[0]), float(gap.mean())
        ends = (mean - float(high[0]), mean - float(low[0]))
        blank = np.full(start, np.nan)
        columns = [
            [said_time(one) for one in series.times], observed,
            np.concatenate([line.fitted, line.value[1:]]), np.concatenate([blank, low[1:]]),
            np.concatenate([blank, high[1:]]), np.arange(len(observed)) >= start,
        ]  # fmt: skip
        below = float(line.below(np.full_like(line.value, mean))[0])
        return DesignEffect(
            value=value, low=ends[0], high=ends[1], p=2 * min(below, 1 - below), level=query.level,
            n=len(observed), times=len(observed), flags=(*series.read, *series.flags()),
            outcome_kind="share" if series.share else "mean",
            start=said_time(series.times[start]), baseline=float(line.value[0]),
            total=value * after, total_low=ends[0] * after, total_high=ends[1] * after,
            fit=float(np.sqrt(((observed[:start] - line.fitted) ** 2).mean())),
            path=pd.DataFrame(dict(zip(PATH, columns, strict=True))),
            placebos=placebo_frame(series.placebos()), **self.facts(query),
        )  # fmt: skip


def _series(frame: pd.DataFrame, query: DesignQuery) -> _Series:
    """The series of a question.

    Raises:
        DataError: a column cannot be read, or the start is outside the times.
        Refusal: too little comes before.
    """
    values, read = outcome_numbers(frame[query.outcome], query.outcome)
    when = moments(frame[query.time], str(query.time))
    rows = (np.isfinite(values) & when.notna()).to_numpy()
    if not rows.any():
        raise Refusal(Text("causal.design_refuse_empty"))
    codes, times = pd.factorize(when[rows], sort=True)
    index, counts = pd.Index(times), np.bincount(codes)
    y = np.bincount(codes, values[rows]) / counts
    covariates = [np.bincount(codes, look(frame.loc[rows, name]).data) / counts
                  for name in query.covariates]  # fmt: skip
    flags = list(read)
    if counts.max() > 1:
        flags.append(Text("causal.design_flag_averaged_time"))
    steps = np.diff(index.to_numpy())
    if len(steps) and float(steps.max() / steps.min()) > _UNEVEN:
        flags.append(Text("causal.design_flag_uneven"))
    place = place_of(query.start, index)
    outside = np.column_stack([np.empty((len(y), 0)), *covariates])
    share = bool(np.isin(values[rows], (0.0, 1.0)).all())
    series = _Series(y, index, place, query, outside, share, tuple(flags))
    if place < series.regressors.shape[1] + _SPARE:
        least = series.regressors.shape[1] + _SPARE
        raise Refusal(Text("causal.design_refuse_before", n=place, least=least))
    before, past = series.regressors[:place], y[:place]
    left = past - before @ np.linalg.lstsq(before, past, rcond=None)[0]
    if np.abs(left).max() <= STILL * np.abs(past).max(initial=0.0):
        raise Refusal(Text("causal.design_refuse_still", name=query.outcome))
    return series


@dataclass(frozen=True, eq=False)
class _Series:
    """A series and its start.

    Attributes:
        y: (T,); times: (T,); start: place of the first time after.
        query: what is asked; outside: covariates, (T, p).
        share: whether all outcomes are 0 or 1; read: how the table was read.
    """

    y: np.ndarray
    times: pd.Index
    start: int
    query: DesignQuery
    outside: np.ndarray
    share: bool = False
    read: tuple[Text, ...] = ()

    @cached_property
    def season(self) -> int:
        """Times after which it repeats itself: as asked, or 7 for days of three weeks and more."""
        if self.query.season is not None:
            return self.query.season
        if not isinstance(self.times, pd.DatetimeIndex) or self.start < 3 * _WEEK:
            return 1
        step = np.median(np.diff(self.times.to_numpy()) / np.timedelta64(1, "D"))
        return _WEEK if abs(step - 1) < 0.1 else 1

    @property
    def regressors(self) -> np.ndarray:
        """Level, slope, seasons but the first, covariates: (T, p)."""
        at = np.arange(len(self.y))
        part = at % self.season
        if self.season == _WEEK and isinstance(self.times, pd.DatetimeIndex):
            part = self.times.day_of_week.to_numpy()
        seasons = [(part == one) * 1.0 for one in range(1, self.season)]
        scale = np.maximum(np.abs(self.outside).max(axis=0, initial=0), 1e-300)
        return np.column_stack([np.ones(len(at)), at / len(at), *seasons, self.outside / scale])

    @cached_property
    def foreseen(self) -> Foreseen:
        """The mean of the times after, then each of them."""
        count = len(self.y) - self.start
        return self.told(np.vstack([np.full((1, count), 1 / count), np.eye(count)]))

    def told(self, sums: np.ndarray) -> Foreseen:
        """Sums of the times after, (K, T1) weights, from regressors that add something before."""
        x = self.regressors
        before = x[: self.start]
        ranks = [0, *(int(np.linalg.matrix_rank(before[:, : at + 1])) for at in range(x.shape[1]))]
        kept = np.flatnonzero(np.diff(ranks))
        return foresee(self.y[: self.start], before[:, kept], x[self.start :, kept], sums)

    def placebos(self) -> list[Placebo]:
        """The start moved back to two thirds of the times before."""
        cut = self.start - max(1, self.start // 3)
        if cut < self.regressors.shape[1] + _SPARE:
            return []
        early = replace(self, y=self.y[: self.start], times=self.times[: self.start],
                        outside=self.outside[: self.start], start=cut)  # fmt: skip
        count = self.start - cut
        line = early.told(np.full((1, count), 1 / count))
        low, high = line.interval(self.query.level)
        mean = float(early.y[cut:].mean())
        value, ends = mean - float(line.value[0]), (mean - float(high[0]), mean - float(low[0]))
        below = float(line.below(np.full_like(line.value, mean))[0])
        day = said_time(self.times[cut])
        passes = ends[0] <= 0 <= ends[1]
        return [Placebo("time", value, *ends, p=2 * min(below, 1 - below), passes=passes,
                        about=day)]  # fmt: skip

    def flags(self) -> list[Text]:
        """What makes the answer less sure than it looks."""
        flags = []
        after = len(self.y) - self.start
        if self.start < max(_SHORT, 2 * self.season):
            flags.append(Text("causal.design_flag_short", n=self.start))
        if after > self.start:
            flags.append(Text("causal.design_flag_far", n=after, before=self.start))
        if self.foreseen.carry > _PERSISTENT:
            flags.append(Text("causal.design_flag_persistent", carry=self.foreseen.carry))
        return flags
