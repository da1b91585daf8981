"""The same effect by another hand: dowhy's linear regression beside ours."""

from __future__ import annotations

from typing import ClassVar

import pandas as pd

from causalrec.causal.effects.effect import Effect
from causalrec.causal.estimators import ESTIMATORS
from causalrec.core.params import Params, param
from causalrec.core.progress import OnProgress, silent, within
from causalrec.core.results.result import Result
from causalrec.core.words import Text
from causalrec.runs.record.task import Task
from causalrec.tasks.causal.estimate import EstimateParams, answer
from causalrec.workspace import Workspace

__all__ = ["CrossCheck", "CrossCheckParams", "CrossChecked"]

TOLERANCE = 0.1
"""Standard errors by which two linear regressions may differ."""


class CrossCheckParams(Params):
    """Which saved effect."""

    effect: str = param(help="causal.param_effect")


class CrossChecked(Result):
    """Two linear regressions of one question.

    Attributes:
        effect: name of the saved effect.
        ours: our OLS; theirs: dowhy's.
        agree: whether their values are the same within a tenth of a standard error.
    """

    effect: str
    ours: Effect
    theirs: Effect
    agree: bool

    def to_frame(self) -> pd.DataFrame:
        """One row an estimator."""
        return pd.concat([self.ours.to_frame(), self.theirs.to_frame()], ignore_index=True)

    @property
    def sentence(self) -> Text:
        """Whether they agree."""
        if self.ours.value is None or self.theirs.value is None:
            return Text("causal.check_refused", reason=self.ours.reason or self.theirs.reason or "")
        key = "causal.check_agree" if self.agree else "causal.check_differ"
        return Text(key, ours=self.ours.value, theirs=self.theirs.value)

    @property
    def about_interval(self) -> Text | None:
        """What their interval takes for granted where rows belong to units; None elsewhere."""
        ours, theirs = self.ours, self.theirs
        if ours.value is None or theirs.value is None or ours.clusters in (0, ours.n):
            return None
        ends = {"our_low": ours.low, "our_high": ours.high, "low": theirs.low, "high": theirs.high}
        return Text("causal.check_interval", **ends, units=ours.clusters)

    def summary(self, lang: str = "en") -> str:
        """Whether they agree, with both values, and what dowhy's interval assumes."""
        texts = [self.sentence, self.about_interval]
        return " ".join(text.to(lang) for text in texts if text is not None)


class CrossCheck(Task[CrossCheckParams, CrossChecked]):
    """Estimate a saved effect again by OLS and by dowhy, on a table made anew."""

    name: ClassVar[str] = "cross-check"
    page: ClassVar[str] = "effects"
    icon: ClassVar[str] = ":material/fact_check:"
    Params: ClassVar[type[Params]] = CrossCheckParams
    Result: ClassVar[type[Result]] = CrossChecked
    heavy: ClassVar[bool] = True

    def run(self, workspace: Workspace, on_progress: OnProgress = silent) -> CrossChecked:
        thing = workspace.thing("effect", self.params.effect)
        asked = EstimateParams.make(thing.meta["asked"])
        first, check = next((e.checks, e) for e in ESTIMATORS.values() if e.checks is not None)
        ours, theirs = (
            answer(workspace, asked, estimator=name, on_progress=within(on_progress, *share))[0]
            for name, share in ((first.name, (0, 0.4)), (check.name, (0.4, 0.95)))
        )
        agree = False
        if ours.value is not None and theirs.value is not None and ours.se is not None:
            agree = abs(ours.value - theirs.value) <= TOLERANCE * ours.se
        return CrossChecked(effect=thing.name, ours=ours, theirs=theirs, agree=agree)
