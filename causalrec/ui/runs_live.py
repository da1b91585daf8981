"""A run as it happens: progress, live metrics, time, place in the queue, and a cancel button."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pandas as pd
import streamlit as st

from causalrec.core.result import draw
from causalrec.core.words import Text
from causalrec.ui.frame import caught
from causalrec.ui.session import dark, language, launcher, plain, say, t, workspace

__all__ = ["LIVE", "duration", "run_status"]

LIVE = ("queued", "running")
_EVERY = 0.5
"""Seconds between two looks at a live run."""


def run_status(run_id: str, on_done: Callable[[Any], None] | None = None) -> Any:
    """Show a run; while it lives the part refreshes itself, and at its end the page once.

    Args:
        run_id: the run.
        on_done: called with the run once a browser session, when it is seen done.

    Returns:
        The run as it is now.
    """
    run = workspace().register.run(run_id)
    live = run.status in LIVE
    st.fragment(_draw, run_every=_EVERY if live else None)(run_id, live)
    if run.status == "done" and on_done is not None:
        seen = st.session_state.setdefault("causalrec_runs_seen", set())
        if run_id not in seen:
            seen.add(run_id)
            on_done(run)
    return run


def _draw(run_id: str, was_live: bool) -> None:
    with caught():
        run = workspace().register.run(run_id)
        if was_live and run.status not in LIVE:
            st.rerun()
        with st.container(border=True, key=f"run-{run_id}"):
            _lines(run)


def _lines(run: Any) -> None:
    if run.status in LIVE:
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
    _metrics(run)


def _live(run: Any) -> None:
    words, button = st.columns([5, 1], vertical_alignment="center")
    with words:
        st.progress(min(max(float(run.fraction or 0.0), 0.0), 1.0), text=plain(_sentence(run)))
        st.caption(_times(run))
    stopping = st.session_state.get(f"cancelling-{run.id}", False)
    button.button(
        t("ui.run_cancelling") if stopping else t("ui.run_cancel"),
        key=f"cancel-{run.id}",
        icon=":material/cancel:",
        disabled=stopping,
        on_click=_cancel,
        args=(run.id,),
    )


def _cancel(run_id: str) -> None:
    with caught():
        launcher().cancel(workspace(), run_id)
        st.session_state[f"cancelling-{run_id}"] = True


def _sentence(run: Any) -> str:
    if run.status == "queued":
        ahead = sum(
            other.status in LIVE and other.id != run.id and other.created < run.created
            for other in workspace().register.runs(limit=50)
        )
        return t("ui.run_queued", ahead=ahead) if ahead else t("ui.run_next")
    return say(run.message) if run.message else t("ui.run_running")


def _times(run: Any) -> str:
    begun = _seconds(run.started) or _seconds(run.created)
    elapsed = max(time.time() - begun, 0.0) if begun else 0.0
    shown = t("ui.run_elapsed", elapsed=duration(elapsed))
    fraction = float(run.fraction or 0.0)
    if run.status == "running" and 0.03 < fraction < 1.0:
        left = elapsed * (1.0 - fraction) / fraction
        shown += " · " + t("ui.run_expected", left=duration(left))
    return shown


def _seconds(moment: Any) -> float | None:
    """A moment of the register (datetime, ISO text or epoch seconds) as epoch seconds."""
    if moment is None or isinstance(moment, (int, float)):
        return moment
    when = moment if isinstance(moment, datetime) else datetime.fromisoformat(str(moment))
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()


def duration(seconds: float | None) -> str:
    """A time span for people."""
    seconds = float(seconds or 0.0)
    if seconds < 60:
        return t("ui.seconds", n=seconds)
    return t("ui.minutes", m=seconds // 60, s=seconds % 60)


def _metrics(run: Any) -> None:
    frame = pd.DataFrame(list(run.metrics or []))
    if frame.empty:
        return
    step = next((name for name in ("epoch", "step") if name in frame), None)
    if step is not None:
        frame = frame.set_index(step)
    shown = frame.select_dtypes("number").dropna(axis=1, how="all")
    if len(shown) > 1 and len(shown.columns):
        figure = draw(shown, lang=language(), dark=dark())
        st.plotly_chart(
            figure, theme=None, key=f"metrics-{run.id}", config={"displayModeBar": False}
        )
