"""Ask every treatment of every outcome of a saved log, as a saved graph says."""

from __future__ import annotations

from typing import ClassVar

from causalrec.causal.effects.questions import Questions
from causalrec.causal.estimators import ESTIMATORS
from causalrec.causal.tables.causal_table import MEASURES, UNITS
from causalrec.core.params import Params, param
from causalrec.core.progress import OnProgress, silent, within
from causalrec.core.results.result import Result
from causalrec.core.words import Text
from causalrec.runs.record.task import Task
from causalrec.tasks.causal.question_table import asked_of
from causalrec.workspace import Workspace

__all__ = ["AskQuestions", "QuestionsParams"]


class QuestionsParams(Params):
    """Which treatments and outcomes, in which table, by which graph."""

    dataset: str = param(help="causal.param_dataset")
    graph: str = param(help="causal.param_graph")
    treatments: tuple[str, ...] = param(help="causal.param_treatments")
    outcomes: tuple[str, ...] = param(help="causal.param_outcomes")
    unit: str = param("user", choices=UNITS, help="causal.param_unit")
    date: str | None = param(None, help="causal.param_date")
    measure: str = param("any", choices=MEASURES, help="causal.param_measure")
    estimator: str = param(ESTIMATORS.default, choices=ESTIMATORS, help="causal.param_estimator")
    level: float = param(0.95, ge=0.5, le=0.999, help="causal.param_level", advanced=True)
    seed: int = param(0, ge=0, le=2**31 - 1, help="causal.param_seed", advanced=True)


class AskQuestions(Task[QuestionsParams, Questions]):
    """Make the table, answer each question, correct for asking so many."""

    name: ClassVar[str] = "ask-questions"
    page: ClassVar[str] = "effects"
    telling: ClassVar[tuple[str, ...]] = ("dataset", "graph", "treatments", "outcomes")
    icon: ClassVar[str] = ":material/grid_on:"
    Params: ClassVar[type[Params]] = QuestionsParams
    Result: ClassVar[type[Result]] = Questions

    def run(self, workspace: Workspace, on_progress: OnProgress = silent) -> Questions:
        from causalrec.causal.effects.questions import questions

        asked = self.params
        on_progress(0.05, Text("causal.working_table"))
        first = next(iter(asked.outcomes), None)
        frame, graph, _ = asked_of(
            workspace, (asked.dataset, asked.graph), first,
            unit=asked.unit, date=asked.date, measure=asked.measure,
        )  # fmt: skip
        return questions(
            frame,
            graph,
            treatments=asked.treatments,
            outcomes=asked.outcomes,
            estimator=asked.estimator,
            level=asked.level,
            seed=asked.seed,
            currency=str(workspace.settings().get("currency") or ""),
            on_progress=within(on_progress, 0.2, 0.95),
        )
