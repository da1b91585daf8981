"""What a change does to a log without users: how often each item is shown, before and after."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from causalrec.data.dataset.dataset import Dataset
from causalrec.recsys.policies.logged import LoggedPolicy
from causalrec.tasks.whatif.scenario_setting import log_policy
from causalrec.ui.kit import widgets
from causalrec.ui.kit.open_models import dataset_of
from causalrec.ui.kit.session import language, plain, t
from causalrec.whatif.forecasts.scenario import Scenario
from causalrec.workspace import Thing

__all__ = ["changes_itself", "shares"]

_SHOWN = 10
"""Items in sight: those whose share changes most."""


def changes_itself(data: Dataset) -> bool:
    """Whether what a log shows can be changed without a model: no users, and propensities."""
    return not data.has("user") and data.has("propensity")


def shares(scenario: Scenario, dataset: Thing, data: Dataset) -> None:
    """Draw how far a scenario goes and the items that it changes most.

    Args:
        scenario: changes what the log's own policy shows.
        dataset: the saved log; `data`: read.
        data: the log.
    """
    st.subheader(t("page_interventions.shares"), anchor=False)
    before, after = _shares(scenario.model_dump_json(), str(dataset.folder), dataset)
    moved = 0.5 * float(np.abs(after - before).sum())
    st.markdown(f":material/grid_view: {plain(t('page_interventions.shares_moved', moved=moved))}")
    order = np.argsort(-np.abs(after - before), kind="stable")[:_SHOWN]
    if moved == 0:
        order = np.argsort(-before, kind="stable")[:_SHOWN]
    frame = pd.DataFrame(
        {
            t("page_train.item"): data.titles(order, language()),
            t("page_interventions.share_before"): before[order],
            t("page_interventions.share_after"): after[order],
        }
    )
    percent = st.column_config.NumberColumn(format="percent")
    columns = dict.fromkeys(frame.columns[1:], percent)
    widgets.table(frame, key="scenario-shares", column_config=columns, height="content")
    key = "exact" if _policy(str(dataset.folder), dataset).exact else "as_often"
    st.caption(t(f"page_interventions.from_log_{key}"))


@st.cache_resource(show_spinner=False, max_entries=8)
def _policy(folder: str, _dataset: Thing) -> LoggedPolicy:
    return log_policy(dataset_of(_dataset))


@st.cache_data(show_spinner=False, max_entries=64)
def _shares(document: str, folder: str, _dataset: Thing) -> tuple[np.ndarray, np.ndarray]:
    scenario = Scenario.model_validate_json(document)
    ends = scenario.policies(_policy(folder, _dataset), dataset_of(_dataset))
    before, after = (policy.probabilities([-1])[0] for policy in ends)
    return before, after
