"""What a treatment does to whom: the answer, to be asked of any rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from pydantic import Field, PrivateAttr

from causalrec.causal.effects.effect import Effect
from causalrec.causal.heterogeneity.bands import Band
from causalrec.causal.heterogeneity.tree_words import Branch
from causalrec.causal.learners import LEARNERS, baseline
from causalrec.causal.learners.learner import Learned
from causalrec.causal.nuisance.covariates import Design
from causalrec.causal.rows.new_rows import Reading
from causalrec.causal.rows.question_rows import labelled
from causalrec.core.errors import DataError
from causalrec.core.results.result import Frame, Result
from causalrec.core.words import Text
from causalrec.core.words.lists import as_sentence
from causalrec.data.values.frames import as_pandas

if TYPE_CHECKING:
    from narwhals.typing import IntoFrame

__all__ = ["Cate", "Model"]


def _empty() -> pd.DataFrame:
    return pd.DataFrame()


@dataclass(frozen=True, eq=False)
class Model:
    """What was learned, with how rows become what it was learned from.

    Attributes:
        learned: the effect of standardised covariates.
        band: of it; None where none is valid.
        design: how covariates become numbers; readings: how they are read.
        average: the same effect for everybody; None where it differs.
    """

    learned: Learned
    band: Band | None
    design: Design
    readings: tuple[Reading, ...]
    average: Effect | None = None

    def of(self, frame: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, np.ndarray]]:
        """Value, low and high of rows as they are read, and which are unlike all before."""
        x, unlike = self.design.of(frame), self.design.unfamiliar(frame)
        if self.average is not None:
            same = {end: getattr(self.average, end) for end in ("value", "low", "high")}
            return pd.DataFrame(same, index=range(len(x)), dtype=float), {}
        effect = self.learned.effect(x)
        half = np.full(len(x), np.nan) if self.band is None else self.band.half(x)
        for rows in unlike.values():
            half[rows] = np.nan
        bands = {"value": effect, "low": effect - half, "high": effect + half}
        return pd.DataFrame(bands), {name: rows for name, rows in unlike.items() if rows.any()}


class Cate(Result):
    """The effect of a treatment on each row, by a learner that was chosen on held-out rows.

    Attributes:
        treatment, outcome: columns; arms: (control, treated) that are compared.
        adjustment: covariates, of which the effect is a function.
        learner: in `LEARNERS`; asked: which was asked for, "auto" for the best of the line-up.
        criteria: one row a learner: learner, r_loss, dr_loss (held out; in squared units of the
            outcome), gain (in R-loss, over the same effect for everybody), gain_se, score (sum
            of both gains, each as a share of the largest), chosen.
        effects: one row a row that took part: row (its place in the table), value, low, high,
            held_out (what a learner that never saw its unit says), score (doubly robust).
        average: the average effect with its evidence, by doubly robust scores.
        band: what low and high mean, or why there are none.
        tree: the leaves of a readable one, from the least effect to the greatest; else empty.
        level: share of the rows whose effect lies between low and high.
        n: rows; clusters: independent units.
    """

    treatment: str
    outcome: str
    arms: tuple[str, ...] = ()
    adjustment: tuple[str, ...] = ()
    learner: str = ""
    asked: str = "auto"
    criteria: Frame = Field(default_factory=_empty)
    effects: Frame = Field(default_factory=_empty)
    tree: tuple[Branch, ...] = ()
    average: Effect | None = None
    band: Text | None = None
    level: float = 0.95
    n: int = 0
    clusters: int = 0
    flags: tuple[Text, ...] = ()
    refused: bool = False
    reason: Text | None = None
    _model: Model | None = PrivateAttr(default=None)

    @property
    def differs(self) -> bool:
        """Whether a learner that tells rows apart was chosen."""
        return not self.refused and self.learner != baseline()

    def predict(self, frame: IntoFrame) -> pd.DataFrame:
        """The effect of each of some rows, (m,): value, low, high, with the frame's index.

        Of the columns only the covariates are read; one that lacks is unknown in every row. What
        is unknown, or was never seen, is taken as average and has no low and high. What there is
        to know stands in ``attrs["causalrec"]["flags"]``, a sentence each.

        Args:
            frame: the rows.

        Raises:
            DataError: the question was refused, or the answer was read from a file.
        """
        if self._model is None:
            hint = self.reason or Text("causal.cate_not_kept_hint")
            raise DataError("causal.cate_not_kept", hint=hint)
        rows = as_pandas(frame)
        table = labelled(rows)
        read = {one.column: one.of(table) for one in self._model.readings}
        values, unlike = self._model.of(pd.DataFrame(read, index=range(len(table))))
        flags = [
            Text("causal.cate_unlike", name=name, n=int(at.sum()), share=float(at.mean()))
            for name, at in unlike.items()
        ]
        values = values.set_axis(rows.index, axis=0)
        values.attrs = {"causalrec": {"flags": tuple(flags)}}
        return values

    def to_frame(self) -> pd.DataFrame:
        """The criteria, one row a learner."""
        return self.criteria.copy()

    @property
    def sentence(self) -> Text:
        """Who answers, and how much the effects of rows differ."""
        names = {"treatment": self.treatment, "outcome": self.outcome, "n": self.n}
        if self.refused or self.average is None:
            return Text("causal.cate_refused", **names, reason=self.reason or "")
        if not self.differs:
            return Text("causal.cate_same", **names, average=self.average.sentence)
        low, high = np.quantile(self.effects["held_out"], [0.1, 0.9])
        facts = {"learner": LEARNERS[self.learner].word(), "low": float(low), "high": float(high)}
        return Text("causal.cate_differs", **names, **facts, average=self.average.sentence)

    def summary(self, lang: str = "en") -> str:
        """The same with the average effect, its interval and n."""
        return as_sentence(self.sentence.to(lang), lang)
