"""A search: what it found, how it came about, which parameter matters, every trial."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from causalrec.core.words import table as words
from causalrec.recsys.recommenders import RECOMMENDERS
from causalrec.recsys.tuning.search_result import SearchResult
from causalrec.tasks.recsys.train import Train
from causalrec.ui.kit import press, widgets
from causalrec.ui.kit.open_models import model_name, search_in
from causalrec.ui.kit.session import language, plain, say, t
from causalrec.ui.train.start.live_runs import begin
from causalrec.workspace import Thing

__all__ = ["searches"]


def searches(saved: list[Thing]) -> None:
    """Draw one of the saved searches."""
    thing = saved[0]
    if len(saved) > 1:
        thing = st.selectbox(
            t("page_train.search"), saved, format_func=model_name, key="train-search", width=420
        )
    result = search_in(thing)
    widgets.answer(result.summary(language()))
    widgets.stale_note(thing)
    if result.best_value is not None:
        _train_best(thing, result)
    _charts(result)
    widgets.table(_trials(result), key="train-trials")
    texts = [result.reason, *result.notes]
    st.caption(":material/straighten: " + " ".join(plain(say(text)) for text in texts))


def _train_best(thing: Thing, result: SearchResult) -> None:
    params = {
        "dataset": thing.meta["dataset"],
        "model": result.model,
        "params": result.best,
        "protocol": result.protocol,
        "seed": result.seed,
        "name": None if thing.name == result.model else thing.name,
    }
    press.button(
        t("page_train.train_best"),
        key="train-best",
        icon=":material/play_arrow:",
        act=begin,
        args=(Train.name, [params]),
        help=t("page_train.train_best_help"),
    )


def _charts(result: SearchResult) -> None:
    left, right = st.columns(2)
    with left.container(border=True):
        st.markdown(f"**{t('page_train.search_history')}**")
        widgets.chart(result, key="train-search-history", kind="history", height=300)
    with right.container(border=True):
        st.markdown(f"**{t('page_train.search_importance')}**")
        if len(result.importance):
            widgets.chart(result, key="train-search-importance", kind="importance", height=300)
        else:
            st.caption(t("page_train.no_importance"))
    if (result.trials["state"] == "complete").sum() > 1:
        with st.container(border=True):
            st.markdown(f"**{t('page_train.search_parallel')}**")
            widgets.chart(result, key="train-search-parallel", kind="parallel", height=360)
            st.caption(t("page_train.search_parallel_about"))


def _trials(result: SearchResult) -> pd.DataFrame:
    """Every trial, the best first."""
    labels = words(language())
    trials = result.trials.sort_values("value", ascending=False, na_position="last")
    shown = {
        t("page_train.trial"): trials["number"],
        t("page_train.trial_state"): [labels[f"search.state_{s}"] for s in trials["state"]],
        t("page_train.trial_value"): trials["value"],
        **{_named(result, d.name): trials[f"param_{d.name}"] for d in result.space},
        t("page_train.epochs"): trials["epochs_done"],
        t("page_train.seconds"): trials["seconds"].astype(float).round(1),
    }
    return pd.DataFrame(shown).reset_index(drop=True)


def _named(result: SearchResult, name: str) -> str:
    """A parameter's label on the forms; its name where it has none."""
    field = RECOMMENDERS[result.model].Params.model_fields.get(name)
    extra = field.json_schema_extra if field else None
    key = f"{extra.get('help')}_label" if isinstance(extra, dict) else ""
    return words(language()).get(key, name)
