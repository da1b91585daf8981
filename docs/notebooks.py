"""Notebooks of the examples: `python docs/notebooks.py` writes each from its script."""

from __future__ import annotations

import ast
import json
import re

from examples_run import EXAMPLES

__all__ = ["notebook", "rooms"]


def rooms() -> list[str]:
    """The examples that have a notebook: one a room, and the first steps."""
    return sorted(file.stem for file in EXAMPLES.glob("*.py"))


def notebook(name: str) -> str:
    """The notebook of an example as JSON: its comments are its text; no outputs."""
    source = (EXAMPLES / f"{name}.py").read_text(encoding="utf-8")
    title = ast.get_docstring(ast.parse(source)) or name
    cells = [_text(f"{name}-0", f"# {title}")]
    # A comment at the margin opens a part: it is the text, what follows is the code.
    parts = re.split(r"\n\n(?=# )", source.split('"""', 2)[2].strip())
    for at, part in enumerate(parts, start=1):
        said = re.match(r"(# .*\n)*", part)
        comment = said[0] if said else ""
        if comment:
            words = " ".join(line.removeprefix("# ") for line in comment.splitlines())
            cells.append(_text(f"{name}-{at}-text", words))
        cells.append(_code(f"{name}-{at}", part[len(comment) :].strip()))
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    document = {
        "cells": cells,
        "metadata": {"kernelspec": kernel},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(document, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _text(name: str, words: str) -> dict[str, object]:
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": [words]}


def _code(name: str, lines: str) -> dict[str, object]:
    source = lines.splitlines(keepends=True)
    empty: dict[str, object] = {"execution_count": None, "metadata": {}, "outputs": []}
    return {"cell_type": "code", "id": name, "source": source, **empty}


if __name__ == "__main__":
    for room in rooms():
        place = EXAMPLES / "notebooks" / f"{room}.ipynb"
        place.parent.mkdir(exist_ok=True)
        place.write_text(notebook(room), encoding="utf-8")
