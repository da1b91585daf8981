"""The form of one intervention: items by title, categories and segments of this log."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from causalrec.core.params import Params
from causalrec.data.dataset.dataset import Dataset
from causalrec.data.values.ids import labels
from causalrec.ui.kit.forms import params_form
from causalrec.ui.kit.session import language, t
from causalrec.whatif.forecasts.scenario import Step
from causalrec.whatif.interventions import INTERVENTIONS

__all__ = ["in_titles", "possible", "segments_of", "step_form"]

_PICKED = ("item", "items", "category", "segment")
_MOST_VALUES = 8


def possible(data: Dataset) -> list[str]:
    """The list interventions that this log has the columns for."""
    names = [name for name in INTERVENTIONS if INTERVENTIONS[name].on == "list"]
    fields = {name: set(INTERVENTIONS[name].Params.model_fields) for name in names}
    categories, segments = categories_of(data), segments_of(data)
    wants_categories = {"diversify"}

    def fits(name: str) -> bool:
        needs = "category" in fields[name] or name in wants_categories
        return (not needs or bool(categories)) and ("segment" not in fields[name] or bool(segments))

    return [name for name in names if fits(name)]


def step_form(name: str, data: Dataset, key: str) -> dict[str, Any]:
    """Draw the inputs of an intervention; their values."""
    made: type[Params] = INTERVENTIONS[name].Params
    given: dict[str, Any] = {}
    pickers = {"item": _item, "items": _items, "category": _category, "segment": _segment}
    for field in made.model_fields:
        if field in _PICKED:
            given[field] = pickers[field](data, f"{key}-{field}")
    return given | params_form(made, key=key, skip=_PICKED)


def in_titles(step: Step, data: Dataset) -> Step:
    """The same intervention with titles and words of the page's language, for its sentence."""
    params = dict(step.params)
    if "category" in params:
        params["category"] = category_words(data).get(params["category"], params["category"])
    if "item" in params or "items" in params:
        titles = _titles(data)
        if "item" in params:
            params["item"] = titles.get(str(params["item"]), params["item"])
        if "items" in params:
            params["items"] = [titles.get(str(item), item) for item in params["items"]]
    return step.model_copy(update={"params": params})


def categories_of(data: Dataset) -> list[str]:
    """The log's categories, the most frequent first."""
    if data.items is None or "category" not in data.items.columns:
        return []
    return labels(data.items["category"].dropna()).value_counts().index.tolist()


def segments_of(data: Dataset) -> list[str]:
    """``column=value`` for each user attribute of at most 8 values."""
    if data.users is None:
        return []
    found = []
    for column in data.users.columns:
        known = labels(data.users[column].dropna()).unique()
        if 2 <= len(known) <= _MOST_VALUES:
            found += [f"{column}={value}" for value in sorted(known)]
    return found


def _titles(data: Dataset) -> dict[str, str]:
    ids = [str(item) for item in data.item_ids]
    return dict(zip(ids, data.titles(range(len(ids)), language()), strict=True))


def _by_popularity(data: Dataset) -> list[str]:
    counts = pd.Series(data.frame["item"]).value_counts()
    return [str(data.item_ids[code]) for code in counts.index]


def _item(data: Dataset, key: str) -> str:
    titles = _titles(data)
    return str(
        st.selectbox(
            t("whatif.param_item_label"),
            _by_popularity(data),
            format_func=lambda item: titles.get(item, item),
            key=key,
        )
    )


def _items(data: Dataset, key: str) -> tuple[str, ...]:
    titles = _titles(data)
    return tuple(
        st.multiselect(
            t("whatif.param_items_label"),
            _by_popularity(data),
            format_func=lambda item: titles.get(item, item),
            placeholder=t("page_interventions.choose_items"),
            help=t("whatif.param_items"),
            key=key,
        )
    )


def _category(data: Dataset, key: str) -> str:
    names = category_words(data)
    return str(
        st.selectbox(
            t("whatif.param_category_label"),
            categories_of(data),
            format_func=lambda name: names.get(name, name),
            key=key,
        )
    )


def category_words(data: Dataset) -> dict[str, str]:
    """Categories in the page's language, where the item table knows them."""
    if language() != "zh" or data.items is None or "category_zh" not in data.items.columns:
        return {}
    pairs = data.items[["category", "category_zh"]].dropna().drop_duplicates("category")
    return dict(zip(labels(pairs["category"]), pairs["category_zh"].astype(str), strict=True))


def _segment(data: Dataset, key: str) -> str:
    return str(
        st.selectbox(
            t("whatif.param_segment_label"),
            segments_of(data),
            help=t("whatif.param_segment"),
            key=key,
        )
    )
