"""Units over times as a matrix, and when each of them was treated."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from causalrec.causal.designs.design import DesignQuery
from causalrec.causal.rows.arms import Refusal
from causalrec.causal.rows.column_values import look, text_of
from causalrec.causal.rows.question_rows import outcome_numbers
from causalrec.core.errors import DataError, unknown_name
from causalrec.core.words import Text

__all__ = ["Panel", "moments", "panel_of", "place_of", "said_time"]

MOST_GAPS = 0.5
"""Share of units that may be left out for their gaps before nothing is said of the rest."""


@dataclass(frozen=True, eq=False)
class Panel:
    """Units over times.

    Attributes:
        outcome: (N, T), no gaps.
        units: names, (N,).
        times: (T,), in order: dates or numbers.
        first: place of the first time at which a unit is treated, int (N,); T where it never is.
        covariates: means over the times before anybody was treated, (N, p).
        cluster: number of what each unit was treated together with, int (N,).
        share: whether all outcomes are 0 or 1.
        flags: how the table was read.
    """

    outcome: np.ndarray
    units: np.ndarray
    times: pd.Index
    first: np.ndarray
    covariates: np.ndarray
    cluster: np.ndarray
    share: bool
    flags: tuple[Text, ...] = ()

    @property
    def never(self) -> np.ndarray:
        """Which units are never treated, bool (N,)."""
        return np.asarray(self.first == len(self.times))

    def only(self, units: np.ndarray, flag: Text | None = None) -> Panel:
        """The panel of some units, bool (N,), with a flag that says who is left out."""
        held = {
            name: getattr(self, name)[units]
            for name in ("outcome", "units", "first", "covariates", "cluster")
        }
        flags = self.flags if flag is None else (*self.flags, flag)
        return Panel(**held, times=self.times, share=self.share, flags=flags)


def moments(values: pd.Series, name: str) -> pd.Series:
    """A column of times as numbers or dates, each at the start of what it stands for.

    Raises:
        DataError: it holds neither.
    """
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        return values.astype(float)
    if isinstance(values.dtype, pd.PeriodDtype):
        values = values.dt.to_timestamp()
    times = pd.to_datetime(values, errors="coerce", utc=True)
    if times.isna().mean() > values.isna().mean():
        raise DataError("causal.design_bad_times", hint="causal.design_bad_times_hint", name=name)
    return times.dt.tz_localize(None)


def place_of(start: object, times: pd.Index) -> int:
    """The place of the first time that is not before a start.

    Raises:
        DataError: it does not divide the times into before and after.
    """
    try:
        numbers = not isinstance(times, pd.DatetimeIndex)
        moment = float(str(start)) if numbers else pd.Timestamp(str(start))
    except ValueError:
        moment = None
    if isinstance(moment, pd.Timestamp) and moment.tzinfo is not None:
        moment = moment.tz_convert(None)
    place = 0 if moment is None or pd.isna(moment) else int(times.searchsorted(moment))
    if not 0 < place < len(times):
        first, last = said_time(times[0]), said_time(times[-1])
        raise DataError("causal.bad_date", hint="causal.bad_date_hint",
                        first=first, last=last, date=str(start))  # fmt: skip
    return place


def said_time(moment: object) -> str:
    """A time as it prints: a day without its midnight."""
    return text_of(moment).removesuffix(" 00:00:00")


def panel_of(frame: pd.DataFrame, query: DesignQuery) -> Panel:
    """The panel of a question. Several rows of a unit at one time count as their mean.

    Args:
        frame: one row a unit and time, or several.
        query: what is asked; its unit, time, and either treated and start, or treatment.

    Raises:
        DataError: a column cannot be read, or the start is outside the times.
        Refusal: it is no panel.
        NotFoundError: a treated unit is unknown.
    """
    values, read = outcome_numbers(frame[query.outcome], query.outcome)
    when = moments(frame[query.time], str(query.time))
    who = frame[query.unit].map(text_of, na_action="ignore")
    rows = (np.isfinite(values) & when.notna() & who.notna()).to_numpy()
    if not rows.any():
        raise Refusal(Text("causal.design_refuse_empty"))
    unit, units = pd.factorize(who[rows], sort=True)
    time, times = pd.factorize(when[rows], sort=True)
    cells = _Cells(unit, time, (len(units), len(times)))
    flags = list(read)
    if cells.counts.max() > 1:
        flags.append(Text("causal.design_flag_averaged", unit=query.unit))
    times = pd.Index(times)
    first = _first(frame[rows], query, cells, (np.asarray(units), times))
    before = time < first.min()
    columns = [_numbers(frame.loc[rows, name], name) for name in query.covariates]
    covariates = [cells.by_unit(one, before) for one in columns]
    whole = (cells.counts > 0).all(axis=1)
    panel = Panel(
        outcome=cells.mean(values[rows]), units=np.asarray(units), times=times, first=first,
        covariates=np.column_stack([np.empty((len(units), 0)), *covariates]),
        cluster=_clusters(frame[rows], query, cells),
        share=bool(np.isin(values[rows], (0.0, 1.0)).all()), flags=tuple(flags),
    )  # fmt: skip
    return _whole(panel, whole & np.isfinite(panel.covariates).all(axis=1))


def _numbers(values: pd.Series, name: str) -> np.ndarray:
    """A covariate as numbers, (n,).

    Raises:
        Refusal: it holds categories.
    """
    column = look(values)
    if not column.numeric:
        raise Refusal(Text("causal.design_refuse_words", name=name))
    return np.asarray(column.data, dtype=float)


def _whole(panel: Panel, whole: np.ndarray) -> Panel:
    """The panel without units that have gaps, and without those treated from the first time on.

    Raises:
        Refusal: that leaves too few.
    """
    gaps = int((~whole).sum())
    if gaps > MOST_GAPS * len(whole):
        raise Refusal(Text("causal.design_refuse_gaps", n=gaps, of=len(whole)))
    if gaps:
        panel = panel.only(whole, Text("causal.design_flag_gaps", n=gaps))
    always = panel.first == 0
    if always.any():
        panel = panel.only(~always, Text("causal.design_flag_always", n=int(always.sum())))
    if not (panel.first < len(panel.times)).any():
        raise Refusal(Text("causal.design_refuse_nobody"))
    return panel


@dataclass(frozen=True, eq=False)
class _Cells:
    """Which cell of the matrix each row belongs to: unit and time, int (n,); its shape."""

    unit: np.ndarray
    time: np.ndarray
    shape: tuple[int, int]

    @property
    def counts(self) -> np.ndarray:
        """Rows of each cell, (N, T)."""
        return self._sums(np.ones(len(self.unit)))

    def _sums(self, values: np.ndarray) -> np.ndarray:
        at = self.unit * self.shape[1] + self.time
        return np.bincount(at, values, self.shape[0] * self.shape[1]).reshape(self.shape)

    def mean(self, values: np.ndarray) -> np.ndarray:
        """Mean of each cell, (N, T); NaN where it has no rows."""
        with np.errstate(invalid="ignore"):
            return np.asarray(self._sums(np.asarray(values, dtype=float)) / self.counts)

    def by_unit(self, values: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Mean of each unit over some of its rows, (N,); NaN where it has none."""
        sums = np.bincount(self.unit[rows], values[rows], self.shape[0])
        with np.errstate(invalid="ignore"):
            return np.asarray(sums / np.bincount(self.unit[rows], minlength=self.shape[0]))


def _first(
    frame: pd.DataFrame, query: DesignQuery, cells: _Cells, labels: tuple[np.ndarray, pd.Index]
) -> np.ndarray:
    """Place of each unit's first time with the treatment, (N,).

    Raises:
        Refusal: a treatment ends again, or is no 0/1.
        NotFoundError: a treated unit is unknown.
        DataError: the start is outside the times.
    """
    units, times = labels
    if query.treatment is None:
        unknown = [one for one in query.treated or () if one not in set(units)]
        if unknown:
            error = unknown_name(str(query.unit), unknown[0], map(str, units))
            raise error
        inside = np.isin(units, list(query.treated or ()))
        return np.where(inside, place_of(query.start, times), len(times))
    column = look(frame[query.treatment])
    if not column.numeric or not np.isin(column.data[column.known], (0.0, 1.0)).all():
        raise Refusal(Text("causal.design_refuse_treatment", name=query.treatment))
    on = np.nan_to_num(cells.mean(np.nan_to_num(column.data)), nan=-1.0)
    ever = on.max(axis=1) > 0
    constant = ((on == on.max(axis=1, keepdims=True)) | (on < 0)).all()
    if query.start is not None and constant:
        return np.where(ever, place_of(query.start, times), len(times))
    first = np.where(ever, (on > 0).argmax(axis=1), len(times))
    after = np.arange(len(times)) >= first[:, None]
    if ((on >= 0) & (on < 1) & after).any():
        raise Refusal(Text("causal.design_refuse_ends", name=query.treatment))
    return first


def _clusters(frame: pd.DataFrame, query: DesignQuery, cells: _Cells) -> np.ndarray:
    """What each unit was treated together with, (N,); a unit by itself where nothing is said.

    Raises:
        Refusal: a unit belongs to several.
    """
    if query.cluster is None:
        return np.arange(cells.shape[0])
    code, _ = pd.factorize(frame[query.cluster])
    least = np.full(cells.shape[0], len(frame))
    most = np.full(cells.shape[0], -1)
    np.minimum.at(least, cells.unit, code)
    np.maximum.at(most, cells.unit, code)
    if (least != most).any():
        raise Refusal(Text("causal.design_refuse_cluster", name=query.cluster, unit=query.unit))
    return most
