"""Split the change of a metric of a saved log among the mechanisms of a saved graph."""

from __future__ import annotations

from typing import ClassVar

import pandas as pd

from causalrec.causal.attribution.change import MECHANISMS, ChangeAttribution
from causalrec.core.params import Params, param
from causalrec.core.progress import OnProgress, silent
from causalrec.core.results.result import Result
from causalrec.core.words import Text
from causalrec.runs.record.task import Task
from causalrec.tasks.causal.question_table import asked_of
from causalrec.workspace import Workspace

__all__ = ["AttributeChange", "ChangeParams"]

PERIOD = "causalrec period"
"""The column that tells rows before a date from those after it."""


class ChangeParams(Params):
    """Which metric, between which two periods or segments."""

    dataset: str = param(help="causal.param_dataset")
    graph: str = param(help="causal.param_graph")
    metric: str | None = param(None, help="causal.param_metric")
    date: str | None = param(None, help="causal.param_split_date")
    by: str | None = param(None, help="causal.param_by")
    before: str | None = param(None, help="causal.param_before")
    after: str | None = param(None, help="causal.param_after")
    mechanisms: str = param(MECHANISMS[0], choices=MECHANISMS, help="causal.param_mechanisms")
    level: float = param(0.95, ge=0.5, le=0.999, help="causal.param_level", advanced=True)
    seed: int = param(0, ge=0, le=2**31 - 1, help="causal.param_seed", advanced=True)


class AttributeChange(Task[ChangeParams, ChangeAttribution]):
    """Take the log's impressions, split them in two, say which mechanism moved the metric."""

    name: ClassVar[str] = "attribute-change"
    page: ClassVar[str] = "effects"
    telling: ClassVar[tuple[str, ...]] = ("dataset", "graph", "metric", "by", "date")
    icon: ClassVar[str] = ":material/call_split:"
    Params: ClassVar[type[Params]] = ChangeParams
    Result: ClassVar[type[Result]] = ChangeAttribution

    def run(self, workspace: Workspace, on_progress: OnProgress = silent) -> ChangeAttribution:
        from causalrec.causal.attribution.attribute_change import attribute_change

        asked = self.params
        on_progress(0.05, Text("causal.working_table"))
        names = (asked.dataset, asked.graph)
        frame, graph, metric = asked_of(workspace, names, asked.metric)
        by = asked.by
        values = (
            None if asked.before is None or asked.after is None else (asked.before, asked.after)
        )
        if by is None:
            by, values, frame = _by_date(frame, asked.date)
        on_progress(0.4, Text("causal.working_change"))
        return attribute_change(
            frame,
            None,
            graph,
            metric=metric,
            by=by,
            values=values,
            mechanisms=asked.mechanisms,
            level=asked.level,
            seed=asked.seed,
            currency=str(workspace.settings().get("currency") or ""),
        )


def _by_date(
    frame: pd.DataFrame, date: str | None
) -> tuple[str, tuple[str, str] | None, pd.DataFrame]:
    """The table with a column that says whether a row is before a date; None: the middle."""
    if "time" not in frame:
        return PERIOD, None, frame
    times = pd.to_datetime(frame["time"])
    moment = times.min() + (times.max() - times.min()) / 2 if date is None else pd.Timestamp(date)
    day = f"{moment:%Y-%m-%d}"
    names = (f"< {day}", f"≥ {day}")
    facts = frame.attrs
    frame = frame.assign(**{PERIOD: (times >= moment).map({False: names[0], True: names[1]})})
    frame.attrs = facts
    return PERIOD, names, frame
