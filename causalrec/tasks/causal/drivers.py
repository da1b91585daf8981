"""Rank what drives an outcome of a saved log, as a saved graph says."""

from __future__ import annotations

from typing import ClassVar

from causalrec.causal.attribution.drivers import FAST, Drivers
from causalrec.causal.estimators import ESTIMATORS
from causalrec.causal.tables.causal_table import MEASURES, UNITS
from causalrec.core.params import Params, param
from causalrec.core.progress import OnProgress, silent
from causalrec.core.results.result import Result
from causalrec.core.words import Text
from causalrec.runs.record.task import Task
from causalrec.tasks.causal.question_table import asked_of
from causalrec.workspace import Workspace

__all__ = ["DriversParams", "RankDrivers"]


class DriversParams(Params):
    """Which outcome, in which table, by which graph."""

    dataset: str = param(help="causal.param_dataset")
    graph: str = param(help="causal.param_graph")
    outcome: str | None = param(None, help="causal.param_outcome")
    unit: str = param("user", choices=UNITS, help="causal.param_unit")
    date: str | None = param(None, help="causal.param_date")
    measure: str = param("any", choices=MEASURES, help="causal.param_measure")
    estimator: str = param(FAST, choices=ESTIMATORS, help="causal.param_estimator")
    level: float = param(0.95, ge=0.5, le=0.999, help="causal.param_level", advanced=True)
    seed: int = param(0, ge=0, le=2**31 - 1, help="causal.param_seed", advanced=True)


class RankDrivers(Task[DriversParams, Drivers]):
    """Make the table, estimate each factor's effect, rank them."""

    name: ClassVar[str] = "rank-drivers"
    page: ClassVar[str] = "effects"
    telling: ClassVar[tuple[str, ...]] = ("dataset", "graph", "outcome")
    icon: ClassVar[str] = ":material/leaderboard:"
    Params: ClassVar[type[Params]] = DriversParams
    Result: ClassVar[type[Result]] = Drivers

    def run(self, workspace: Workspace, on_progress: OnProgress = silent) -> Drivers:
        from causalrec.causal.attribution.rank_drivers import drivers

        asked = self.params
        on_progress(0.05, Text("causal.working_table"))
        frame, graph, outcome = asked_of(
            workspace, (asked.dataset, asked.graph), asked.outcome,
            unit=asked.unit, date=asked.date, measure=asked.measure,
        )  # fmt: skip
        on_progress(0.4, Text("causal.working_effect"))
        return drivers(
            frame,
            graph,
            outcome=outcome,
            estimator=asked.estimator,
            level=asked.level,
            seed=asked.seed,
            currency=str(workspace.settings().get("currency") or ""),
        )
