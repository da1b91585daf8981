"""Which models: the ones suggested for the log in sight, all others by family behind a button."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from causalrec.core.words import Text
from causalrec.recsys.recommenders import RECOMMENDERS, families
from causalrec.ui.kit.session import say, t

__all__ = ["choose", "label", "offered", "word"]

_CHOSEN = "causalrec_train_models"
_ROW = "train-model"


def choose(suggested: Sequence[str]) -> list[str]:
    """Draw the choice; gives the models by family."""
    kept: list[str] = st.session_state.setdefault(_CHOSEN, list(suggested[:1]))
    picked = [name for name in offered() if name in kept]
    shown = [*suggested, *(name for name in picked if name not in suggested)]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        _pills(t("page_train.which"), _ROW, shown)
        with st.popover(
            t("page_train.all_models", n=len(offered())),
            icon=":material/apps:",
            key="train-all-models",
        ):
            for family, names in families().items():
                _family(family, names)
    return picked


def offered() -> list[str]:
    """The models that a person can train, by family."""
    return [name for names in families().values() for name in names]


def word(model: str, part: str = "") -> Text:
    """A model's name in words; with a part ("_about"), what else is said of it."""
    text: Text = RECOMMENDERS[model].word(part)
    return text


def label(model: str) -> str:
    """A model's name in the page's language."""
    return say(word(model))


def _pills(name: str, key: str, options: Sequence[str]) -> None:
    """A row of models; every row shows and changes the same choice."""
    wanted = [option for option in options if option in st.session_state[_CHOSEN]]
    if sorted(st.session_state.get(key) or ()) != sorted(wanted):  # a value set anew undoes clicks
        st.session_state[key] = wanted
    st.pills(
        name,
        options,
        selection_mode="multi",
        format_func=label,
        key=key,
        on_change=_picked,
        args=(key, tuple(options)),
    )


def _family(family: str, options: Sequence[str]) -> None:
    """A row in the popover, a new widget for each choice.

    While the popover is closed the browser keeps a row's old value whatever is set here, and
    would send it back with the next click elsewhere: a model left out would return.
    """
    wanted = [option for option in options if option in st.session_state[_CHOSEN]]
    key = f"train-family-{family}-{'-'.join(wanted)}"
    with st.container(key=f"train-family-{family}"):
        st.pills(
            t(f"recsys.family_{family}"),
            options,
            selection_mode="multi",
            default=wanted,
            format_func=label,
            key=key,
            on_change=_picked,
            args=(key, tuple(options)),
        )


def _picked(key: str, options: tuple[str, ...]) -> None:
    kept = [name for name in st.session_state[_CHOSEN] if name not in options]
    st.session_state[_CHOSEN] = [*kept, *st.session_state[key]]
