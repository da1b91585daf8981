"""Command-line options from a parameter class: one place says name, kind, range, help."""

from __future__ import annotations

import argparse
import json
import types
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from causalrec.core.params import Params
from causalrec.core.words import Text

__all__ = ["add_options", "given"]

_MANY = (tuple, list, set, frozenset)
_PLAIN = (str, int, float, bool)


def add_options(group: argparse._ArgumentGroup, params: type[Params], lang: str) -> None:
    """One option a parameter; those not given keep the class's defaults."""
    for name, field in params.model_fields.items():
        if name == "lang":
            continue  # every command has --lang, and it says this too
        options: dict[str, Any] = {
            "dest": name,
            "default": argparse.SUPPRESS,
            "required": field.is_required(),
            "help": _help(field, lang).replace("%", "%%"),
        }
        kind = _bare(field.annotation)
        if kind is bool:
            options["action"] = argparse.BooleanOptionalAction
        elif get_origin(kind) in _MANY or kind in _MANY:
            options["action"] = "append"
            options["metavar"] = _metavar(_element(kind), field)
        else:
            options["metavar"] = _metavar(kind, field)
        group.add_argument(f"--{name.replace('_', '-')}", **options)


def given(params: type[Params], asked: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters that were given, JSON read where the parameter is no plain value."""
    values: dict[str, Any] = {}
    for name, field in params.model_fields.items():
        if name not in asked:
            continue
        kind = _bare(field.annotation)
        value = asked[name]
        if isinstance(value, list):
            values[name] = [_read(text, _element(kind)) for text in value]
        else:
            values[name] = _read(value, kind)
    return values


def _bare(annotation: object) -> object:
    """The annotation without ``Annotated`` and without ``| None``."""
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    if get_origin(annotation) in (Union, types.UnionType):
        kinds = [a for a in get_args(annotation) if a is not type(None)]
        return _bare(kinds[0]) if len(kinds) == 1 else annotation
    return annotation


def _element(kind: object) -> object:
    inside = [a for a in get_args(kind) if a is not Ellipsis]
    return _bare(inside[0]) if len(set(inside)) == 1 else Any


def _plain(kind: object) -> bool:
    if get_origin(kind) in (Union, types.UnionType):
        return all(_plain(a) for a in get_args(kind) if a is not type(None))
    return kind in _PLAIN or get_origin(kind) is Literal or _is_path(kind)


def _is_path(kind: object) -> bool:
    return isinstance(kind, type) and kind.__module__.startswith("pathlib")


def _read(value: object, kind: object) -> object:
    """A plain value as typed (the class converts it); anything else as JSON where it is JSON."""
    if not isinstance(value, str) or _plain(kind):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):  # no JSON, a number without end, nested without end
        return value


def _metavar(kind: object, field: FieldInfo) -> str:
    choices = _extra(field).get("choices") or (
        get_args(kind) if get_origin(kind) is Literal else ()
    )
    if choices:
        return "{" + ",".join(map(str, choices)) + "}"
    if not _plain(kind):
        return "JSON"
    return "VALUE" if get_origin(kind) else str(getattr(kind, "__name__", "value")).upper()


def _extra(field: FieldInfo) -> dict[str, Any]:
    return field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}


def _shown(default: object) -> str:
    if isinstance(default, BaseModel):
        default = default.model_dump(mode="json", exclude_none=True)
    if isinstance(default, dict):
        return json.dumps(default, ensure_ascii=False) if default else ""
    return ", ".join(map(str, default)) if isinstance(default, tuple) else str(default)


def _help(field: FieldInfo, lang: str) -> str:
    key = _extra(field).get("help")
    words = Text(str(key)).to(lang) if key else ""
    if field.is_required() or field.default in (PydanticUndefined, None, (), ""):
        return words
    shown = _shown(field.get_default(call_default_factory=True))
    return f"{words} {Text('cli.default', value=shown).to(lang)}" if shown else words
