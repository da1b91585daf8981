"""Ids as somebody asks for them: one or several, as text or as numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

import numpy as np
import pandas as pd
from pydantic import BeforeValidator

from causalrec.core.errors import ParamError
from causalrec.data.values.ids import clean_text_ids, text_id

__all__ = ["Id", "Ids", "asked_id", "asked_ids", "codes_of", "listed", "named"]


def listed(ids: object) -> list[Any]:
    """One id or several as a list: a text, a number or any other single value is one id.

    Raises:
        ParamError: a table in place of a column.
    """
    if isinstance(ids, (str, bytes)) or not isinstance(ids, Iterable):
        return [ids]
    shape = np.shape(ids) if isinstance(ids, (np.ndarray, pd.DataFrame, pd.Series)) else (1,)
    if len(shape) > 1:
        raise ParamError("data.ids_in_table", hint="data.ids_in_table_hint", columns=shape[1])
    return [ids.item()] if isinstance(ids, np.ndarray) and not shape else list(ids)


def asked_id(value: object) -> str:
    """One id as text, by the rules for columns of ids.

    Raises:
        ParamError: it is missing, a truth value, or no single value.
    """
    text = _text(value)
    if text is None:
        raise ParamError("data.no_id_given", hint="data.no_id_given_hint", value=repr(value))
    return text


def asked_ids(ids: object) -> list[str | None]:
    """Ids as text, None where one is missing (a hole in a column that was passed on).

    Raises:
        ParamError: one is a truth value or a list.
    """
    return [value.strip() or None if type(value) is str else _text(value) for value in listed(ids)]


def _text(value: object) -> str | None:
    if isinstance(value, (bool, np.bool_)):
        raise ParamError("data.id_is_truth", hint="data.id_is_truth_hint", value=str(value))
    try:
        return text_id(value)
    except TypeError as error:
        raise ParamError(
            "data.id_is_list", hint="data.id_is_list_hint", value=repr(value)[:60]
        ) from error


def named(ids: object, all_ids: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Ids that were asked for, as the log writes them, and their codes.

    Text is looked up as written, then without the ".0" that all of it is written with; a
    number by its digits, then as the log writes such numbers ("5.0" where others are "5.5").

    Args:
        ids: one id or several.
        all_ids: code -> id, shape (n_ids,).

    Returns:
        names: object array of str, shape (n,), "" where missing.
        codes: int64, shape (n,), -1 where not known or missing.

    Raises:
        ParamError: one is no id, or all are missing.
    """
    values = listed(ids)
    texts = np.array(asked_ids(values), dtype=object)
    if len(texts) and pd.isna(texts).all():
        raise ParamError("data.no_id_given", hint="data.no_id_given_hint", value=repr(values[0]))
    plain = np.asarray(all_ids)
    index = pd.Index(plain if plain.dtype == object else plain.astype(str), dtype=object)
    codes = np.asarray(index.get_indexer(pd.Index(texts, dtype=object)))
    codes[pd.isna(texts)] = -1
    strange = np.flatnonzero((codes < 0) & ~pd.isna(texts))
    if len(strange):
        others = _other_forms(values, texts)
        codes[strange] = index.get_indexer(pd.Index(others[strange], dtype=object))
    names = np.where(pd.isna(texts), "", texts).astype(object)
    names[codes >= 0] = index.to_numpy()[codes[codes >= 0]]
    return names, codes


def _other_forms(values: list[Any], texts: np.ndarray) -> np.ndarray:
    """How the same ids may be written otherwise."""
    others = clean_text_ids(pd.Series(texts, dtype=object)).to_numpy(dtype=object).copy()
    for place, value in enumerate(values):
        if not isinstance(value, (str, bytes)) and texts[place] is not None:
            others[place] = f"{texts[place]}.0"
    return others


def codes_of(ids: object, all_ids: np.ndarray) -> np.ndarray:
    """Codes of external ids: int64 (n,), -1 where ``known`` (codes -> ids) lacks the id."""
    if isinstance(ids, np.ndarray) and not len(ids):
        return np.empty(0, dtype=np.int64)
    return named(ids, all_ids)[1]


def _several(value: object) -> object:
    if value is None or isinstance(value, Mapping):
        return value
    return tuple(asked_id(one) for one in listed(value))


Id = Annotated[str, BeforeValidator(asked_id)]
"""A parameter that is an id."""
Ids = Annotated[tuple[str, ...], BeforeValidator(_several)]
"""A parameter of several ids; one alone will do."""
