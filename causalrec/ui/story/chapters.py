"""One step of the story: its sentence, its chart, the truth on a click, and what lies below."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from causalrec.core.words.lists import as_sentence, listed
from causalrec.reports.story import STEPS, Story
from causalrec.reports.story_html import story_html
from causalrec.reports.story_question import Chapter
from causalrec.reports.story_whatif import WhatIf, WhatIfs
from causalrec.ui.kit import widgets
from causalrec.ui.kit.answer_card import decision_words
from causalrec.ui.kit.session import language, plain, say, t
from causalrec.workspace import Workspace

__all__ = ["chapter"]

_TRUTH = "causalrec_story_truth"


def chapter(story: Story, name: str, place: Workspace) -> None:
    """Draw a step, or that it is still worked on."""
    one = story.chapters[name]
    with st.container(key=f"story-{name}"):
        number = t("page_story.step_of", at=STEPS.index(name) + 1, n=len(STEPS))
        with st.container(key="story-kicker"):
            st.markdown(f":blue[**{number} · {t(f'story.step_{name}')}**]")
        if one is None:
            _waiting(name)
            return
        st.title(plain(say(one.sentence)), anchor=False)
        st.markdown(f"#### :gray[{plain(say(one.detail))}]")
        truth = _revealed(name, one)
        if isinstance(one, WhatIfs):
            _cards(one, truth=truth)
        else:
            options = {"truth": True} if truth else {}
            widgets.chart(one, key=f"story-chart-{name}-{truth}", **options)
        _truth(name, one, truth=truth)
        if name == "ahead":
            _report(story)
        _below(one)
        _further(name, story, place)


def _waiting(name: str) -> None:
    """The question is known before anything has run; other steps say what they wait for."""
    words = "story.question" if name == "question" else "page_story.waiting"
    st.title(t(words), anchor=False)
    st.markdown(f"#### :gray[{t(f'page_story.waits_{name}')}]")


def _revealed(name: str, one: Chapter) -> bool:
    shown: set[str] = st.session_state.setdefault(_TRUTH, set())
    return name in shown and one.truth_sentence is not None


def _truth(name: str, one: Chapter, *, truth: bool) -> None:
    """The button that reveals what is true and, once it was pressed, the truth in a sentence."""
    if one.truth_sentence is None:
        return
    if truth:
        st.success(plain(say(one.truth_sentence)), icon=":material/visibility:")
        return
    st.button(
        t("page_story.reveal"),
        key="story-reveal",
        icon=":material/visibility:",
        shortcut="T",
        on_click=_reveal,
        args=(name,),
    )


def _reveal(name: str) -> None:
    st.session_state.setdefault(_TRUTH, set()).add(name)


def _cards(one: WhatIfs, *, truth: bool) -> None:
    """The three changes side by side."""
    for at, (column, whatif) in enumerate(
        zip(st.columns(len(one.three) or 1), one.three, strict=False)
    ):
        with column, st.container(border=True, key=f"story-card-{at}", height="stretch"):
            _card(whatif, at, truth=truth)


def _card(whatif: WhatIf, at: int, *, truth: bool) -> None:
    answer = whatif.answer
    st.markdown(f"### {decision_words(answer, short=True)}")
    st.markdown(f"**{plain(answer.name)}**")
    options = {"truth": whatif.truth} if truth else {}
    widgets.chart(answer, key=f"story-card-chart-{at}-{truth}", **options)
    if truth and whatif.truth_sentence is not None:
        st.markdown(f":green[:material/visibility: {plain(say(whatif.truth_sentence))}]")
    st.markdown(plain(as_sentence(say(answer.size or t("page_story.no_size")), language())))
    why = as_sentence(say(answer.because), language())
    st.caption(f"{plain(as_sentence(say(answer.what), language()))} {plain(why)}")
    if answer.broken:
        rails = as_sentence(say(listed(answer.broken)), language())
        st.caption(f":material/warning: {plain(t('page_story.broken', rails=rails))}")


def _report(story: Story) -> None:
    """What to send around."""
    name = t("page_story.report_name")
    files = [(f"{name}.html", lambda: story_html(story, language()), "text/html")]
    widgets.downloads(files, key="story-report")


def _below(one: Chapter) -> None:
    """How it is known: methods and the figures of the chart."""
    with st.expander(t("page_story.how"), icon=":material/science:"):
        for text in one.methods:
            st.markdown(f"- {plain(say(text))}")
        widgets.table(one.to_frame(), key=f"story-table-{type(one).__name__}")


def _further(name: str, story: Story, place: Workspace) -> None:
    """The page where the same result stands with everything about it."""
    ways: dict[str, Callable[[], None]] = {
        "question": lambda: widgets.link("data", icon=_ICON),
        "trap": lambda: _effect(place),
        "answer": lambda: _effect(place),
        "groups": lambda: widgets.link("graph", icon=_ICON),
        "whatifs": lambda: _scenarios(story),
        "ahead": lambda: widgets.link("interventions", t("page_story.try_own"), icon=_ICON),
    }
    with st.container(horizontal=True):
        ways[name]()


_ICON = ":material/arrow_forward:"


def _effect(place: Workspace) -> None:
    for thing in place.things("effect")[:1]:
        widgets.link("effects", icon=_ICON, effect=thing.name)


def _scenarios(story: Story) -> None:
    assert story.whatifs is not None
    for one in story.whatifs.three:
        label = t("page_story.open_scenario", name=one.answer.name)
        widgets.link("compare", plain(label), icon=_ICON, scenario=one.answer.name)
