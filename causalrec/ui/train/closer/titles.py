"""Items by their titles, as tables and as choices."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from causalrec.core.words import Text
from causalrec.data.dataset.dataset import Dataset
from causalrec.recsys.interactions.interaction_matrix import codes_of
from causalrec.ui.kit import widgets
from causalrec.ui.kit.open_models import model_name
from causalrec.ui.kit.session import language, plain, say, t
from causalrec.workspace import Thing

__all__ = ["pick_model", "popular_first", "ranked", "titles"]

_MOST = 5_000


def titles(items: list[str], data: Dataset) -> list[str]:
    """The titles of items by external id; the id where there is none."""
    codes = codes_of(items, data.item_ids)
    names = iter(data.titles(codes[codes >= 0], language()))
    return [next(names) if code >= 0 else item for item, code in zip(items, codes, strict=True)]


def popular_first(data: Dataset) -> dict[str, str]:
    """Titles by item id, what most people took first; of a large catalogue only the first 5,000."""
    return _popular_first(data, data.fingerprint, language())


def pick_model(models: list[Thing], place: int, key: str) -> Thing:
    """Which model's answer stands at a place; the first two of the page by default."""
    return st.selectbox(
        t("page_train.list_of"),
        models,
        min(place, len(models) - 1),
        format_func=model_name,
        key=f"{key}-{place}",
    )


def ranked(frame: pd.DataFrame, data: Dataset, key: str, marks: list[str] | None = None) -> None:
    """A list (rank, item) by title, with a mark an item where there are some; then its notes."""
    items = [str(item) for item in frame["item"]]
    shown: dict[str, object] = {"#": frame["rank"]}
    config = {"#": st.column_config.Column(width=34)}
    if marks is not None:
        shown[t("page_train.taken_later")] = marks
        config[t("page_train.taken_later")] = st.column_config.Column(width=58)
    shown[t("page_train.item")] = titles(items, data)
    widgets.table(pd.DataFrame(shown), key=key, column_config=config, height="content")
    for note in frame.attrs.get("notes", ()):
        if isinstance(note, Text):
            st.caption(plain(say(note)))


@st.cache_data(show_spinner=False, max_entries=8)
def _popular_first(_data: Dataset, fingerprint: str, lang: str) -> dict[str, str]:
    taken = _data.frame.loc[_data.positive_mask(), "item"].value_counts()
    rest = pd.Index(range(_data.n_items)).difference(taken.index)
    codes = [*taken.index, *rest][:_MOST]
    return dict(
        zip((str(_data.item_ids[c]) for c in codes), _data.titles(codes, lang), strict=True)
    )
