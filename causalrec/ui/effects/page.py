"""Effects, from top to bottom."""

from __future__ import annotations

from typing import Any

import streamlit as st

from causalrec.ui.effects.answer import forest, headline
from causalrec.ui.effects.cache import effect_of, effects_of
from causalrec.ui.effects.change import change
from causalrec.ui.effects.designs import designs
from causalrec.ui.effects.drivers import drivers
from causalrec.ui.effects.evidence import evidence
from causalrec.ui.effects.for_whom import for_whom
from causalrec.ui.effects.form import begin
from causalrec.ui.effects.method import method
from causalrec.ui.effects.question import ask, asks, differing, live_runs, question_line
from causalrec.ui.effects.questions import questions
from causalrec.ui.effects.selection import selection
from causalrec.ui.effects.starting import start
from causalrec.ui.kit import address, widgets
from causalrec.ui.kit.current import current_dataset
from causalrec.ui.kit.outdated import answered, outdated
from causalrec.ui.kit.session import plain, t, workspace
from causalrec.workspace import Thing, Workspace

__all__ = ["show"]


def show() -> None:
    """Draw Effects: the answer, its evidence, its method, and further questions, each below."""
    place = workspace()
    dataset = _dataset(place)
    if dataset is None:
        widgets.empty_state("page_effects.no_dataset", "data")
        return
    shown = _chosen(effects_of(place, dataset.name))
    begin(place, dataset, shown)
    note = st.container()
    truth = None
    if shown is not None:
        with answered("effect"):
            truth = headline(place, shown)
    asked = _question(place, dataset, shown)
    if shown is not None and asked is not None:
        with note:
            differences = differing(shown, asked, dataset.meta.get("date"))
            outdated(differences, key="effects", ask=ask, args=(place, asked))
    live_runs(dataset)
    if shown is not None:
        with answered("effect-forest"):
            forest(effect_of(shown), truth)
        with answered("effect-evidence"):
            evidence(place, shown)
            for_whom(place, shown, effect_of(shown))
            method(place, shown)
    more_questions(place, dataset, shown)
    widgets.next_step("interventions", ready=shown is not None)


def more_questions(place: Workspace, dataset: Thing, shown: Thing | None) -> None:
    """What else can be asked here: each a closed block of its own, one line a block.

    Args:
        place: the workspace.
        dataset: the log that the page is about.
        shown: the effect on show; None where there is none yet.
    """
    designs(place, dataset)
    questions(place, dataset, shown)
    drivers(place, dataset, shown)
    change(place, dataset, shown)
    selection(place, dataset)


def _dataset(place: Workspace) -> Thing | None:
    """The data of the effect in the address, else those that all pages are about."""
    effects = {thing.name: thing for thing in place.things("effect")}
    name = address.asked_for("effect", effects)
    if name is not None:
        theirs = place.find("dataset", str(effects[name].meta.get("dataset", "")))
        if theirs is not None:
            return theirs
    return current_dataset(place)


def _question(place: Workspace, dataset: Thing, shown: Thing | None) -> dict[str, Any] | None:
    """The form: open while there is no answer, one line that opens it afterwards.

    Returns:
        What it asks; None where there is no graph to ask.
    """
    label = t("page_effects.question") if shown is None else question_line(shown)
    graphs = place.things("graph")
    with st.expander(
        plain(label), expanded=shown is None, icon=":material/help_center:", key="effects-question"
    ):
        if graphs:
            return asks(place, dataset, graphs)
        st.markdown(f":material/info: {t('page_effects.no_graph')}")
        start(place, dataset)
        widgets.link("graph", icon=":material/arrow_forward:")
        return None


def _chosen(effects: list[Thing]) -> Thing | None:
    """The effect to show: the one of the address, the one shown last, or the newest."""
    names = [thing.name for thing in effects]
    if not names:
        address.show("effect", None)
        return None
    name = address.asked_for("effect", names) or names[0]
    if len(names) > 1:
        st.session_state["effects-shown"] = name
        st.selectbox(
            t("page_effects.saved"), names, key="effects-shown", width=420, on_change=_pick
        )
    address.show("effect", name)
    return effects[names.index(name)]


def _pick() -> None:
    address.show("effect", st.session_state["effects-shown"])
