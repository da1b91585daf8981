"""A new run: models, their parameters, how they are measured, what counts more; train or search."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from causalrec.data.dataset.dataset import Dataset
from causalrec.data.splits.split import PROTOCOLS
from causalrec.language.encoders import ENCODERS
from causalrec.language.encoders.encoder import TextEncoder
from causalrec.recsys.recommenders import RECOMMENDERS
from causalrec.tasks.recsys.search import Search, SearchParams
from causalrec.tasks.recsys.train import Train
from causalrec.tasks.recsys.train_params import TrainParams
from causalrec.ui.kit import press
from causalrec.ui.kit.forms import changed, params_form
from causalrec.ui.kit.session import plain, say, t
from causalrec.ui.train.start.live_runs import begin
from causalrec.ui.train.start.models import choose, label, word
from causalrec.workspace import Thing

__all__ = ["form"]

MEASURED = ("k", "seed", "device", "name")
FOLDS = ("folds", "fold")
CLIPPED = ("propensity", "popularity")
FLOOR = ("group_by", "group_floor", "group_rounds")
BUDGET = ("trials", "minutes", "sampler")
_MODES = {task.name: task.icon for task in (Train, Search)}
_MOST_GROUPS = 30


def form(dataset: Thing, data: Dataset, suggested: Sequence[str]) -> None:
    """What to train or search next.

    Args:
        dataset: what it learns from.
        data: its rows.
        suggested: models that suit the log, the best first.
    """
    with st.container(border=True, key="train-form"):
        mode = _head()
        models = choose(suggested)
        if not models:
            st.caption(t("page_train.choose_one"))
            return
        names = ["models", "measured"] + (["weighted"] if mode == Train.name else ["budget"])
        tabs = dict(zip(names, st.tabs([t(f"page_train.{n}_tab") for n in names]), strict=True))
        with tabs["models"]:
            own = _own(models, mode)
        with tabs["measured"]:
            asked = _measured(single=len(models) == 1)
        with tabs[names[-1]]:
            asked |= _weighted(data) if mode == Train.name else _budget()
        runs = [
            {"dataset": dataset.name, "model": name, "params": own.get(name, {}), **asked}
            for name in models
        ]
        _buttons(mode, models, runs)


def _head() -> str:
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    ):
        st.subheader(t("page_train.new"), anchor=False, width="content")
        mode = st.segmented_control(
            t("page_train.mode"),
            list(_MODES),
            default=Train.name,
            format_func=lambda name: f"{_MODES[name]} {t(f'page_train.mode_{name}')}",
            key="train-mode",
            required=True,
            label_visibility="collapsed",
            width="content",
        )
    return str(mode)


def _own(models: list[str], mode: str) -> dict[str, dict[str, Any]]:
    """Each model in a sentence and, for a training, its parameters: only what is changed counts."""
    if mode == Search.name:
        for name in models:
            st.markdown(f"**{plain(label(name))}** · :gray[{_about(name)}]")
        return {}
    if len(models) == 1:
        return {models[0]: _params(models[0])}
    st.caption(t("page_train.defaults_do"))
    tabs = st.tabs([plain(label(name)) for name in models])
    params = {}
    for name, tab in zip(models, tabs, strict=True):
        with tab:
            params[name] = _params(name)
    return params


def _about(model: str) -> str:
    return plain(say(word(model, "_about")))


def _params(model: str) -> dict[str, Any]:
    st.markdown(f":gray[{_about(model)}]")
    params = RECOMMENDERS[model].Params
    if RECOMMENDERS[model].takes_texts:
        st.caption(" · ".join(_encoder(kind) for kind in ENCODERS.values()))
    given = params_form(params, key=f"train-{model}", columns=3)
    if not given:
        st.caption(t("page_train.no_params"))
    return changed(params, given)


def _encoder(kind: type[TextEncoder]) -> str:
    return f"**{plain(say(kind.word()))}**: {plain(say(kind.word('_about')))}"


def _measured(*, single: bool) -> dict[str, Any]:
    """How rows are held out, list lengths, seed, device and, for one model, its name."""
    protocol = st.selectbox(
        t("train.help_protocol_label"),
        PROTOCOLS,
        format_func=lambda name: t(f"page_train.protocol_{name}"),
        help=t("train.help_protocol"),
        key="train-protocol",
    )
    only = MEASURED[: None if single else -1] + (FOLDS if protocol == "k_fold" else ())
    rest = params_form(TrainParams, key="train-run", only=only, columns=len(MEASURED))
    return {"protocol": protocol, **{k: v for k, v in rest.items() if v not in (None, "")}}


def _weighted(data: Dataset) -> dict[str, Any]:
    """Weights of rows, the popularity penalty, a floor for groups."""
    st.caption(t("page_train.weighted_about"))
    groups = _groupings(data)
    rows: tuple[str, ...] = ("weighting", "popularity_penalty")
    if st.session_state.get("train-run-weighting") in CLIPPED:
        rows = ("weighting", "clip", "popularity_penalty")
    given = params_form(TrainParams, key="train-run", only=rows, columns=3)
    if groups:
        only = FLOOR if st.session_state.get("train-run-group_by") else FLOOR[:1]
        options = {"group_by": groups}
        given |= params_form(TrainParams, key="train-run", only=only, options=options, columns=3)
    return changed(TrainParams, given)


def _groupings(data: Dataset) -> list[str]:
    """Attributes of users and items that make groups: more than one, and not too many."""
    return _grouping_columns(data, data.fingerprint)


@st.cache_data(show_spinner=False, max_entries=8)
def _grouping_columns(_data: Dataset, fingerprint: str) -> list[str]:
    tables = [table for table in (_data.users, _data.items) if table is not None]
    names = [
        str(name)
        for table in tables
        for name in table.columns
        if 1 < table[name].astype(str).nunique() <= _MOST_GROUPS
    ]
    return list(dict.fromkeys(names))


def _budget() -> dict[str, Any]:
    st.caption(t("page_train.budget_about"))
    return params_form(SearchParams, key="train-search", only=BUDGET, columns=3)


def _buttons(mode: str, models: list[str], runs: list[dict[str, Any]]) -> None:
    one = len(models) == 1
    text = t(f"page_train.start_{mode}", model=word(models[0])) if one else None
    press.button(
        text or t(f"page_train.start_{mode}_many", n=len(models)),
        key="train-start",
        type="primary",
        icon=":material/play_arrow:",
        act=begin,
        args=(mode, runs),
    )
