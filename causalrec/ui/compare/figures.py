"""Under the verdict: before and after, forecasts, segments, guardrails, sources, assumptions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st

from causalrec.reports.comparison_rows import Row, forest_rows, segment_rows
from causalrec.ui.kit import press, widgets
from causalrec.ui.kit.session import language, plain, say, t
from causalrec.whatif.changes.comparison import Comparison

__all__ = ["figures"]

_STATES = {
    "holds": ":green[:material/check_circle:]",
    "broken": ":orange[:material/cancel:]",
    "at risk": ":orange[:material/warning:]",
    "unclear": ":gray[:material/help:]",
    "unknown": ":gray[:material/help:]",
}


def figures(
    comparison: Comparison, truth: dict[str, float], ask: Callable[[], None] | None = None
) -> None:
    """Draw everything under the verdict.

    Args:
        comparison: the comparison.
        truth: the true change by metric, where revealed.
        ask: starts the comparison again with the simulator, where it was not asked.
    """
    if truth:
        _tell_truth(comparison, truth)
    st.header(t("compare.report_main"), anchor=False)
    with st.container(border=True):
        widgets.chart(comparison, key="compare-dumbbell", kind="dumbbell", truth=truth)
        st.caption(t("compare.legend"))
    _sides(comparison, truth, ask)
    _guardrails(comparison)
    _sources(comparison)
    _refusals(comparison)
    _reading(comparison)


def _tell_truth(comparison: Comparison, truth: dict[str, float]) -> None:
    for metric, value in truth.items():
        rows = comparison.of(metric)
        answering = [one for one in rows if not one.refused]
        if not rows:
            continue
        held = [
            one for one in answering if (one.change.low or 0) <= value <= (one.change.high or 0)
        ]
        lead = (answering or list(rows))[0]
        shown = lead.measure(comparison.currency).amount(value, signed=True)
        words = t(
            "page_compare.truth",
            metric=lead.name,
            value=shown,
            held=len(held),
            told=len(answering),
        )
        st.markdown(f":material/visibility: {plain(words)}")


def _refusals(comparison: Comparison) -> None:
    """What this log cannot tell, and why, in one line that opens."""
    reasons: dict[str, list[str]] = {}
    for metric in comparison.metrics:
        for one in comparison.of(metric):
            if one.refused:
                reason = say(one.change.reason or t("compare.not_measured"))
                name = t("page_compare.by_source", metric=one.name, source=one.source_name)
                reasons.setdefault(reason, []).append(name)
    if not reasons:
        return
    with st.expander(t("page_compare.cannot_tell"), icon=":material/block:"):
        for reason, names in reasons.items():
            words = t("page_compare.reason_of", name=", ".join(names), reason=reason)
            st.markdown(f"- {plain(words)}")


def _sides(comparison: Comparison, truth: dict[str, float], ask: Callable[[], None] | None) -> None:
    """One metric's forecasts beside its segments."""
    metrics = [m for m in comparison.metrics if not all(one.refused for one in comparison.of(m))]
    if not metrics:
        _offer(ask)
        return
    metric = comparison.goal if comparison.goal in metrics else metrics[0]
    if len(metrics) > 1:
        metric = str(
            st.segmented_control(
                t("page_compare.metric"),
                metrics,
                default=metric,
                required=True,
                format_func=lambda name: say(comparison.of(name)[0].name),
                key=f"compare-metric-{comparison.name}",
            )
        )
    split = bool(segment_rows(comparison, metric, language()))
    left, right = st.columns(2) if split else (st.container(), None)
    with left:
        st.subheader(t("page_compare.forecasts"), anchor=False)
        with st.container(border=True):
            widgets.chart(
                comparison, key="compare-forest", kind="forest", metric=metric, truth=truth
            )
            _offer(ask)
    if right is not None:
        with right:
            words = t("page_compare.by", column=comparison.split_by or "")
            st.subheader(plain(words), anchor=False)
            with st.container(border=True):
                widgets.chart(
                    comparison, key="compare-segments", kind="segments", metric=metric, truth=truth
                )
                _reasons(segment_rows(comparison, metric, language()))


def _offer(ask: Callable[[], None] | None) -> None:
    """The simulator in one click, where it was not asked."""
    if ask is None:
        return
    st.caption(t("page_compare.not_asked"))
    press.button(
        t("page_compare.ask_simulator"),
        key="compare-simulate",
        icon=":material/model_training:",
        act=ask,
    )


def _reasons(rows: list[Row]) -> None:
    """Segments without a figure in one line that opens: whom, and why."""
    refused = [row for row in rows if row.reason]
    if not refused:
        return
    with st.expander(t("page_compare.silent_segments", n=len(refused)), icon=":material/block:"):
        for row in refused:
            words = t("page_compare.reason_of", name=row.label, reason=row.reason)
            st.markdown(f"- {plain(words)}")


def _guardrails(comparison: Comparison) -> None:
    if not comparison.guardrails:
        return
    st.header(t("compare.report_guardrails"), anchor=False)
    with st.container(border=True):
        for one in comparison.guardrails:
            st.markdown(f"{_STATES[one.state]} {plain(one.summary(language()))}")
        st.caption(t("page_compare.guardrails_note"))


def _sources(comparison: Comparison) -> None:
    st.header(t("compare.report_figures"), anchor=False)
    rows: list[dict[str, Any]] = []
    for metric in comparison.metrics:
        shown = forest_rows(comparison, metric, language())
        for one, row in zip(comparison.of(metric), shown, strict=True):
            if one.refused:
                continue
            cells = (row.before, row.after, f"{row.arrow} {row.change}", row.interval)
            names = ("before", "after", "change", "interval")
            columns = {t(f"compare.column_{n}"): cell for n, cell in zip(names, cells, strict=True)}
            rows.append(
                {
                    t("compare.column_metric"): say(one.name),
                    t("compare.column_source"): row.note,
                    t("page_compare.before_is"): say(one.before_name),
                    **columns,
                    t("compare.column_n"): row.n,
                }
            )
    if rows:
        widgets.table(pd.DataFrame(rows), key="compare-figures", height="content")


def _reading(comparison: Comparison) -> None:
    """What must hold, and notes."""
    with st.expander(t("compare.report_assumptions"), icon=":material/rule:"):
        for text in (*comparison.assumptions, *comparison.notes):
            st.markdown(f"- {plain(say(text))}")
