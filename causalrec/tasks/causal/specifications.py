"""A saved effect's question, asked in many ways."""

from __future__ import annotations

from typing import ClassVar

from causalrec.causal.effects.specifications import Specifications
from causalrec.core.params import Params, param
from causalrec.core.progress import OnProgress, silent
from causalrec.core.results.result import Result
from causalrec.core.words import Text
from causalrec.runs.record.task import Task
from causalrec.tasks.causal.estimate import EstimateParams, question_table
from causalrec.workspace import Workspace

__all__ = ["AskInManyWays", "SpecificationParams"]


class SpecificationParams(Params):
    """Which saved effect."""

    effect: str = param(help="causal.param_effect")


class AskInManyWays(Task[SpecificationParams, Specifications]):
    """Ask a saved effect's question by several estimators, sets and targets."""

    name: ClassVar[str] = "ask-many-ways"
    page: ClassVar[str] = "effects"
    icon: ClassVar[str] = ":material/scatter_plot:"
    Params: ClassVar[type[Params]] = SpecificationParams
    Result: ClassVar[type[Result]] = Specifications

    def run(self, workspace: Workspace, on_progress: OnProgress = silent) -> Specifications:
        from causalrec.causal.effects.specifications import specifications

        thing = workspace.thing("effect", self.params.effect)
        asked = EstimateParams.make(thing.meta["asked"])
        table = question_table(workspace, asked, on_progress)
        on_progress(0.3, Text("causal.working_curve"))
        currency = str(workspace.settings().get("currency") or "")
        return specifications(table.frame, table.graph, **table.question, currency=currency)
