"""Models side by side: figures with intervals, paired differences, how they were measured."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd
import streamlit as st
from pydantic import TypeAdapter

from causalrec.core.words import Text
from causalrec.recsys.leaderboard import Leaderboard
from causalrec.recsys.metrics import ALL_METRICS
from causalrec.ui import parts
from causalrec.ui.session import language, plain, say, t
from causalrec.ui.train.kept import board_of, model_name, model_of, table_of
from causalrec.ui.train.start import begin
from causalrec.workspace import Thing

__all__ = ["board"]

_MOST = 6
_COLUMNS = ("ndcg", *(name for name in ALL_METRICS if name != "ndcg"))
_TEXT: TypeAdapter[Text] = TypeAdapter(Text)


def board(models: list[Thing]) -> list[Thing]:
    """Draw the comparison; gives the models that are compared."""
    st.header(t("page_train.side_by_side"), anchor=False)
    for thing in models:
        parts.stale_note(thing, redo=partial(begin, thing.meta["asked"]))
    chosen = _chosen(models)
    if not chosen:
        return []
    base, metric, k = _controls(chosen)
    found = board_of(chosen, base)
    parts.answer(found.summary(language()))
    _charts(found, metric, k)
    parts.table(_figures(found, chosen, k), key="train-figures")
    _how(chosen[0])
    _curves(chosen)
    return chosen


def _chosen(models: list[Thing]) -> list[Thing]:
    """The models to compare: those of one split; the others are named."""
    by_name = {model_name(thing): thing for thing in models}
    names = list(by_name)
    if len(names) > 1:
        names = st.multiselect(
            t("page_train.models"), names, names[:_MOST], key="train-compared", max_selections=_MOST
        )
    picked = [by_name[name] for name in names]
    if not picked:
        return []
    split = table_of(picked[0]).split
    same = [thing for thing in picked if table_of(thing).split == split]
    same.sort(key=lambda thing: -float(table_of(thing).row()["value"]))
    other = [model_name(thing) for thing in picked if thing not in same]
    if other:
        text = t("page_train.other_split", names=", ".join(other), kept=model_name(picked[0]))
        st.info(plain(text), icon=":material/info:")
    return same


def _controls(chosen: list[Thing]) -> tuple[Thing, str, int]:
    lengths = table_of(chosen[0]).lengths
    with st.container(horizontal=True, vertical_alignment="bottom"):
        metric = st.selectbox(
            t("page_train.metric"),
            ALL_METRICS,
            ALL_METRICS.index("ndcg"),
            format_func=lambda name: t(f"recsys.metric_{name}"),
            key="train-metric",
            width=220,
        )
        k = st.segmented_control(
            t("page_train.k"), lengths, default=lengths[0], key="train-k", required=True
        )
        base = next((n for n, x in enumerate(chosen) if x.meta["model"] == "popularity"), 0)
        against = chosen[base]
        if len(chosen) > 1:
            against = st.selectbox(
                t("page_train.against"),
                chosen,
                base,
                format_func=model_name,
                key="train-against",
                width=260,
            )
    st.caption(plain(t(f"recsys.metric_{metric}_about")))
    return against, metric, int(k)


def _charts(found: Leaderboard, metric: str, k: int) -> None:
    left, right = st.columns(2)
    with left.container(border=True):
        st.markdown(f"**{t('page_train.chart_values')}**")
        parts.chart(found, key="train-values", metric=metric, k=k)
    with right.container(border=True):
        st.markdown(f"**{plain(t('page_train.chart_changes', base=found.base))}**")
        if len(found.names) < 2:
            st.caption(t("page_train.one_model"))
            return
        parts.chart(found, key="train-changes", metric=metric, k=k, differences=True)
        st.caption(t("page_train.grey"))


def _figures(found: Leaderboard, chosen: list[Thing], k: int) -> pd.DataFrame:
    """One row a model, one column a metric: value and interval."""
    names = [model_name(thing) for thing in chosen]
    columns: dict[str, list[str]] = {
        t("page_train.model"): names,
        t("page_train.device"): [str(thing.meta["device"]).upper() for thing in chosen],
        t("page_train.seconds"): [f"{thing.meta['seconds']:.1f}" for thing in chosen],
    }
    for metric in _COLUMNS:
        rows = found.at(metric, k).set_index("name").loc[names].to_dict("records")
        digits = 3 if metric == "novelty" else 4
        columns[f"{t(f'recsys.metric_{metric}')} @{k}"] = [_interval(r, digits) for r in rows]
    return pd.DataFrame(columns)


def _interval(row: dict[Any, Any], digits: int) -> str:
    low, high = (f"{row[name]:.{digits - 1}f}" for name in ("low", "high"))
    return f"{row['value']:.{digits}f} ({low}–{high})"


def _how(thing: Thing) -> None:
    """Protocol, why it was chosen, and who was left out: beside every number."""
    table = table_of(thing)
    told = [
        Text(
            "page_train.how",
            protocol=Text(f"recsys.protocol_{table.protocol}"),
            n=int(table.row()["n"]),
        ),
        _TEXT.validate_python(thing.meta["split_note"]),
        *table.notes,
    ]
    st.caption(":material/straighten: " + " ".join(plain(say(text)) for text in told))
    st.caption(t("page_train.how_long"))


def _curves(chosen: list[Thing]) -> None:
    reports = {model_name(thing): model_of(thing).report for thing in chosen}
    shown = {name: report for name, report in reports.items() if report and len(report.curve) > 1}
    if not shown:
        return
    with st.expander(t("page_train.curves"), icon=":material/show_chart:"):
        for name, report in shown.items():
            best = t("page_train.best_epoch", name=name, epoch=report.best_epoch or 0)
            st.markdown(plain(best))
            parts.chart(report, key=f"train-curve-{name}")
