"""A history by hand: what would somebody get who liked these?"""

from __future__ import annotations

import streamlit as st

from causalrec.data.dataset.dataset import Dataset
from causalrec.recsys.interactions.interaction_matrix import codes_of
from causalrec.ui.kit.open_models import model_of
from causalrec.ui.kit.session import plain, t
from causalrec.ui.train.closer.titles import pick_model, popular_first, ranked
from causalrec.workspace import Thing

__all__ = ["by_hand"]

_LONG = 10
_MOST = 500
_NAMED = 5


def by_hand(models: list[Thing], data: Dataset) -> None:
    """Items by title or pasted ids; two models' lists for them."""
    names = popular_first(data)
    titles, pasted = st.columns(2)
    with titles:
        picked = st.multiselect(
            t("page_train.liked"),
            list(names),
            format_func=lambda name: names.get(name, name),
            key="train-liked",
            placeholder=t("page_train.liked_placeholder"),
        )
    with pasted:
        text = st.text_area(
            t("page_train.pasted"), key="train-pasted", help=t("page_train.pasted_help"), height=110
        )
    asked = list(dict.fromkeys([*picked, *_lines(text)]))
    if not asked:
        st.caption(t("page_train.by_hand_empty"))
        return
    history = _known(asked, data)
    if not history:
        return
    for place, column in enumerate(st.columns(min(2, len(models)))):
        with column.container(border=True):
            model = model_of(pick_model(models, place, "train-hand"))
            ranked(model.recommend(histories=[history], k=_LONG), data, f"train-for-hand-{place}")
    st.caption(t("page_train.by_hand_about", n=len(history)))


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()][:_MOST]


def _known(asked: list[str], data: Dataset) -> list[str]:
    """The items that the log has; the others are named."""
    codes = codes_of(asked, data.item_ids)
    strangers = [item for item, code in zip(asked, codes, strict=True) if code < 0]
    if strangers:
        shown = ", ".join(strangers[:_NAMED]) + (" …" if len(strangers) > _NAMED else "")
        text = t("page_train.strangers", n=len(strangers), names=shown)
        st.info(plain(text), icon=":material/help:")
    return [item for item, code in zip(asked, codes, strict=True) if code >= 0]
