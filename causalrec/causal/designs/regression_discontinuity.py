"""Units just above a cutoff against units just below it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from causalrec.causal.designs.contrasts import Contrasts, estimated
from causalrec.causal.designs.design import Design, DesignQuery, Placebo, placebo_frame
from causalrec.causal.designs.design_effect import PATH, DesignEffect
from causalrec.causal.designs.local_polynomial import FEWEST, Jump, bandwidth, jump
from causalrec.causal.rows.arms import Refusal
from causalrec.causal.rows.column_values import look, text_of
from causalrec.causal.rows.question_rows import outcome_numbers
from causalrec.core.statistics.p_values import holm
from causalrec.core.words import Text
from causalrec.core.words.numbers import written

__all__ = ["RegressionDiscontinuity"]

_BINS, _LOST = 16, 6
"""Dots a side of the chart; coefficients that both sides' curves take."""
_FEW, _DISCRETE = 50, 50
"""Rows within the bandwidth below which there are few; different values below which running is
discrete."""


class RegressionDiscontinuity(Design):
    """The jump at the cutoff: a local line on each side, corrected for its bias.

    The interval is the robust one, at the bandwidth that is best for the line. Where not everybody
    above was treated (`treatment`), the jump of the outcome by that of the treatment, with the
    interval of Anderson and Rubin (1949), which a weak jump cannot mislead.
    """

    name = "regression-discontinuity"
    source = "Calonico, Cattaneo and Titiunik, 2014; McCrary, 2008"
    needs = ("running", "cutoff")
    assumptions = (
        "causal.design_assume_smooth",
        "causal.design_assume_no_sorting",
        "causal.design_assume_only_here",
    )
    placebos = ("density", "covariate", "cutoff")

    def effect(self, frame: pd.DataFrame, query: DesignQuery) -> DesignEffect:
        """The answer, the curves and the placebos."""
        around = _around(frame, query)
        local, read = around.local, around.read
        value, ends = around.answer(query.level)
        placebos = around.placebos()
        flags = [*read, *_flags(around, placebos)]
        inside = int(np.sum(local.sides))
        main = around.tested(local.value[:1], local.influence[:, :1])
        return DesignEffect(
            value=value, low=ends[0], high=ends[1], p=float(main.p[0]),
            se=None if around.fuzzy else float(main.se[0]), level=query.level, n=inside,
            n_treated=local.sides[1], times=0, flags=tuple(flags),
            outcome_kind="share" if bool(np.isin(around.y[:, 0], (0.0, 1.0)).all()) else "mean",
            start=text_of(query.cutoff), running=str(query.running), baseline=float(local.left[0]),
            path=around.path(value, ends), placebos=placebo_frame(placebos), **self.facts(query),
        )  # fmt: skip


def _around(frame: pd.DataFrame, query: DesignQuery) -> _Around:
    """The rows of a question.

    Raises:
        DataError: the outcome holds no numbers.
        Refusal: a column holds categories, or a side has too little.
    """
    y, read = outcome_numbers(frame[query.outcome], query.outcome)
    names = [str(query.running), *query.covariates]
    names += [] if query.treatment is None else [query.treatment]
    columns = {}
    for name in names:
        column = look(frame[name])
        if not column.numeric:
            raise Refusal(Text("causal.design_refuse_words", name=name))
        columns[name] = np.asarray(column.data, dtype=float)
    x = columns[str(query.running)] - float(query.cutoff or 0.0)
    rows = np.isfinite(y) & np.isfinite(x)
    if query.treatment is not None:
        rows &= np.isfinite(columns[query.treatment])
    if rows.sum() < len(rows):
        read = [*read, Text("causal.design_flag_without", n=int((~rows).sum()))]
    x = x[rows]
    sides = [len(np.unique(x[side])) for side in (x < 0, x >= 0)]
    if min(sides) < FEWEST:
        raise Refusal(Text("causal.design_refuse_side", n=min(sides), least=FEWEST))
    outcomes = [y[rows]]
    fuzzy = query.treatment is not None and bool((columns[query.treatment][rows] != (x >= 0)).any())
    if fuzzy:
        outcomes.append(columns[str(query.treatment)][rows])
    cluster = np.arange(len(x))
    if query.cluster is not None:
        cluster = pd.factorize(frame.loc[rows, query.cluster])[0]
    covariates = {name: columns[name][rows] for name in query.covariates}
    return _Around(x, np.column_stack(outcomes), cluster, covariates, query, tuple(read))


@dataclass(frozen=True, eq=False)
class _Around:
    """Rows around a cutoff.

    Attributes:
        x: running values less the cutoff, (n,).
        y: outcome, and where it is fuzzy the treatment, (n, 1 or 2).
        cluster: int (n,).
        covariates: what must not jump, by name.
        query: what is asked; read: how the table was read.
    """

    x: np.ndarray
    y: np.ndarray
    cluster: np.ndarray
    covariates: dict[str, np.ndarray]
    query: DesignQuery
    read: tuple[Text, ...] = ()

    @property
    def fuzzy(self) -> bool:
        """Whether not exactly those above were treated."""
        return int(self.y.shape[1]) == 2

    @cached_property
    def local(self) -> Jump:
        """The jumps of outcome and treatment."""
        return jump(self.x, self.y, bandwidth(self.x, self.y[:, 0]))

    def tested(self, value: np.ndarray, influence: np.ndarray) -> Contrasts:
        """Jumps (K,) with their errors."""
        used = influence.any(axis=1)
        if self.query.cluster is None:
            se = np.sqrt((influence**2).sum(axis=0))
            freedom = np.full(len(value), max(float(used.sum() - _LOST), 1.0))
            return Contrasts(value, se, freedom, influence[used], self.query.level)
        groups = (np.arange(used.sum()), self.cluster[used])
        return estimated(value, influence[used], groups, level=self.query.level)

    def answer(self, level: float) -> tuple[float, tuple[float | None, float | None]]:
        """The value and the ends of its interval; none where the treatment hardly jumps.

        Raises:
            Refusal: the treatment does not jump.
        """
        local = self.local
        if not self.fuzzy:
            one = self.tested(local.value, local.influence)
            value, reach = float(local.value[0]), float(one.reach[0])
            return value, (value - reach, value + reach)
        first = self.tested(local.value[1:], local.influence[:, 1:])
        outcome, received = (float(one) for one in local.value)
        square = float(first.quantile(level)[0]) ** 2
        spread = self._spread()
        # Where (outcome - t received)^2 <= square var(outcome - t received): between its roots.
        a = received**2 - square * spread[1, 1]
        b = -2 * (outcome * received - square * spread[0, 1])
        c = outcome**2 - square * spread[0, 0]
        inside = b**2 - 4 * a * c
        if a <= 0 or inside < 0:
            raise Refusal(Text("causal.design_refuse_weak", name=str(self.query.treatment)))
        root = float(np.sqrt(inside))
        return outcome / received, ((-b - root) / (2 * a), (-b + root) / (2 * a))

    def _spread(self) -> np.ndarray:
        """Covariance of both jumps, (2, 2)."""
        sums = np.zeros((int(self.cluster.max()) + 1, 2))
        np.add.at(sums, self.cluster, self.local.influence)
        return np.asarray(sums.T @ sums)

    def path(self, value: float, ends: tuple[float | None, float | None]) -> pd.DataFrame:
        """Means of bins within two bandwidths; the curves, on the right less the effect."""
        local = self.local
        frames = []
        for right in (False, True):
            inside = (self.x >= 0) == right
            inside &= np.abs(self.x) <= local.width
            x, y = self.x[inside], self.y[inside, 0]
            order = np.argsort(x, kind="stable")
            parts = [part for part in np.array_split(order, _BINS) if len(part)]
            at = np.array([x[part].mean() for part in parts])
            curve = np.polynomial.polynomial.polyval(at, local.curves[right])
            shift = (local.value[0], *((None, None) if self.fuzzy else ends))
            low, high = (np.full(len(at), np.nan) if end is None or not right else curve - end
                         for end in (shift[2], shift[1]))  # fmt: skip
            columns = [at + float(self.query.cutoff or 0.0), [y[part].mean() for part in parts],
                       curve - right * shift[0], low, high, np.full(len(at), right)]  # fmt: skip
            frames.append(pd.DataFrame(dict(zip(PATH, columns, strict=True))))
        return pd.concat(frames, ignore_index=True)

    def placebos(self) -> list[Placebo]:
        """What must not jump: the number of rows, covariates, the outcome elsewhere."""
        return [*self._density(), *self._covariates(), *self._elsewhere()]

    def _density(self) -> list[Placebo]:
        """Whether rows were moved over the cutoff: the jump in the number of rows, as a log ratio.

        McCrary (2008), with bins of twice the running value's spread by the root of n.
        """
        values = np.unique(self.x)
        step = max(2 * float(self.x.std()) / len(self.x) ** 0.5, float(np.diff(values).min()))
        place = np.floor(self.x / step).astype(int)
        # The outermost bins are not wholly within the log.
        counts = np.bincount(place - place.min())[1:-1].astype(float)
        middles = (np.arange(len(counts)) + place.min() + 1.5) * step
        if min((middles < 0).sum(), (middles > 0).sum()) < FEWEST:
            return []
        one = jump(middles, counts[:, None], bandwidth(middles, counts))
        left, right = float(one.left[0]), float(one.left[0] + one.value[0])
        if min(left, right) <= 0:
            return []
        above = one.influence * (middles >= 0)[:, None] / right
        below = one.influence * (middles < 0)[:, None] / left
        free = replace(self, query=replace(self.query, cluster=None))
        ratio = free.tested(np.log([right / left]), above + below)
        return [self._placebo("density", ratio, "")]

    def _covariates(self) -> list[Placebo]:
        """Each covariate's jump at its own bandwidth."""
        tried = []
        for name, values in self.covariates.items():
            known = np.isfinite(values)
            x, column = self.x[known], values[known]
            if column.std() == 0:
                continue
            some = replace(self, x=x, cluster=self.cluster[known])
            one = jump(x, column[:, None], bandwidth(x, column))
            tried.append(self._placebo("covariate", some.tested(one.value, one.influence), name))
        return self._together(tried)

    def _elsewhere(self) -> list[Placebo]:
        """The same at the middle of each side, from that side alone."""
        tried = []
        for side in (self.x < 0, self.x >= 0):
            cut = float(np.median(self.x[side]))
            x, y = self.x[side] - cut, self.y[side, :1]
            if min(len(np.unique(x[x < 0])), len(np.unique(x[x >= 0]))) < 2 * FEWEST:
                continue
            some = replace(self, x=x, y=y, cluster=self.cluster[side])
            test = some.tested(some.local.value, some.local.influence)
            at = written(f"{cut + float(self.query.cutoff or 0.0):.4g}")
            tried.append(self._placebo("cutoff", test, at))
        return self._together(tried)

    def _together(self, tried: list[Placebo]) -> list[Placebo]:
        """Several of a kind, of which any fails by chance as rarely as one would (Holm, 1979)."""
        held = holm(np.array([one.p for one in tried]))
        least = 1 - self.query.level
        return [
            replace(one, p=float(p), passes=bool(p > least))
            for one, p in zip(tried, held, strict=True)
        ]

    def _placebo(self, name: str, test: Contrasts, about: str) -> Placebo:
        """A jump that must be 0."""
        value, reach = float(test.value[0]), float(test.reach[0])
        return Placebo(name, value, value - reach, value + reach, p=float(test.p[0]),
                       passes=abs(value) <= reach, about=about)  # fmt: skip


def _flags(around: _Around, placebos: list[Placebo]) -> list[Text]:
    """What makes the answer less sure than it looks."""
    flags = []
    few = min(around.local.sides)
    if few < _FEW:
        flags.append(Text("causal.design_flag_few_near", n=few))
    near = np.abs(around.x) < around.local.width
    values = len(np.unique(around.x[near]))
    if values < _DISCRETE:
        flags.append(Text("causal.design_flag_discrete", n=values, name=around.query.running))
    failed = {one.placebo: one for one in placebos if not one.passes}
    if "density" in failed:
        flags.append(Text("causal.design_flag_sorted", p=failed["density"].p))
    if "covariate" in failed:
        flags.append(Text("causal.design_flag_jumps", name=failed["covariate"].about))
    return flags
