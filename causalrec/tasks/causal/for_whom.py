"""For whom a saved effect is how large, on a table made anew."""

from __future__ import annotations

from typing import ClassVar

from causalrec.causal.heterogeneity.uplift_result import Uplift
from causalrec.causal.heterogeneity.verdicts import AUTO
from causalrec.causal.learners import LEARNERS
from causalrec.core.params import Params, param
from causalrec.core.progress import OnProgress, silent
from causalrec.core.results.asked import Asked
from causalrec.core.results.result import Result
from causalrec.core.words import Text
from causalrec.runs.record.task import Task
from causalrec.tasks.causal.estimate import EstimateParams, question_table
from causalrec.workspace import Workspace

__all__ = ["ForWhom", "ForWhomParams"]


class ForWhomParams(Params):
    """Which saved effect, and how users are ranked."""

    effect: str = param(help="causal.param_effect")
    learner: str = param(AUTO, choices=(AUTO, *LEARNERS), help="causal.param_uplift_learner")
    score: str | None = param(None, help="causal.param_uplift_score")
    cost: float = param(0.0, help="causal.param_uplift_cost")
    depth: int = param(2, ge=1, le=3, help="causal.param_uplift_depth")


class ForWhom(Task[ForWhomParams, Uplift]):
    """Rank users by their effect, and see on users held out whether it differs."""

    name: ClassVar[str] = "for-whom"
    page: ClassVar[str] = "effects"
    telling: ClassVar[tuple[str, ...]] = ("effect", "learner")
    icon: ClassVar[str] = ":material/groups:"
    Params: ClassVar[type[Params]] = ForWhomParams
    Result: ClassVar[type[Result]] = Uplift
    heavy: ClassVar[bool] = True

    def run(self, workspace: Workspace, on_progress: OnProgress = silent) -> Uplift:
        from causalrec.causal.heterogeneity.uplift import uplift

        thing = workspace.thing("effect", self.params.effect)
        table = question_table(workspace, EstimateParams.make(thing.meta["asked"]), on_progress)
        on_progress(0.2, Text("causal.working_uplift"))
        ways = self.params.model_dump(include={"learner", "score", "cost", "depth"})
        currency = str(workspace.settings().get("currency") or "")
        answer = uplift(table.frame, table.graph, **table.question, **ways,
                        currency=currency)  # fmt: skip
        return answer.model_copy(update={"name": thing.name, "asked": Asked.of(self.params)})
