"""What to try first on this log, and where it would compute."""

from __future__ import annotations

import streamlit as st

from causalrec.core.machine.accelerator import accelerator
from causalrec.core.words import Text
from causalrec.data.dataset.dataset import Dataset
from causalrec.recsys.tuning.advice import Advice, advise
from causalrec.ui.kit.session import plain, say
from causalrec.ui.train.start.models import offered

__all__ = ["advice_line", "device_line", "suggested"]

_BAR = "popularity"
"""The bar that every other model has to clear is always suggested."""


def suggested(data: Dataset) -> list[str]:
    """Models that suit the log, the best first."""
    known = offered()
    return [name for name in dict.fromkeys([*_advice(data).models, _BAR]) if name in known]


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
    return advise(
        int(pairs["user"].nunique()),
        int(pairs["item"].nunique()),
        len(pairs),
        device="cpu" if _device()[0] is None else "cuda",
        times=_data.has("time"),
        attributes=_data.items is not None and len(_data.items.columns) > 0,
    )


@st.cache_resource(show_spinner=False)
def _device() -> tuple[str | None, Text]:
    return accelerator()
