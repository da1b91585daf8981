"""An effect from a saved log that has a date (or a cutoff) and no lottery, and keep it."""

from __future__ import annotations

from typing import Any, ClassVar

import pandas as pd

from causalrec.causal.designs import DESIGNS
from causalrec.causal.designs.design import CONTROLS
from causalrec.causal.designs.design_effect import DesignEffect
from causalrec.causal.tables.panel_table import PERIODS, SUMS
from causalrec.core.errors import unknown_name
from causalrec.core.params import Params, param
from causalrec.core.progress import OnProgress, silent
from causalrec.core.results.result import Result
from causalrec.core.words import Text
from causalrec.data.dataset.dataset import Dataset
from causalrec.data.storage.store import load_dataset
from causalrec.runs.record.task import Task
from causalrec.workspace import Workspace

__all__ = ["DesignParams", "EstimateDesign"]


class DesignParams(Params):
    """Which outcome, whose, by which design, from when on."""

    dataset: str = param(help="causal.param_dataset")
    outcome: str = param(help="causal.param_panel_outcome")
    design: str = param(DESIGNS.default, choices=DESIGNS, help="causal.param_design")
    unit: str | None = param(None, help="causal.param_panel_unit")
    period: str = param("week", choices=tuple(PERIODS), help="causal.param_period")
    measure: str = param("mean", choices=SUMS, help="causal.param_panel_measure")
    treatment: str | None = param(None, help="causal.param_panel_treatment")
    treated: tuple[str, ...] = param((), help="causal.param_panel_treated")
    start: str | None = param(None, help="causal.param_panel_start")
    running: str | None = param(None, help="causal.param_running")
    cutoff: float | None = param(None, help="causal.param_cutoff")
    control: str = param(CONTROLS[0], choices=CONTROLS, help="causal.param_panel_control")
    ridge: bool = param(False, help="causal.param_ridge", advanced=True)
    level: float = param(0.95, ge=0.5, le=0.999, help="causal.param_level", advanced=True)
    seed: int = param(0, ge=0, le=2**31 - 1, help="causal.param_seed", advanced=True)
    name: str | None = param(None, help="causal.param_name", advanced=True)


class EstimateDesign(Task[DesignParams, DesignEffect]):
    """Make the panel, answer by the design, try it on placebos, save."""

    name: ClassVar[str] = "design"
    page: ClassVar[str] = "effects"
    telling: ClassVar[tuple[str, ...]] = ("name", "dataset", "design", "outcome", "start")
    icon: ClassVar[str] = ":material/event:"
    Params: ClassVar[type[Params]] = DesignParams
    Result: ClassVar[type[Result]] = DesignEffect

    def run(self, workspace: Workspace, on_progress: OnProgress = silent) -> DesignEffect:
        from causalrec.causal.designs.asking import design

        asked = self.params
        thing = workspace.thing("dataset", asked.dataset)
        on_progress(0.05, Text("causal.working_panel"))
        data = load_dataset(thing.folder)
        frame, question = _question(data, asked, thing.meta.get("date"))
        on_progress(0.3, Text("causal.working_effect"))
        currency = str(workspace.settings().get("currency") or "")
        effect = design(
            frame, design=asked.design, outcome=asked.outcome, control=asked.control,
            ridge=asked.ridge, level=asked.level, seed=asked.seed, currency=currency, **question,
        )  # fmt: skip
        name = asked.name or f"{asked.outcome} - {DESIGNS[asked.design].name}"
        effect = effect.model_copy(update={"name": name})
        workspace.save_json(
            "design", name, effect.model_dump(mode="json"), made_from=[thing.ref],
            meta={"asked": asked.model_dump(mode="json"), "dataset": asked.dataset},
        )  # fmt: skip
        return effect


def _question(
    data: Dataset, asked: DesignParams, date: str | None
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """The table of a question, and how its columns are called.

    Args:
        data: the log.
        asked: the question.
        date: the log's own; where it has none, that on which the treatment began is meant.

    Raises:
        NotFoundError: the log has no such column.
    """
    from causalrec.causal.tables.panel_table import panel_table
    from causalrec.causal.tables.treatment_start import treatment_start

    method = DESIGNS[asked.design]
    if "running" in method.needs:
        return _rows(data, asked)
    whose = "unit" in method.needs
    mark = asked.treatment if whose else None
    start: object = asked.start
    if start is None and not method.dates:
        start = date or (None if mark is None else treatment_start(data, mark))
    frame = panel_table(
        data, asked.outcome, unit=(asked.unit or "user") if whose else None, period=asked.period,
        measure=asked.measure, treatment=mark, start=start,
    )  # fmt: skip
    question: dict[str, Any] = {"time": "time", "start": start}
    if whose:
        question |= {"unit": "unit", "treated": asked.treated or None}
        question["treatment"] = None if mark is None else "treatment"
    return frame, question


def _rows(data: Dataset, asked: DesignParams) -> tuple[pd.DataFrame, dict[str, Any]]:
    """The rows of the log around a cutoff, by user where it knows them.

    Raises:
        NotFoundError: the log has no such column.
    """
    for name in (asked.outcome, asked.running, asked.treatment):
        if name is not None and name not in data.frame:
            error = unknown_name("column", name, data.frame.columns)
            raise error
    cluster = "user" if data.has("user") else None
    parts = {"running": asked.running, "cutoff": asked.cutoff, "treatment": asked.treatment}
    return data.frame, {**parts, "cluster": cluster}
