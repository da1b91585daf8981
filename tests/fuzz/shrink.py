"""Smaller forms of a case: a part left out, a half taken, a plain value in its place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

__all__ = ["smaller"]


def smaller(value: Any) -> Iterator[Any]:
    """Forms of a value that are smaller by one step, the boldest first."""
    if isinstance(value, str | bytes):
        yield from _of_text(value)
    elif isinstance(value, list):
        yield from _of_list(value)
    elif isinstance(value, dict):
        yield from _of_dict(value)
    elif isinstance(value, float | int) and value not in (0, 1, True, False):
        yield type(value)(1)


def _of_dict(value: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for key in value:
        yield {other: one for other, one in value.items() if other != key}
    for key, one in value.items():
        for less in smaller(one):
            yield {**value, key: less}


def _of_text(value: Any) -> Iterator[Any]:
    size = len(value)
    part = size // 2
    while part:
        for start in range(0, size, part):
            yield value[:start] + value[start + part :]
        part = part // 2 if size < 400 or part > 16 else 0
    if size:
        yield value[:0]


def _of_list(value: list[Any]) -> Iterator[list[Any]]:
    part = max(len(value) // 2, 1)
    while part and value:
        for start in range(0, len(value), part):
            yield value[:start] + value[start + part :]
        part //= 2
    for place, one in enumerate(value[:30]):
        for less in smaller(one):
            yield [*value[:place], less, *value[place + 1 :]]
