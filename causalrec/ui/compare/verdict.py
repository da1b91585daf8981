"""The top of Compare: the verdict, its sentence, and the page to send around."""

from __future__ import annotations

from typing import Any

import streamlit as st

from causalrec.reports.export_files import to_csv
from causalrec.reports.report import to_html
from causalrec.tasks.whatif.report import file_name
from causalrec.ui.kit import widgets
from causalrec.ui.kit.copy_link import copy_link
from causalrec.ui.kit.session import language, plain, say, t
from causalrec.whatif.changes.comparison import Comparison
from causalrec.whatif.changes.metric_change import MetricChange

__all__ = ["verdict"]

_LOOK = {
    "likely better": ("green", ":material/trending_up:"),
    "likely worse": ("orange", ":material/trending_down:"),
    "breaks a guardrail": ("orange", ":material/report:"),
    "cannot tell": ("gray", ":material/help:"),
    "no clear difference": ("gray", ":material/balance:"),
}
_ON_TOP = 4


def verdict(comparison: Comparison) -> None:
    """Draw the verdict in a card, the downloads under it, then the first figures large."""
    colour, icon = _LOOK[comparison.verdict.code]
    name = plain(say(comparison.headline))
    what = comparison.what if comparison.what is not None else comparison.name
    with st.container(border=True, key="verdict"):
        st.markdown(f"## :{colour}[{icon} {name}]")
        st.markdown(plain(comparison.summary(language())))
        st.caption(plain(t("compare.against", what=what, before=comparison.before_name)))
        copy_link("scenario", comparison.name)
        widgets.downloads(
            [
                (file_name(comparison.name, "html"), to_html(comparison, language()), "text/html"),
                (file_name(comparison.name, "csv"), to_csv(comparison), "text/csv"),
            ],
            key="compare",
        )
    columns = st.columns(_ON_TOP)
    for column, one in zip(columns, _first(comparison), strict=False):
        with column:
            _card(one, comparison.currency)


def _first(comparison: Comparison) -> list[MetricChange]:
    """The goal, then what answers in the order of the table."""
    goal = [one for one in comparison.main if one.metric == comparison.goal]
    others = [one for one in comparison.main if one.metric != comparison.goal]
    answering = [one for one in others if not one.refused]
    return (goal + answering + [one for one in others if one.refused])[:_ON_TOP]


def _card(one: MetricChange, currency: str) -> None:
    """One figure: its whole name (a metric's own label would be cut), value, change, interval."""
    label = plain(say(one.name))
    with st.container(border=True, height="stretch"):
        if one.refused:
            reason = say(one.change.reason or t("compare.not_measured"))
            st.markdown(label, help=plain(reason))
            st.metric(label, t("compare.cannot_tell"), label_visibility="collapsed")
            return
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
