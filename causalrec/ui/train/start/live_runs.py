"""Runs of this page: started, followed, gone on with after a stop."""

from __future__ import annotations

from typing import Any

import streamlit as st

from causalrec.core.errors import CausalRecError
from causalrec.recsys.recommenders import RECOMMENDERS
from causalrec.runs.record.catalogue import TASKS
from causalrec.runs.record.checkpoints import can_resume
from causalrec.runs.record.runner import load_result
from causalrec.tasks.recsys.search import Search, search_of
from causalrec.tasks.recsys.train import Train
from causalrec.ui.kit import widgets
from causalrec.ui.kit.frame import caught
from causalrec.ui.kit.session import language, launcher, plain, t, workspace
from causalrec.ui.train.start.models import label
from causalrec.workspace import Run, Thing

__all__ = ["arrived", "begin", "going", "outcome"]

_STARTED, _SEEN, _PUT_AWAY = (f"causalrec_train_{name}" for name in ("started", "seen", "away"))
_MOST_CARDS = 2
_RECENT = 40


def begin(task: str, runs: list[dict[str, Any]]) -> None:
    """Start runs of a task, one after the other."""
    with caught():
        for params in runs:
            run_id = launcher().start(workspace(), task, params)
            st.session_state.setdefault(_STARTED, []).append(run_id)


def arrived() -> list[Run]:
    """Runs started in this tab that have ended well since it last looked."""
    started = st.session_state.get(_STARTED, [])
    seen: set[str] = st.session_state.setdefault(_SEEN, set())
    runs = [_run(run_id) for run_id in started if run_id not in seen]
    done = [run for run in runs if run is not None and run.status == "done"]
    seen.update(run.id for run in done)
    return done


def going(dataset: Thing) -> None:
    """Runs on this dataset that wait or run, and those that stopped before they were done."""
    register, ours = workspace().register, TASKS.where(page=Train.page)
    live = [run for run in register.active() if run.task in ours and _on(run) == dataset.name]
    for run in live[:_MOST_CARDS]:
        st.markdown(f"**{plain(_title(run))}**")
        widgets.run_status(run.id)
    if len(live) > _MOST_CARDS:
        names = ", ".join(_title(run) for run in live[_MOST_CARDS:])
        st.caption(f":material/hourglass_empty: {plain(t('page_train.waiting', names=names))}")
        st.button(
            t("page_train.cancel_waiting"),
            key="train-cancel-waiting",
            icon=":material/cancel:",
            on_click=_cancel,
            args=([run.id for run in live[_MOST_CARDS:]],),
        )
    for run in _stopped(dataset):
        _ended(run)


def _cancel(run_ids: list[str]) -> None:
    with caught():
        for run_id in run_ids:
            launcher().cancel(workspace(), run_id)


def _stopped(dataset: Thing) -> list[Run]:
    """Of this tab's runs and those that can be gone on with: what ended before it was done."""
    place, started = workspace(), st.session_state.get(_STARTED, [])
    away: set[str] = st.session_state.setdefault(_PUT_AWAY, set())
    runs = [
        run
        for task in TASKS.where(page=Train.page)
        for run in place.register.runs(task, limit=_RECENT)
    ]
    taken_up = {run.params.get("resume") for run in runs}
    stopped = []
    for run in runs:
        ended = run.status in ("failed", "cancelled") and run.id not in away | taken_up
        if ended and _on(run) == dataset.name and (run.id in started or _can_go_on(run)):
            stopped.append(run)
    return sorted(stopped, key=lambda run: run.created, reverse=True)[:_MOST_CARDS]


def _can_go_on(run: Run) -> bool:
    if run.task == Search.name:
        return search_of(workspace(), run) is not None
    return run.task == Train.name and can_resume(workspace(), run)


def _ended(run: Run) -> None:
    """A run that stopped, why, and the ways on."""
    st.markdown(f"**{plain(_title(run))}**")
    widgets.run_status(run.id, metrics=False)
    with st.container(horizontal=True, key=f"train-ways-{run.id}"):
        if _can_go_on(run):
            st.button(
                _go_on_words(run),
                key=f"train-go-on-{run.id}",
                icon=":material/play_arrow:",
                on_click=_go_on,
                args=(run, False),
            )
            st.button(
                t("page_train.keep_best"),
                key=f"train-keep-{run.id}",
                icon=":material/save:",
                on_click=_go_on,
                args=(run, True),
                help=t("page_train.keep_best_help"),
            )
        st.button(
            t("page_train.put_away"),
            key=f"train-away-{run.id}",
            type="tertiary",
            on_click=_put_away,
            args=(run.id,),
        )


def _go_on_words(run: Run) -> str:
    if run.task == Search.name:
        search = search_of(workspace(), run)
        return t("page_train.go_on_trial", n=0 if search is None else len(search.trials))
    epochs = [m["epoch"] for m in workspace().register.run(run.id).metrics if "epoch" in m]
    return t("page_train.go_on", epoch=int(epochs[-1])) if epochs else t("page_train.go_on_any")


def _go_on(run: Run, finish: bool) -> None:
    begin(run.task, [{**run.params, "resume": run.id, "finish": finish}])


def _put_away(run_id: str) -> None:
    st.session_state.setdefault(_PUT_AWAY, set()).add(run_id)


def outcome(run: Run) -> str | None:
    """What a finished run found, in a sentence; None where its result cannot be read."""
    try:
        return load_result(workspace(), run.id).summary(language())
    except CausalRecError:
        return None


def _run(run_id: str) -> Run | None:
    try:
        return workspace().register.run(run_id)
    except CausalRecError:
        return None


def _on(run: Run) -> str:
    """The dataset that a run is about: its own, or that of the model it works on."""
    if "dataset" in run.params:
        return str(run.params["dataset"])
    if "run" in run.params:
        source = _run(str(run.params["run"]))
        return "" if source is None else _on(source)
    model = workspace().find("model", str(run.params.get("model")))
    return "" if model is None else str(model.meta.get("dataset", ""))


def _title(run: Run) -> str:
    """What runs: the model for a training, the task before it else."""
    words = [widgets.task_name(run.task)] if run.task != Train.name else []
    source = _run(str(run.params["run"])) if "run" in run.params else run
    model = str((source or run).params.get("model", ""))
    words.append(label(model) if model in RECOMMENDERS else model)
    name = run.params.get("name")
    return " · ".join(word for word in [*words, *([str(name)] if name else [])] if word)
