"""The form of one intervention: items by title, categories and segments of this log."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from causalrec.core.params import Params
from causalrec.core.words.conditions import people
from causalrec.data.dataset.dataset import Dataset
from causalrec.data.values.ids import labels
from causalrec.ui.kit.forms import params_form
from causalrec.ui.kit.session import language, say, t
from causalrec.whatif.forecasts.scenario import Step
from causalrec.whatif.interventions import INTERVENTIONS
from causalrec.whatif.interventions.intervention_kinds import LIST

__all__ = ["in_titles", "possible", "segments_of", "step_form"]

_MOST_VALUES = 8


def possible(data: Dataset) -> list[str]:
    """The list interventions for which this log knows what they need."""
    offers = {"category": bool(categories_of(data)), "segment": bool(segments_of(data))}
    return [
        name
        for name in INTERVENTIONS.where(on=LIST)
        if all(offers[need] for need in INTERVENTIONS[name].needs)
    ]


def picks_of(params: type[Params]) -> dict[str, str]:
    """What of a log each parameter names, where it names something: ``{"item": "item"}``."""
    extras = {name: field.json_schema_extra for name, field in params.model_fields.items()}
    picks = {name: extra.get("picks") for name, extra in extras.items() if isinstance(extra, dict)}
    return {name: str(what) for name, what in picks.items() if what}


def step_form(name: str, data: Dataset, key: str) -> dict[str, Any]:
    """Draw the inputs of an intervention; their values."""
    params: type[Params] = INTERVENTIONS[name].Params
    picks = picks_of(params)
    given = {field: _PICKERS[what](data, f"{key}-{field}") for field, what in picks.items()}
    return given | params_form(params, key=key, skip=tuple(picks))


def in_titles(step: Step, data: Dataset) -> Step:
    """The same intervention with titles and words of the page's language, for its sentence."""
    params, words = dict(step.params), {"category": category_words, "item": _titles}
    for field, what in picks_of(INTERVENTIONS[step.name].Params).items():
        if field not in params or what.removesuffix("s") not in words:
            continue
        names, value = words[what.removesuffix("s")](data), params[field]
        if isinstance(value, (list, tuple)):
            params[field] = [names.get(str(one), one) for one in value]
        else:
            params[field] = names.get(str(value), value)
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
    segments = []
    for column in data.users.columns:
        values = labels(data.users[column].dropna()).unique()
        if 2 <= len(values) <= _MOST_VALUES:
            segments += [f"{column}={value}" for value in sorted(values)]
    return segments


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
            format_func=lambda segment: say(people(segment)),
            help=t("whatif.param_segment"),
            key=key,
        )
    )


_PICKERS = {"item": _item, "items": _items, "category": _category, "segment": _segment}
"""What draws the picker of each thing that a parameter can name."""
