"""How far a change of lists goes, and how the lists of one user whom it concerns change."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from causalrec.data.dataset.dataset import Dataset
from causalrec.recsys.interactions.interaction_matrix import codes_of
from causalrec.recsys.policies.drawn import Drawn
from causalrec.recsys.policies.policy import Policy
from causalrec.ui.kit import widgets
from causalrec.ui.kit.session import language, plain, t
from causalrec.whatif.interventions.reach import Reach

__all__ = ["example"]

_LONG = 10
_USER, _CHOSEN = "scenario-user", "scenario-user-chosen"


def example(before: Policy, after: Policy, data: Dataset, far: Reach) -> None:
    """How far the change goes, then before and after for a user whose list changes.

    Args:
        before: the unmodified policy.
        after: the changed one.
        data: the log, for titles.
        far: how far the change goes.
    """
    st.subheader(t("page_interventions.example"), anchor=False)
    key = "page_interventions.reach" if far.lists else "page_interventions.reach_none"
    facts = {"lists": far.lists, "impressions": far.impressions, "n": far.n}
    st.markdown(f":material/group: {plain(t(key, **facts))}")
    code = _user(before, far)
    if code is None:
        return
    lists = [Drawn(policy).top(np.array([code]), _LONG)[0] for policy in (before, after)]
    left, right = st.columns(2)
    for column, which in ((left, 0), (right, 1)):
        with column.container(border=True):
            word = "before" if which == 0 else "after"
            st.markdown(f"**{t(f'page_interventions.list_{word}')}**")
            _list(which, lists, before, data)
    changed = int((lists[0] != lists[1]).sum())
    st.caption(t("page_interventions.example_note", changed=changed, of=_LONG))
    if before.random or after.random:
        st.caption(t("page_interventions.example_drawn"))


def _user(policy: Policy, far: Reach) -> int | None:
    """Code of the user to look at: typed, or one whose list changes."""
    ids = policy.user_ids[far.changed] if len(far.changed) else policy.user_ids

    def another() -> None:
        st.session_state[_USER] = str(np.random.default_rng().choice(ids))

    state = st.session_state
    if _USER not in state or state[_USER] == state.get(_CHOSEN):  # nobody typed another one
        state[_USER] = state[_CHOSEN] = str(ids[0])
    with st.container(horizontal=True, vertical_alignment="bottom"):
        user = str(st.text_input(t("page_train.user"), key=_USER, width=220)).strip()
        st.button(
            t("page_train.another"),
            key="scenario-another",
            icon=":material/shuffle:",
            on_click=another,
        )
    code = int(codes_of([user], policy.user_ids)[0])
    if code < 0:
        st.info(plain(t("page_train.unknown_user", user=user)), icon=":material/person_off:")
        return None
    return code


def _list(which: int, lists: list[np.ndarray], policy: Policy, data: Dataset) -> None:
    items = lists[which][lists[which] >= 0]
    codes = codes_of(policy.item_ids[items], data.item_ids)
    columns: dict[str, Any] = {"#": np.arange(1, len(items) + 1)}
    config = {"#": st.column_config.Column(width=32)}
    if which == 1:
        mark = t("page_interventions.moved")
        columns[mark] = [_move(item, place, lists[0]) for place, item in enumerate(items)]
        config[mark] = st.column_config.Column(width=50)
    columns[t("page_train.item")] = data.titles(codes, language())
    widgets.table(pd.DataFrame(columns), key=f"scenario-list-{which}", column_config=config)


def _move(item: int, place: int, before: np.ndarray) -> str:
    """How an item moved: ``↑3``, ``↓1``, ``=``, or new on the list."""
    was = np.flatnonzero(before == item)
    if not len(was):
        return t("page_interventions.new")
    step = int(was[0]) - place
    return "=" if step == 0 else f"{'↑' if step > 0 else '↓'}{abs(step)}"
