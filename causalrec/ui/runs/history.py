"""The table of runs; a click on a row chooses it."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pandas as pd
import streamlit as st

from causalrec.core.words import table as words
from causalrec.runs.record.catalogue import TASKS
from causalrec.ui.kit.runs_live import duration
from causalrec.ui.kit.session import language, say, t
from causalrec.ui.kit.widgets import task_name
from causalrec.whatif.changes.sources import off_policy, source_word
from causalrec.whatif.ope.catalogue import OPE_ESTIMATORS
from causalrec.workspace import Run

__all__ = ["history", "local", "subject"]

STATES = ("queued", "running", "done", "failed", "cancelled")


def history(runs: list[Run], chosen: str) -> str:
    """Filters and the table.

    Args:
        runs: newest first.
        chosen: id of the run that is shown in full.

    Returns:
        The id of the run to show in full.
    """
    shown = _filtered(runs)
    if not shown:
        st.info(t("page_runs.no_match"), icon=":material/filter_alt_off:")
        return chosen
    ids = [run.id for run in shown]
    # The key holds what the rows are: a selection never points to another run after a change.
    key = f"runs-{hash(tuple((run.id, run.status) for run in shown))}"
    event = st.dataframe(
        _table(shown),
        hide_index=True,
        key=key,
        on_select="rerun",
        selection_mode="single-row",
        selection_default={"selection": {"rows": [ids.index(chosen)] if chosen in ids else []}},
        height="content" if len(shown) < 10 else 360,
        column_config={
            t("page_runs.asked"): st.column_config.DatetimeColumn(format="YYYY-MM-DD HH:mm:ss"),
            t("page_runs.progress"): st.column_config.ProgressColumn(
                min_value=0.0, max_value=1.0, format="percent", width="small"
            ),
        },
    )
    st.caption(t("page_runs.choose"))
    rows = event["selection"]["rows"]
    return ids[rows[0]] if rows and rows[0] < len(ids) else chosen


def _filtered(runs: list[Run]) -> list[Run]:
    tasks = list(dict.fromkeys(run.task for run in runs))
    states = [state for state in STATES if any(run.status == state for run in runs)]
    left, right = st.columns(2, vertical_alignment="bottom")
    asked = left.multiselect(
        t("page_runs.task"),
        tasks,
        format_func=task_name,
        key="runs-tasks",
        placeholder=t("page_runs.all"),
    )
    state = right.pills(
        t("page_runs.state"), states, format_func=lambda s: t(f"page_runs.{s}"), key="runs-state"
    )
    return [
        run
        for run in runs
        if (not asked or run.task in asked) and (state is None or run.status == state)
    ]


def _table(runs: list[Run]) -> pd.DataFrame:
    columns = {
        "asked": [local(run.created) for run in runs],
        "task": [task_name(run.task) for run in runs],
        "what": [subject(run) for run in runs],
        "state": [t(f"page_runs.{run.status}") for run in runs],
        "progress": [run.fraction for run in runs],
        "duration": ["" if run.duration is None else duration(run.duration) for run in runs],
        "seed": ["" if run.seed is None else str(run.seed) for run in runs],
    }
    return pd.DataFrame({t(f"page_runs.{name}"): column for name, column in columns.items()})


def subject(run: Run) -> str:
    """What tells a run from others of its task, in a few words; "" of a task that is no more."""
    telling = TASKS[run.task].telling if run.task in TASKS else ()
    values = [str(run.params[name]) for name in telling if run.params.get(name)]
    estimator, labels = run.params.get("estimator"), words(language())
    if estimator and values:
        values[-1] = labels.get(f"causal.estimator_{estimator}", values[-1])
        if estimator in OPE_ESTIMATORS:
            values[-1] = say(source_word(off_policy(estimator), "source"))
    return " · ".join(dict.fromkeys(values))


def local(moment: datetime) -> datetime:
    """A time on the reader's clock, without its zone."""
    try:
        zone = ZoneInfo(st.context.timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        zone = ZoneInfo("UTC")
    return moment.astimezone(zone).replace(tzinfo=None)
