"""The outcomes of a log: its columns, and what is made of two of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from causalrec.data.dataset.dataset import Dataset
from causalrec.data.dataset.outcomes import PARTS, Outcome, outcome_named

__all__ = ["outcome_values", "outcomes_of"]


def outcomes_of(data: Dataset) -> dict[str, Outcome]:
    """The outcomes of a log by name, in its order; last what a sale earned, where it can be told.

    A sale's money is the first 0/1 or counted outcome that is a purchase by its name, times the
    price role; it is left out where the log has an outcome in money itself.
    """
    outcomes = {name: _in_log(data, name) for name in data.outcomes}
    sold = next((one for one in outcomes.values() if one.meaning == "purchase"), None)
    if sold is not None and data.has("price") and not any(one.money for one in outcomes.values()):
        money = _free_name(outcomes)
        outcomes[money] = Outcome(
            name=money,
            meaning="revenue",
            kind="sum",
            money=True,
            times="price",
            source=sold.name,
        )
    corrected = data.mapping.about or {}
    seen: set[str | None] = {None}
    for name, one in outcomes.items():
        own = one.meaning in seen
        seen.add(one.meaning)
        outcomes[name] = _corrected(one.model_copy(update={"own": own}), corrected.get(name))
    return outcomes


def outcome_values(data: Dataset, outcome: Outcome) -> pd.Series:
    """The values of an outcome, one a row of the log, float (n,); NaN where unknown."""
    if outcome.source is None or outcome.times is None:
        return data.frame[outcome.name]
    return data.frame[outcome.source] * data.frame[outcome.times]


def _free_name(taken: Mapping[str, Any]) -> str:
    name = "revenue"
    while name in taken:
        name += "_"
    return name


def _in_log(data: Dataset, name: str) -> Outcome:
    """What name and values tell together: the values say whether it is a share."""
    named = outcome_named(name)
    if name in data.binary:
        return named.model_copy(update={"kind": "share", "unit": "", "money": False})
    values = data.frame[name].to_numpy(dtype=float)
    finite = values[np.isfinite(values)]
    within = len(finite) > 0 and float(finite.min()) >= 0.0 and float(finite.max()) <= 1.0
    share = named.meaning == "watch" or bool(PARTS & set(re.split(r"[\W_]+", name.lower())))
    if within and share:
        return named.model_copy(update={"kind": "share", "unit": ""})
    if named.kind == "share":  # a name of 0/1 outcomes, but these are counts
        return named.model_copy(update={"kind": "sum"})
    return named


def _corrected(one: Outcome, said: Mapping[str, Any] | None) -> Outcome:
    return one if not said else Outcome(**{**one.model_dump(), **said, "name": one.name})
