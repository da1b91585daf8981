"""A run as it happens: progress, live metrics, time, place in the queue, and a cancel button."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from causalrec.core.results.result import draw
from causalrec.core.words import Text
from causalrec.core.words import table as words
from causalrec.ui.kit.frame import caught
from causalrec.ui.kit.session import dark, language, launcher, plain, say, t, workspace
from causalrec.workspace import Run

__all__ = ["duration", "run_status"]

_EVERY = 0.5
"""Seconds between two looks at a live run."""
_CHART_EVERY = 2.0
"""Seconds between two drawings of its curves: they are costly, and must not hold up a click."""


def run_status(
    run_id: str, on_done: Callable[[Run], None] | None = None, *, metrics: bool = True
) -> Run:
    """Show a run; while it lives the part refreshes itself, and at its end the page once.

    Args:
        run_id: the run.
        on_done: called with the run once a browser session, when it is seen done.
        metrics: also chart the numbers it reports.

    Returns:
        The run as it is now.
    """
    run = workspace().register.run(run_id)
    with st.container(border=True, key=f"run-{run_id}"):
        if run.active:
            state, button = st.columns([5, 1], vertical_alignment="center")
            with state:
                _part(_draw_state, _EVERY, run)
            _cancel_button(button, run)
        else:
            _part(_draw_state, _EVERY, run)
        if metrics:
            _part(_draw_metrics, _CHART_EVERY, run)
    if run.status == "done" and on_done is not None:
        seen = st.session_state.setdefault("causalrec_runs_seen", set())
        if run_id not in seen:
            seen.add(run_id)
            on_done(run)
    return run


def _part(show: Callable[[str, bool], None], every: float, run: Run) -> None:
    name = f"{show.__name__}-{run.id}"
    st.fragment(show, run_every=every if run.active else None, key=name)(run.id, run.active)


def _draw_state(run_id: str, was_live: bool) -> None:
    with caught():
        run = workspace().register.run(run_id)
        if was_live and not run.active:
            st.rerun()
        _lines(run)


def _draw_metrics(run_id: str, was_live: bool) -> None:
    with caught():
        _metrics(workspace().register.run(run_id))


def _lines(run: Run) -> None:
    if run.active:
        _live(run)
    elif run.status == "failed":
        text = say(run.error or Text("ui.run_died"))
        hint = say(run.hint or Text("ui.run_died_hint"))
        st.error(f"{plain(text)}\n\n{plain(hint)}", icon=":material/error:")
    elif run.status == "cancelled":
        st.info(t("ui.run_cancelled_note"), icon=":material/cancel:")
    else:
        took = t("ui.run_took", elapsed=duration(run.duration))
        st.markdown(f":material/check_circle: {t('ui.run_done')} · {took}")


def _live(run: Run) -> None:
    st.progress(min(max(float(run.fraction or 0.0), 0.0), 1.0), text=plain(_sentence(run)))
    st.caption(_times(run))


def _cancel_button(place: DeltaGenerator, run: Run) -> None:
    """Outside the parts that refresh: a click on a part that is just replaced would be lost."""
    place.button(
        t("ui.run_cancelling") if run.cancelling else t("ui.run_cancel"),
        key=f"cancel-{run.id}",
        icon=":material/cancel:",
        disabled=run.cancelling,
        on_click=_cancel,
        args=(run.id,),
    )


def _cancel(run_id: str) -> None:
    with caught():
        launcher().cancel(workspace(), run_id)


def _sentence(run: Run) -> str:
    if run.status == "queued":
        ahead = sum(one.created < run.created for one in workspace().register.active())
        return t("ui.run_queued", ahead=ahead) if ahead else t("ui.run_next")
    return say(run.message) if run.message else t("ui.run_running")


def _times(run: Run) -> str:
    shown = t("ui.run_elapsed", elapsed=duration(run.duration))
    left = run.remaining
    if left is None:
        usual = workspace().register.typical_seconds(run.task, run.params)
        left = None if usual is None else max(usual - (run.duration or 0.0), 0.0)
    return shown if left is None else f"{shown} · {t('ui.run_expected', left=duration(left))}"


def duration(seconds: float | None) -> str:
    """A time span for people."""
    seconds = float(seconds or 0.0)
    if seconds < 60:
        return t("ui.seconds", n=seconds)
    return t("ui.minutes", m=seconds // 60, s=seconds % 60)


def _metrics(run: Run) -> None:
    frame = pd.DataFrame(run.metrics)
    if frame.empty:
        return
    step = next((name for name in ("epoch", "step") if name in frame), None)
    if step is not None:
        frame = frame.set_index(step)
    shown = frame.select_dtypes("number").dropna(axis=1, how="all")
    if len(shown) < 2 or not len(shown.columns):
        return
    if run.active:
        _growing(shown)
    else:
        figure = draw(shown, lang=language(), dark=dark())
        st.plotly_chart(
            figure, theme=None, key=f"metrics-{run.id}", config={"displayModeBar": False}
        )


def _growing(frame: pd.DataFrame) -> None:
    """Curves that grow in place: a plotly chart would be mounted anew, and blink, at each look."""
    labels = words(language())
    colours = st.get_option(f"theme.{'dark' if dark() else 'light'}.chartCategoricalColors") or [
        None
    ]
    for number, (name, place) in enumerate(zip(frame, st.columns(len(frame.columns)), strict=True)):
        place.caption(labels.get(f"ui.metric_{name}", str(name).replace("_", " ")))
        colour = colours[number % len(colours)]
        place.line_chart(frame[[name]].dropna(), color=colour, height=200, x_label="", y_label="")
