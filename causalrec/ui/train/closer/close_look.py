"""Looking closer at the models: one view at a time, so that a page stays short and quick."""

from __future__ import annotations

import streamlit as st

from causalrec.data.dataset.dataset import Dataset
from causalrec.tasks.recsys.export import Export
from causalrec.tasks.recsys.predict import Predict
from causalrec.tasks.recsys.variant import Variant
from causalrec.ui.kit.open_models import table_of
from causalrec.ui.kit.session import t
from causalrec.ui.train.closer.answers import export, predictions, variants
from causalrec.ui.train.closer.by_hand import by_hand
from causalrec.ui.train.closer.lists import lists
from causalrec.ui.train.closer.similar import similar
from causalrec.workspace import Thing

__all__ = ["closer"]

_ICONS = {
    "lists": ":material/person:",
    "by_hand": ":material/edit_note:",
    "similar": ":material/join_inner:",
    "predict": Predict.icon,
    "variants": Variant.icon,
    "export": Export.icon,
}


def closer(models: list[Thing], data: Dataset) -> None:
    """Draw one of the ways to look closer."""
    views = {"lists": lists, "by_hand": by_hand, "similar": similar}
    if any(thing.run for thing in models):
        views |= {"predict": predictions, "variants": variants, "export": export}
    chosen = st.pills(
        t("page_train.closer"),
        list(views),
        default=None if "train-closer" in st.session_state else "lists",
        format_func=lambda name: f"{_ICONS[name]} {t(f'page_train.closer_{name}')}",
        key="train-closer",
        required=True,
        label_visibility="collapsed",
        persist_state="session",
    )
    views[str(chosen)](sorted(models, key=_rank), data)


def _rank(thing: Thing) -> tuple[bool, float]:
    """Trained models before their variants, the best first."""
    return bool(thing.meta.get("variant")), -float(table_of(thing).row()["value"])
