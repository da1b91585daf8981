"""Items like one item, as two models see it."""

from __future__ import annotations

import streamlit as st

from causalrec.data.dataset.dataset import Dataset
from causalrec.recsys.interactions.interaction_matrix import codes_of
from causalrec.ui.kit.open_models import model_of
from causalrec.ui.kit.session import plain, t
from causalrec.ui.train.closer.titles import pick_model, popular_first, ranked
from causalrec.workspace import Thing

__all__ = ["similar"]

_LONG = 10


def similar(models: list[Thing], data: Dataset) -> None:
    """Choose an item by its title; each model's nearest ones stand next to each other."""
    names = popular_first(data)
    item = st.selectbox(
        t("page_train.like_what"),
        list(names),
        format_func=lambda name: names.get(name, name),
        key="train-item",
        accept_new_options=True,
        help=t("page_train.like_what_help"),
        width=520,
    )
    for place, column in enumerate(st.columns(min(2, len(models)))):
        with column.container(border=True):
            model = model_of(pick_model(models, place, "train-similar"))
            if codes_of([item], model.item_ids)[0] < 0:
                st.caption(plain(t("page_train.item_unknown", item=names.get(item, item))))
                continue
            ranked(model.similar_items(item, _LONG), data, f"train-near-{place}")
    st.caption(t("page_train.similar_about"))
