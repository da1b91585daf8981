"""A form drawn from a parameter class: labels, ranges, choices and help are declared there."""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from copy import copy
from functools import partial
from typing import Any, Union, get_args, get_origin

import streamlit as st
from pydantic.fields import FieldInfo

from causalrec.core.errors import ParamError
from causalrec.core.params import Params
from causalrec.core.words import table
from causalrec.ui.kit.session import language, t

__all__ = ["changed", "params_form"]


def changed(params: type[Params], values: Mapping[str, Any]) -> dict[str, Any]:
    """The values that are not the class's defaults."""
    fields = params.model_fields
    return {
        name: value
        for name, value in values.items()
        if fields[name].is_required() or value != fields[name].get_default()
    }


def params_form(
    params: type[Params],
    *,
    key: str,
    values: Mapping[str, Any] | None = None,
    skip: tuple[str, ...] = (),
    only: tuple[str, ...] | None = None,
    options: Mapping[str, Sequence[Any]] | None = None,
    columns: int = 1,
) -> dict[str, Any]:
    """One input a parameter, the advanced ones folded away; the caller checks with ``params.make``.

    Args:
        params: the parameter class.
        key: prefix of the widgets' keys, different for each form of a page.
        values: what to start from, where it differs from the defaults.
        skip: parameters that the page asks for elsewhere.
        only: the parameters that are drawn, all in sight (by default every one).
        options: what can be chosen, where only the page knows it (a parameter that may be None
            can also be left empty).
        columns: inputs side by side, where the page is wide (a narrow one stacks them).

    Returns:
        ``{name: value}`` of every parameter drawn.

    Raises:
        ParamError: a list field holds something that is no list of numbers.
    """
    start = dict(values or {})
    fields = {n: f for n, f in params.model_fields.items() if n not in skip and _can_draw(f)}
    if only is not None:
        fields = {n: fields[n] for n in only if n in fields}
    offered = {n: _offering(f, (options or {}).get(n)) for n, f in fields.items()}
    plain = {n: f for n, f in offered.items() if only is not None or not _extra(f).get("advanced")}
    folded = {n: f for n, f in offered.items() if n not in plain}
    given = _inputs(plain, key, start, columns)
    if folded:
        with st.expander(t("ui.advanced")):
            given |= _inputs(folded, key, start, columns)
    return given


def _inputs(
    fields: Mapping[str, FieldInfo], key: str, start: Mapping[str, Any], columns: int
) -> dict[str, Any]:
    """The inputs from left to right and from top to bottom."""
    given: dict[str, Any] = {}
    names = list(fields)
    for first in range(0, len(names), columns):
        row = names[first : first + columns]
        places = (
            st.columns(columns, vertical_alignment="bottom") if columns > 1 else [st.container()]
        )
        for place, name in zip(places, row, strict=False):
            with place:
                given[name] = _input(name, fields[name], f"{key}-{name}", start)
    return given


def _extra(field: FieldInfo) -> dict[str, Any]:
    return field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}


def _offering(field: FieldInfo, choices: Sequence[Any] | None) -> FieldInfo:
    """The field with other choices."""
    if choices is None:
        return field
    other = copy(field)
    extra: dict[str, Any] = {**_extra(field), "choices": tuple(choices)}
    other.json_schema_extra = extra
    return other


def _kind(field: FieldInfo) -> tuple[Any, bool]:
    """The field's own type and whether it may be None."""
    annotation = field.annotation
    if get_origin(annotation) in (Union, types.UnionType):
        parts = [part for part in get_args(annotation) if part is not type(None)]
        kind = next((p for p in parts if p is not str), parts[0])
        return get_origin(kind) or kind, len(parts) < len(get_args(annotation))
    return get_origin(annotation) or annotation or str, False


def _can_draw(field: FieldInfo) -> bool:
    return _kind(field)[0] in (bool, int, float, str, tuple) or bool(_extra(field).get("choices"))


def _label(name: str, field: FieldInfo) -> str:
    words, key = table(language()), f"{_extra(field).get('help')}_label"
    return words.get(key) or name.replace("_", " ").capitalize()


def _help(field: FieldInfo) -> str | None:
    key = _extra(field).get("help")
    return table(language()).get(str(key)) if key else None


def _word(value: object, help_key: object) -> str:
    """A choice in words where there are some (``<help>_<choice>``, ``ui.auto``), else as it is."""
    words, name = table(language()), str(value).lower()
    return words.get(f"{help_key}_{name}") or words.get(f"ui.{name}", str(value))


def _input(name: str, field: FieldInfo, key: str, start: Mapping[str, Any]) -> object:
    value = start.get(name, None if field.is_required() else field.get_default())
    label, explain = _label(name, field), _help(field)
    choices = _extra(field).get("choices")
    kind, optional = _kind(field)
    if choices:
        options = list(choices)
        given: dict[str, Any] = {"help": explain, "key": key}
        if kind is tuple:
            return tuple(st.multiselect(label, options, list(value or ()), **given))
        if optional and value is None:
            return st.selectbox(label, options, None, placeholder=t("ui.none"), **given)
        index = options.index(value) if value in options else 0
        word = partial(_word, help_key=_extra(field).get("help"))
        return st.selectbox(label, options, index, format_func=word, **given)
    if kind is bool:
        return st.toggle(label, bool(value), help=explain, key=key)
    if kind in (int, float):
        look = {"label": label, "placeholder": t("ui.auto"), "help": explain, "key": key}
        return _number(field, kind, value, look)
    if kind is tuple:
        text = ", ".join(map(str, value or ()))
        typed = st.text_input(label, text, help=explain or t("ui.list_help"), key=key)
        return _list(typed, words=str in get_args(field.annotation))
    return st.text_input(label, value or "", help=explain, key=key) or (None if optional else "")


def _slider(field: FieldInfo, value: float, look: Mapping[str, Any]) -> float:
    """A slider of the values that have names; one without a name stands among them as it is."""
    stops = {stop: name for name, stop in _extra(field)["stops"].items()}
    help_key = _extra(field).get("help")
    chosen: float = st.select_slider(
        options=sorted({*stops, value}),
        value=value,
        format_func=lambda stop: _word(stops.get(stop, stop), help_key),
        **{name: part for name, part in look.items() if name != "placeholder"},
    )
    return chosen


def _number(
    field: FieldInfo, number: type[int | float], value: float | None, look: Mapping[str, Any]
) -> int | float | None:
    if _extra(field).get("stops") and value is not None:
        return _slider(field, float(value), look)
    low, high = _bound(field, "ge"), _bound(field, "le")
    if _extra(field).get("percent"):
        return _percent(value, (low, high), look)
    if number is int:
        shape: dict[str, Any] = {"step": 1}
    else:
        shape = {"step": _step(value), "format": "%g"}
    for name, bound in (("min_value", low), ("max_value", high), ("value", value)):
        shape[name] = None if bound is None else number(bound)
    typed: int | float | None = st.number_input(**shape, **look)
    return typed


def _percent(
    value: float | None, bounds: tuple[float | None, float | None], look: Mapping[str, Any]
) -> float | None:
    """A share, asked for in percent."""
    low, high, shown = (None if one is None else 100.0 * one for one in (*bounds, value))
    label = {"label": f"{look['label']} (%)"}
    typed = st.number_input(
        min_value=low, max_value=high, value=shown, step=1.0, format="%g", **{**look, **label}
    )
    return None if typed is None else round(float(typed) / 100, 6)


def _bound(field: FieldInfo, which: str) -> float | None:
    return next((getattr(m, which) for m in field.metadata if hasattr(m, which)), None)


def _step(value: float | None) -> float:
    """A tenth of the value's magnitude, so that one click is a sensible change."""
    if not value:
        return 0.1
    return float(10.0 ** (len(str(int(abs(value)))) - 2)) if abs(value) >= 1 else abs(value) / 10


def _list(text: str, *, words: bool = False) -> tuple[Any, ...]:
    def value(part: str) -> int | float | str:
        if words:
            return part
        number = float(part)
        return int(number) if number.is_integer() else number

    parts = [part.strip() for part in text.replace("\uff0c", ",").split(",") if part.strip()]
    try:
        return tuple(value(part) for part in parts)
    except ValueError as error:
        raise ParamError("ui.bad_list", hint="ui.bad_list_hint", value=text) from error
