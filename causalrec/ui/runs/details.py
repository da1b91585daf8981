"""One run in full: how it ended, what it was asked, what computed it, and what to do with it."""

from __future__ import annotations

import json

import pandas as pd
import streamlit as st

from causalrec.core.errors import CausalRecError
from causalrec.core.words import table as words
from causalrec.runs.record.catalogue import TASKS
from causalrec.runs.record.runner import load_result
from causalrec.ui.kit import press
from causalrec.ui.kit.frame import caught
from causalrec.ui.kit.runs_live import duration
from causalrec.ui.kit.session import language, launcher, plain, t, workspace
from causalrec.ui.kit.widgets import answer, run_status, table, task_name
from causalrec.ui.runs.history import local, subject
from causalrec.workspace import Run

__all__ = ["details"]


def details(run: Run) -> None:
    """Draw one run."""
    title = " · ".join(filter(None, [task_name(run.task), subject(run)]))
    st.subheader(plain(title), anchor=False)
    if not run.active:  # a live one stands on top of the page
        run_status(run.id)
    if run.status == "done":
        _summary(run)
    _buttons(run)
    _facts(run)
    asked, things, used, log = st.tabs(
        [t(f"page_runs.tab_{name}") for name in ("parameters", "made", "versions", "log")]
    )
    with asked:
        table(_parameters(run), key=f"parameters-{run.id}")
    with things:
        _made(run)
    with used:
        frame = pd.DataFrame(list(run.versions.items()))
        if run.versions:
            frame.columns = [t("page_runs.package"), t("page_runs.version")]
            table(frame, key=f"versions-{run.id}")
    with log:
        _log(run)


def _summary(run: Run) -> None:
    """What the run answers: one sentence, or a list where it took several steps."""
    try:
        lines = load_result(workspace(), run.id).summary(language()).split("\n")
        if len(lines) == 1:
            answer(lines[0])
        else:
            st.markdown("\n".join(f"- {plain(line)}" for line in lines))
    except CausalRecError as error:
        st.caption(plain(error.text.to(language())))


def _facts(run: Run) -> None:
    unknown = "–"
    began = f"{local(run.started):%Y-%m-%d %H:%M:%S}" if run.started else unknown
    facts = {
        "state": t(f"page_runs.{run.status}"),
        "started": began,
        "duration": unknown if run.duration is None else duration(run.duration),
        "seed": unknown if run.seed is None else str(run.seed),
        "device": run.device or unknown,
        "data": run.data_fingerprint or unknown,
        "id": run.id,
    }
    with st.container(horizontal=True, border=True, key="run-facts", gap="large"):
        for name, value in facts.items():
            with st.container(width="content", gap=None):
                st.caption(t(f"page_runs.{name}"))
                st.markdown(plain(value))


def _buttons(run: Run) -> None:
    with st.container(horizontal=True):
        press.button(
            t("page_runs.again"),
            key="run-again",
            icon=":material/replay:",
            type="primary",
            act=_again,
            args=(run,),
            help=t("page_runs.again_help"),
        )
        if not run.active:
            with st.popover(t("page_runs.delete"), icon=":material/delete:"):
                st.markdown(t("page_runs.delete_sure"))
                st.button(
                    t("page_runs.delete_yes"),
                    key="run-delete",
                    type="primary",
                    on_click=_delete,
                    args=(run.id,),
                )
        _download(run)


def _download(run: Run) -> None:
    kept = run.log_path.parent / "result.json"
    if run.status == "done" and kept.is_file():
        st.download_button(
            t("page_runs.result"),
            kept.read_bytes(),
            file_name=f"{run.task}-{run.id}.json",
            mime="application/json",
            icon=":material/download:",
            on_click="ignore",
        )


def _again(run: Run) -> None:
    st.query_params["run"] = launcher().start(workspace(), run.task, run.params)


def _delete(run_id: str) -> None:
    with caught():
        workspace().register.delete(run_id)
        st.query_params.pop("run", None)


def _parameters(run: Run) -> pd.DataFrame:
    rows = [(_label(run.task, name), name, _shown(value)) for name, value in run.params.items()]
    columns = [t("page_runs.parameter"), t("page_runs.name"), t("page_runs.value")]
    return pd.DataFrame(rows, columns=columns)


def _label(task: str, name: str) -> str:
    """The parameter's label, or its name for a task or parameter that is no more."""
    field = TASKS[task].Params.model_fields.get(name) if task in TASKS else None
    extra = field.json_schema_extra if field else None
    key = f"{extra.get('help')}_label" if isinstance(extra, dict) else ""
    return words(language()).get(key, name.replace("_", " "))


def _shown(value: object) -> str:
    if value is None:
        return "–"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _made(run: Run) -> None:
    if not run.made:
        st.caption(t("page_runs.made_nothing"))
        return
    kinds = words(language())
    rows = [(kinds.get(f"ui.kind_{r.kind}", r.kind), r.name, r.version) for r in run.made]
    columns = [t("page_runs.kind"), t("page_runs.name"), t("page_runs.version")]
    table(pd.DataFrame(rows, columns=columns), key=f"made-{run.id}")


def _log(run: Run) -> None:
    text = run.log()
    if not text:
        st.caption(t("page_runs.no_log"))
        return
    st.code(text[-20_000:], language=None, wrap_lines=True, height=320)
    st.download_button(
        t("page_runs.log"),
        text,
        file_name=f"{run.task}-{run.id}.log",
        mime="text/plain",
        icon=":material/download:",
        on_click="ignore",
    )
