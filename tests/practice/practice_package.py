"""What the package holds, found by walking it."""

from __future__ import annotations

import ast
import inspect
import pkgutil
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import causalrec
from causalrec.core.results.result import Result

__all__ = ["public_classes", "results"]


def results() -> set[type]:
    """Every class of answers, `Result` itself among them."""
    return {one for one in _family(Result) if one.__module__.startswith("causalrec.")}


def public_classes() -> set[type]:
    """Every class whose objects a person can get from a public name, by one call after another.

    A public name is a class or returns one; a class leads to its subclasses and to what its
    public methods and properties return.
    """
    left = [getattr(causalrec, name) for name in causalrec.__all__]
    reached: set[type] = set()
    while left:
        one = left.pop()
        if inspect.isclass(one) and one.__module__.startswith("causalrec.") and one not in reached:
            reached.add(one)
            members = [m for n, m in vars(one).items() if not n.startswith("_")]
            left += [*_family(one), *(c for member in members for c in _returned(member))]
        elif inspect.isfunction(one):
            left += _returned(one)
    return reached


@cache
def _modules() -> dict[str, Any]:
    names = [module.name for module in pkgutil.walk_packages(causalrec.__path__, "causalrec.")]
    shut = ("causalrec.ui", "causalrec.plots", "causalrec.__main__")
    return {name: import_module(name) for name in names if not name.startswith(shut)}


def _family(one: type) -> Iterator[type]:
    _modules()
    yield one
    below: list[type] = one.__subclasses__()
    for other in below:
        yield from _family(other)


def _returned(member: Any) -> Iterator[type]:
    """The classes that the annotation of what it returns names."""
    for attribute in ("__func__", "fget", "func"):
        member = getattr(member, attribute, None) or member
    said = getattr(member, "__annotations__", {}).get("return")
    module = _modules().get(getattr(member, "__module__", ""))
    if not isinstance(said, str) or module is None:
        return
    for name in re.findall(r"\w+", said):
        found = getattr(module, name, None) or getattr(_imported(module, name), name, None)
        if inspect.isclass(found):
            yield found


def _imported(module: Any, name: str) -> Any:
    """The module that a name is imported from, also where it is for types alone."""
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and name in [alias.name for alias in node.names]:
            return _modules().get(node.module or "")
    return None
