"""One user: what they took, and what two models would show them, by title."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from causalrec.data.dataset.dataset import Dataset
from causalrec.recsys.interactions.interaction_matrix import codes_of, of_dataset
from causalrec.recsys.model.recommender import Recommender
from causalrec.ui.kit.open_models import model_of
from causalrec.ui.kit.session import plain, t
from causalrec.ui.train.closer.titles import pick_model, ranked, titles
from causalrec.workspace import Thing

__all__ = ["lists"]

_USER = "train-user"
_LONG = 10
_PAST = 15


def lists(models: list[Thing], data: Dataset) -> None:
    """A user's history and two models' lists next to each other."""
    first = model_of(models[0])
    user = _user(first, data)
    if user is None:
        return
    past, *places = st.columns(3)
    with past.container(border=True):
        st.markdown(f"**{t('page_train.history')}**")
        _history(user, data, first)
    for place, column in enumerate(places):
        with column.container(border=True):
            thing = pick_model(models, place, "train-list")
            _list(user, data, model_of(thing), f"train-shown-{place}")
    st.caption(t("page_train.lists_note"))


def _user(model: Recommender, data: Dataset) -> str | None:
    """The user to look at: typed, or another one at random."""

    def another() -> None:
        chosen = np.random.default_rng().choice(_telling(model, data))
        st.session_state[_USER] = str(model.user_ids[chosen])

    if _USER not in st.session_state:
        telling = _telling(model, data)
        st.session_state[_USER] = str(model.user_ids[telling[int(len(telling) * 0.8)]])
    with st.container(horizontal=True, vertical_alignment="bottom"):
        user = str(st.text_input(t("page_train.user"), key=_USER, width=260)).strip()
        st.button(
            t("page_train.another"),
            key="train-another",
            icon=":material/shuffle:",
            on_click=another,
        )
    if codes_of([user], model.user_ids)[0] < 0:
        st.info(plain(t("page_train.unknown_user", user=user)), icon=":material/person_off:")
    return user or None


def _telling(model: Recommender, data: Dataset) -> np.ndarray:
    """Users with a history and, where there are any, something held out; short histories first."""
    taken = of_dataset(data, (model.user_ids, model.item_ids)).getnnz(axis=1)
    long = model.history.getnnz(axis=1)
    users = np.flatnonzero((long > 0) & (taken > long))
    if not len(users):
        users = np.flatnonzero(long > 0)
    return np.asarray(users[np.argsort(long[users], kind="stable")])


def _taken(user: str, data: Dataset) -> list[str]:
    """What the user took, the latest first, once each."""
    code = codes_of([user], data.user_ids)[0]
    rows = data.frame[(data.frame["user"] == code) & data.positive_mask()]
    if "time" in rows.columns:
        rows = rows.sort_values("time", kind="stable", ascending=False)
    return [str(data.item_ids[item]) for item in rows["item"].drop_duplicates()]


def _history(user: str, data: Dataset, model: Recommender) -> None:
    rows = _known(user, model)
    taken = [item for item in _taken(user, data) if item in rows]
    if not taken:
        st.caption(t("page_train.no_history"))
        return
    shown = taken[:_PAST]
    st.dataframe(
        pd.DataFrame({t("page_train.item"): titles(shown, data)}),
        hide_index=True,
        key="train-history",
        height="content",
    )
    if len(taken) > len(shown):
        st.caption(t("page_train.more_history", n=len(taken) - len(shown)))


def _known(user: str, model: Recommender) -> set[str]:
    code = codes_of([user], model.user_ids)[0]
    return set() if code < 0 else {str(model.item_ids[i]) for i in model.history[code].indices}


def _list(user: str, data: Dataset, model: Recommender, key: str) -> None:
    frame = model.recommend([user], k=_LONG)
    items = [str(item) for item in frame["item"]]
    later = set(_taken(user, data)) - _known(user, model)
    marks = [t("page_train.hit") if item in later else "" for item in items]
    ranked(frame, data, key, marks)
