"""Whom a treatment concerns, beside its form: how many, who had it already, which groups."""

from __future__ import annotations

from typing import cast

import streamlit as st

from causalrec.core.words.conditions import conditions
from causalrec.data.dataset.dataset import Dataset
from causalrec.ui.kit import widgets
from causalrec.ui.kit.session import language, plain, t
from causalrec.whatif.forecasts.scenario import Scenario
from causalrec.whatif.interventions.affected import affected
from causalrec.whatif.interventions.treat import Treat

__all__ = ["whom"]


def whom(scenario: Scenario, data: Dataset) -> None:
    """Draw how many users a treatment concerns and which groups they are of.

    Nothing where its segment is of columns that are counted from the log, not of its users.

    Args:
        scenario: sets one treatment.
        data: the log, with users.
    """
    treat = cast("Treat", scenario.changes[0])
    asked = {one.column for one in conditions(treat.params.segment or "") or ()}
    if not asked <= set(() if data.users is None else data.users.columns):
        return
    concerned = affected(treat, data)
    st.markdown(f":material/group: {plain(concerned.summary(language()))}")
    if not len(concerned.groups):
        return
    column = str(concerned.groups["column"].iloc[0])
    with st.container(border=True):
        st.markdown(f"**{plain(t('page_interventions.affected_by', column=column))}**")
        widgets.chart(concerned, key="scenario-whom")
