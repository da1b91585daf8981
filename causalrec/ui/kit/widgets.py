"""What pages are made of: charts, tables, estimates, live runs, notes and links."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import pandas as pd
import streamlit as st

from causalrec.core.results.result import Estimate, draw
from causalrec.core.words import Text
from causalrec.core.words.numbers import written
from causalrec.runs.record.catalogue import TASKS, word_of
from causalrec.ui.kit import press
from causalrec.ui.kit.pages import PAGES
from causalrec.ui.kit.runs_live import run_status
from causalrec.ui.kit.session import dark, language, plain, query, say, t, workspace
from causalrec.workspace import Thing

__all__ = [
    "answer",
    "chart",
    "downloads",
    "empty_state",
    "estimate_card",
    "link",
    "next_step",
    "number",
    "run_status",
    "stale_note",
    "table",
    "task_name",
]

_CONFIG = {"displaylogo": False, "modeBarButtonsToRemove": ["lasso2d", "select2d"]}


def chart(shown: object, *, key: str, **options: object) -> None:
    """Anything with a chart (a `Result`, a table of metrics), in our own theme."""
    figure = draw(shown, lang=language(), dark=dark(), **options)
    st.plotly_chart(figure, theme=None, key=key, config=_CONFIG)


def table(
    frame: pd.DataFrame,
    *,
    key: str,
    column_config: Mapping[str, Any] | None = None,
    height: int | Literal["auto", "content"] = "auto",
) -> None:
    """A table without its index; the rest is as of ``st.dataframe``."""
    st.dataframe(frame, hide_index=True, key=key, column_config=column_config, height=height)


def answer(text: Text | str, kind: str = "info") -> None:
    """The page's answer as one sentence, on top: ``kind`` "good", "bad", "unsure" or "info"."""
    icons = {
        "good": ":material/trending_up:",
        "bad": ":material/trending_down:",
        "unsure": ":material/help:",
        "info": ":material/lightbulb:",
    }
    boxes: dict[str, Callable[..., Any]] = {"good": st.success, "bad": st.warning}
    lines = plain(say(text)).replace("\n", "  \n")  # two spaces keep a line break
    boxes.get(kind, st.info)(lines, icon=icons[kind])


def number(value: float | None, unit: str = "", *, signed: bool = False) -> str:
    """A figure for people.

    Args:
        value: the figure; None is said in words.
        unit: "" (three digits), "%" (a share), "pp" (a difference of shares), or a currency
            or word that follows the value.
        signed: show a plus sign (changes).
    """
    if value is None:
        return t("ui.no_number")
    sign = "+" if signed else ""
    if unit == "%":
        return written(f"{value:{sign}.2%}")
    if unit == "pp":
        return t("ui.points", value=written(f"{100 * value:{sign}.2f}"))
    digits = f"{value:{sign},.0f}" if abs(value) >= 1000 else f"{value:{sign}.3g}"
    return f"{written(digits)} {unit}".strip()


def estimate_card(
    label: str,
    estimate: Estimate,
    unit: str = "",
    *,
    signed: bool = False,
    help: str | None = None,  # noqa: A002
    note: str = "",
) -> None:
    """One estimate as a card: value, interval, n and warnings; a refusal says why.

    Args:
        label: what it is, in the page's language.
        estimate: value, interval and n.
        unit: as for `number`.
        signed: show a plus sign (changes).
        help: what the figure means.
        note: what else stands under it.
    """
    with st.container(border=True):
        st.metric(plain(label), plain(number(estimate.value, unit, signed=signed)), help=help)
        if estimate.refused:
            reason = estimate.reason or Text("ui.refused_plainly")
            st.caption(plain(t("ui.refused", reason=reason)))
            return
        st.caption(plain(_interval(estimate, unit, signed)))
        if note:
            st.caption(plain(note))
        for flag in estimate.flags:
            st.caption(f":material/warning: {plain(say(flag))}")


def _interval(estimate: Estimate, unit: str, signed: bool) -> str:
    if estimate.low is None or estimate.high is None:
        return t("ui.no_interval", n=estimate.n)
    low, high = (number(edge, unit, signed=signed) for edge in (estimate.low, estimate.high))
    return t("ui.interval", level=estimate.level, low=low, high=high, n=estimate.n)


def link(page: str, label: str | None = None, icon: str | None = None, **named: str) -> None:
    """A link to a page that keeps workspace and language; nothing where the page is not there.

    Args:
        page: one of `PAGES`.
        label: its words.
        icon: before them.
        named: what the page shall show, ``effect="name"`` or ``scenario="name"``.
    """
    there = PAGES[page]
    if there.script.exists():
        label = label or t("ui.go_to", page=there.title)
        where = query() | named
        st.page_link(str(there.script), label=label, icon=icon, query_params=where)


def task_name(task: str) -> str:
    """What a task does, in the page's language; its own name where it is no task any more."""
    return say(word_of(task)) if task in TASKS else task


def next_step(
    page: str, *, ready: bool = True, label: str | None = None, **named: str | None
) -> None:
    """The button at the bottom that leads to the next page.

    Args:
        page: one of `PAGES`.
        ready: whether it can be pressed.
        label: its words, where they are not the page's.
        named: what the page shall show, ``scenario="name"``; None: what it likes.
    """
    st.space("small")
    there = PAGES[page]
    label = label or t("ui.next_step", page=there.title)
    pressed = st.button(
        label,
        key=f"next-{page}",
        type="primary",
        icon=":material/arrow_forward:",
        disabled=not ready,
    )
    if pressed and there.script.exists():
        shown = {kind: name for kind, name in named.items() if name}
        st.switch_page(str(there.script), query_params=query() | shown)


def empty_state(key: str, page: str, **values: object) -> None:
    """What is missing before this page can show anything, and the link to where it is made.

    Args:
        key: word key of the sentence.
        page: where the missing step is done.
        values: what the sentence names.
    """
    with st.container(border=True):
        st.markdown(f":material/info: {t(key, **values)}")
        link(page, icon=":material/arrow_forward:")


def stale_note(thing: Thing, *, redo: Callable[[], Any] | None = None) -> bool:
    """Say that a thing was made from older versions, with a button that makes it again.

    Returns:
        Whether the thing is out of date.
    """
    refs = workspace().stale(thing)
    if not refs:
        return False
    inputs = ", ".join(
        t("ui.stale_input", kind=Text(f"ui.kind_{r.kind}"), name=r.name, version=r.version)
        for r in refs
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.warning(plain(t("ui.stale", inputs=inputs)), icon=":material/update:")
        if redo is not None:
            press.button(t("ui.redo"), key=f"redo-{thing.kind}-{thing.name}", act=redo)
    return True


def downloads(files: Sequence[tuple[str, Any, str]], *, key: str) -> None:
    """Download buttons in a row.

    Args:
        files: ``(file name, bytes, text or a function that makes them, mime type)`` each.
        key: prefix of the buttons' keys.
    """
    with st.container(horizontal=True):
        for name, data, mime in files:
            st.download_button(
                t("ui.download", name=name),
                data,
                file_name=name,
                mime=mime,
                icon=":material/download:",
                key=f"{key}-{name}",
                on_click="ignore",
            )
