"""The top of Compare: the answer, the page to send around, and the first figures."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from causalrec.reports.report import to_html
from causalrec.tasks.whatif.report import file_name
from causalrec.ui.kit.answer_card import answer_card
from causalrec.ui.kit.session import language, plain, say, t
from causalrec.whatif.changes.comparison import Comparison
from causalrec.whatif.changes.metric_change import MetricChange
from causalrec.whatif.forecasts.answers import answer

__all__ = ["verdict"]

_ON_TOP = 4


def verdict(comparison: Comparison) -> None:
    """Draw the answer in its card with the report, then the first figures that answer, large."""
    with st.container(key="verdict"):
        answer_card(answer(comparison), partial(_report, comparison))
    columns = st.columns(_ON_TOP)
    for column, one in zip(columns, _first(comparison), strict=False):
        with column:
            _card(one, comparison.currency)


def _report(comparison: Comparison) -> None:
    st.download_button(
        t("page_compare.report_short"),
        lambda: to_html(comparison, language()),
        file_name=file_name(comparison.name, "html"),
        mime="text/html",
        icon=":material/ios_share:",
        key="card-report",
        on_click="ignore",
    )


def _first(comparison: Comparison) -> list[MetricChange]:
    """The goal, then the others in the order of the table, as far as they answer."""
    answering = [one for one in comparison.main if not one.refused]
    return sorted(answering, key=lambda one: one.metric != comparison.goal)[:_ON_TOP]


def _card(one: MetricChange, currency: str) -> None:
    """One figure: its whole name (a metric's own label would be cut), value, change, interval."""
    label = plain(say(one.name))
    with st.container(border=True, height="stretch"):
        about: dict[str, Any] = {"level": one.change.level, "n": one.change.n}
        for part in ("low", "high"):
            about[part] = say(one.shown(part, currency=currency))
        names = {"source": one.source_name, "before": one.before_name}
        st.markdown(label, help=plain(t("page_compare.card_help", **names, **about)))
        clear = one.trend in {"better", "worse"}
        colour = "normal" if one.good > 0 else "inverse"
        st.metric(
            label,
            say(one.shown("after", currency=currency)),
            delta=say(one.shown("change", currency=currency)).replace("\u2212", "-"),
            delta_color=colour if clear else "off",  # type: ignore[arg-type]
            delta_arrow="off" if one.trend == "same" else "auto",
            delta_description=t("page_compare.from", before=one.shown("before", currency=currency)),
            label_visibility="collapsed",
        )
        st.caption(plain(t("ui.interval", **about)))
