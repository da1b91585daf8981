"""A new run: which model, its parameters, how it is measured; and runs as they go."""

from __future__ import annotations

from typing import Any

import streamlit as st

from causalrec.core.words import Text
from causalrec.data.split import PROTOCOLS
from causalrec.recsys.recommenders import RECOMMENDERS
from causalrec.tasks.runner import load_result
from causalrec.tasks.train import TrainParams
from causalrec.ui import parts
from causalrec.ui.forms import params_form
from causalrec.ui.frame import caught
from causalrec.ui.session import language, launcher, plain, say, t, workspace
from causalrec.workspace import Run, Thing

__all__ = ["begin", "form", "live_runs"]

_STARTED = "causalrec_train_started"
_DRAWN = ("dataset", "model", "params", "protocol", "resume", "finish")


def form(dataset: Thing, *, first: bool) -> None:
    """What to train next."""
    with st.container(border=True, key="train-form"):
        st.subheader(t("page_train.new"), anchor=False)
        model = st.segmented_control(
            t("page_train.model"),
            list(RECOMMENDERS),
            default="ease",
            format_func=_label,
            key="train-model",
            required=True,
        )
        st.markdown(f":gray[{plain(t(_key(model) + '_about'))}]")
        params = _params(model)
        asked = _asked()
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                t("page_train.start", model=Text(_key(model))),
                key="train-start",
                type="primary",
                icon=":material/play_arrow:",
                on_click=begin,
                args=({"dataset": dataset.name, "model": model, "params": params, **asked},),
            )
            if first:
                st.button(
                    t("page_train.start_all"),
                    key="train-all",
                    icon=":material/playlist_play:",
                    on_click=_begin_all,
                    args=(dataset.name, asked),
                )


def _params(model: str) -> dict[str, Any]:
    with st.container(key="train-params"):
        return params_form(RECOMMENDERS[model].Params, key=f"train-{model}", columns=3)


def _asked() -> dict[str, Any]:
    """How rows are held out, list lengths, name, seed, device."""
    with st.expander(t("page_train.measured"), icon=":material/straighten:"):
        protocol = st.selectbox(
            t("train.help_protocol_label"),
            PROTOCOLS,
            format_func=lambda name: t(f"page_train.protocol_{name}"),
            help=t("train.help_protocol"),
            key="train-protocol",
        )
        rest = params_form(TrainParams, key="train-run", skip=_DRAWN, columns=2)
    return {"protocol": protocol, **{k: v for k, v in rest.items() if v not in (None, "")}}


def begin(params: dict[str, Any]) -> None:
    """Start one training run."""
    with caught():
        run_id = launcher().start(workspace(), "train", params)
        st.session_state.setdefault(_STARTED, []).append(run_id)


def _begin_all(dataset: str, asked: dict[str, Any]) -> None:
    plain_asked = {name: value for name, value in asked.items() if name != "name"}
    for model in RECOMMENDERS:
        begin({"dataset": dataset, "model": model, **plain_asked})


def live_runs(dataset: Thing) -> None:
    """Training runs of this dataset that wait or run, and how the last one started here ended."""
    register = workspace().register
    live = [run for run in register.active() if _is_ours(run, dataset.name)]
    last = st.session_state.get(_STARTED, [None])[-1]
    ended = [run for run in register.runs("train", limit=20) if run.id == last and not run.active]
    for run in [*live, *ended]:
        _headed(run)


def _is_ours(run: Run, dataset: str) -> bool:
    return run.task == "train" and run.params.get("dataset") == dataset


def _headed(run: Run) -> None:
    name = say(Text(_key(str(run.params["model"]))))
    chosen = run.params.get("name")
    st.markdown(f"**{plain(f'{name} · {chosen}' if chosen else name)}**")
    now = parts.run_status(run.id, metrics=run.active)
    if now.status == "done":
        parts.answer(load_result(workspace(), run.id).summary(language()))


def _key(model: str) -> str:
    return f"recsys.model_{model.replace('-', '_')}"


def _label(model: str) -> str:
    return t(_key(model))
