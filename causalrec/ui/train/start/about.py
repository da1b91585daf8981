"""What to try first on this log, and where it would compute."""

from __future__ import annotations

import streamlit as st

from causalrec.core.machine.accelerator import accelerator
from causalrec.core.words import Text
from causalrec.data.dataset.dataset import Dataset
from causalrec.recsys.model.fit_cost import LogSize, Machine
from causalrec.recsys.recommenders import RECOMMENDERS
from causalrec.recsys.tuning.advice import Advice, advise
from causalrec.ui.kit.session import plain, say

__all__ = ["advice_line", "device_line", "suggested"]


def suggested(data: Dataset) -> list[str]:
    """Models that suit the log, the best first, and the bar that they have to clear."""
    return list(dict.fromkeys([*_advice(data).models, *RECOMMENDERS.where(baseline=True)]))


def advice_line(data: Dataset) -> None:
    """What suits the log; why, where a person asks for it."""
    advice = _advice(data)
    why = "\n\n".join(plain(say(reason)) for reason in advice.reasons)
    st.markdown(f":material/lightbulb: {plain(say(advice.reason))}", help=why or None)


def device_line() -> str:
    """The GPU's name, or why there is none."""
    return plain(say(_device()[1]))


def _advice(data: Dataset) -> Advice:
    return _advised(data, data.fingerprint)


@st.cache_resource(show_spinner=False, max_entries=8)
def _advised(_data: Dataset, fingerprint: str) -> Advice:
    pairs = _data.frame.loc[_data.positive_mask(), ["user", "item"]].drop_duplicates()
    log = LogSize(
        int(pairs["user"].nunique()),
        int(pairs["item"].nunique()),
        len(pairs),
        times=_data.has("time"),
        attributes=_data.items is not None and len(_data.items.columns) > 0,
    )
    return advise(log, Machine(device="cpu" if _device()[0] is None else "cuda"))


@st.cache_resource(show_spinner=False)
def _device() -> tuple[str | None, Text]:
    return accelerator()
