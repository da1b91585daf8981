"""An example of any class of answers, by the types of its fields; every name in it is hostile."""

from __future__ import annotations

import ast
import inspect
import pathlib
import types
from collections.abc import Iterator
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import numpy as np
import pandas as pd
from pydantic import BaseModel

from causalrec.core.results.result import Frame, Vector
from causalrec.core.words import Text, Worded, table
from causalrec.recsys.metrics import METRICS

__all__ = ["HOSTILE", "example_of"]

HOSTILE = "<script>alert('x')</script> & $x$"


def example_of(kind: type[BaseModel], /, **given: Any) -> Any:
    """An instance with a value in every field; what ``given`` names is taken from there."""
    hints = get_type_hints(kind, include_extras=True)
    values = {name: _value(hints[name], kind) for name in kind.model_fields}
    return kind.model_construct(**{**values, **given})


def _value(hint: Any, owner: type) -> Any:
    if hint is Frame:
        return _frame(owner)
    if hint is Vector:
        return np.array([0.5, 0.25])
    origin, parts = get_origin(hint), get_args(hint)
    if origin is Annotated:
        worded = next((m for m in parts[1:] if isinstance(m, Worded)), None)
        return _value(parts[0], owner) if worded is None else _worded(worded.prefix)
    if origin is Literal:
        return parts[0]
    if origin in {Union, types.UnionType}:
        return _value(next(p for p in parts if p is not type(None)), owner)
    held = [_value(part, owner) for part in parts if part is not ...]
    return _plain(hint) if origin is None else _holding(origin, held)


def _holding(origin: Any, held: list[Any]) -> Any:
    """A tuple, list, set or mapping of these values."""
    return {held[0]: held[1]} if issubclass(origin, dict) else origin(held)


def _plain(hint: Any) -> Any:
    if hint is Text:
        return Text("core.estimate_refused", reason=HOSTILE)
    if inspect.isclass(hint) and issubclass(hint, BaseModel):
        return example_of(hint)
    return {bool: False, int: 3, float: 0.5}.get(hint, HOSTILE)


def _worded(prefix: str) -> str:
    return next(key.removeprefix(prefix) for key in table("en") if key.startswith(prefix))


def _frame(owner: type) -> pd.DataFrame:
    """Every column that the class's module speaks of: a number, and the hostile name as a label."""
    columns = dict.fromkeys(_words_in(inspect.getfile(owner)), 0.5)
    names = {"name": HOSTILE, "metric": METRICS.default, "k": 10}
    return pd.DataFrame([{**columns, **names}] * 3)


@cache
def _words_in(file: str) -> tuple[str, ...]:
    return tuple(sorted(set(_constants(file))))


def _constants(file: str) -> Iterator[str]:
    with pathlib.Path(file).open(encoding="utf-8") as source:
        tree = ast.parse(source.read())
    for node in ast.walk(tree):
        value = node.value if isinstance(node, ast.Constant) else None
        if isinstance(value, str) and value.isidentifier():
            yield value
