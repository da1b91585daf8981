"""The answer in a card, the same on every page: what to do, why, how sure, and by which rule."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from causalrec.core.results.answer import Answer, MethodAnswer
from causalrec.core.words import Text
from causalrec.core.words.lists import as_sentence
from causalrec.core.words.numbers import decimals_of, written
from causalrec.ui.kit.copy_link import copy_link
from causalrec.ui.kit.light import light_line
from causalrec.ui.kit.session import language, plain, say, t

__all__ = ["answer_card", "decision_words"]

_LOOK = {
    "do it": ("green", ":material/check_circle:"),
    "don't": ("orange", ":material/block:"),
    "test it first": ("blue", ":material/science:"),
    "cannot tell": ("gray", ":material/help:"),
}
_ICON_OF_RULE = (":gray[:material/remove:]", ":blue[:material/arrow_forward:]")


def answer_card(
    answer: Answer, further: Callable[[], object] | None = None, *, methods: bool = True
) -> None:
    """Draw an answer.

    Decision with broken guardrails; what changes and how big, in bold; the interval in words, for
    whom, from when, against what; how sure and why; its light; what is at risk; and one level
    below: the written rule with the step that decided, each method's answer, what is not known.

    Args:
        answer: the answer.
        further: draws what else a page has beside the buttons.
        methods: whether every method's answer can be opened; not where the page draws them.
    """
    with st.container(border=True, key=f"card-{answer.kind}"):
        st.markdown(f"## {decision_words(answer)}")
        _sentences(answer)
        if answer.chosen is not None:
            st.caption(f":material/target: {plain(say(answer.chosen))}")
        if answer.light is not None and not answer.refused:
            light_line(answer.light)
        _at_risk(answer)
        with st.container(horizontal=True, vertical_alignment="center"):
            with st.popover(t("ui.card_rule"), icon=":material/gavel:"):
                _rule(answer)
            if methods:
                with st.popover(t("ui.card_methods"), icon=":material/balance:"):
                    _methods(answer)
            _unknown(answer)
            copy_link(answer.kind, answer.name)
            if further is not None:
                further()


def decision_words(answer: Answer, *, short: bool = False) -> str:
    """The decision with its icon and, where it is not to be short, broken guardrails; markdown."""
    colour, icon = _LOOK[answer.decision]
    words = answer.decision_word if short else answer.decided
    return f":{colour}[{icon} {plain(say(words))}]"


def _sentences(answer: Answer) -> None:
    """The headline in bold, its conditions as the log has them in its help; then the rest."""
    headline, extent, why = answer.sentences(language())
    exact = None if answer.exact is None else plain(say(answer.exact))
    st.markdown(f"### {plain(headline.rstrip('.。'))}", help=exact)
    st.markdown(f"{plain(extent)}\n\n{plain(why)}")


def _at_risk(answer: Answer) -> None:
    """Guardrails that are not sure to hold."""
    if answer.at_risk:
        rails = "; ".join(say(text) for text in answer.at_risk)
        st.caption(f":material/warning: {plain(t('ui.card_at_risk', rails=rails))}")


def _unknown(answer: Answer) -> None:
    """What is not known, behind a button."""
    if not answer.unknown:
        return
    with st.popover(t("ui.card_unknown", n=len(answer.unknown)), icon=":material/info:"):
        for text in answer.unknown:
            st.markdown(f"- {plain(say(text))}")


def _rule(answer: Answer) -> None:
    """The steps in their order, the one that decided marked."""
    st.markdown(t("ui.card_rule_about"))
    for at, step in enumerate(answer.rule, 1):
        fired = at == answer.fired
        words = plain(t(f"answer.rule_{step.name}"))
        icon = _ICON_OF_RULE[fired]
        st.markdown(f"{icon} {at}\\. " + (f"**{words}**" if fired else words))


def _methods(answer: Answer) -> None:
    """Every method's own answer, the leading one first; how they stand to each other."""
    st.markdown(plain(as_sentence(say(answer.agreed), language())))
    for one in sorted(answer.methods, key=lambda one: not one.leads):
        st.markdown(f"- {_method(answer, one)}")


def _method(answer: Answer, one: MethodAnswer) -> str:
    name = plain(say(one.name))
    name = f"**{name}**" if one.leads else name
    if one.refused or one.change is None:
        reason = one.reason or Text("ui.refused_plainly")
        return f"{name}: {plain(say(reason))}"
    words = plain(say(one.change))
    if one.low is not None and one.high is not None:
        low, high = (_end(answer, one, end) for end in (one.low, one.high))
        words = plain(t("ui.card_method", change=one.change, low=low, high=high))
    beside = "" if one.judges else f" :gray[{t('ui.card_beside')}]"
    return f"{name}: {words}{beside}"


def _end(answer: Answer, one: MethodAnswer, end: float) -> str:
    """An end of a method's interval in the answer's unit."""
    width = answer.scale * ((one.high or 0.0) - (one.low or 0.0))
    return written(f"{answer.scale * end:+,.{decimals_of(width)}f}")
