"""A benchmark is a script: it runs from any folder, without the package being installed."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

SCRIPTS = sorted((Path(__file__).parents[1] / "benchmarks").glob("*.py"))


def imports_the_package(node: ast.stmt) -> bool:
    names = [name.name for name in node.names] if isinstance(node, ast.Import) else []
    names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
    return any(name.partition(".")[0] == "causalrec" for name in names)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_it_says_where_the_package_lies_before_it_asks_for_it(script: Path) -> None:
    """Parts of another script (imported by it, never run) find the path set already."""
    tree = ast.parse(script.read_text(encoding="utf-8"))
    asked = [node.lineno for node in tree.body if imports_the_package(node)]
    runs = any(isinstance(node, ast.If) and "__main__" in ast.unparse(node) for node in tree.body)
    said = [node.lineno for node in tree.body if ast.unparse(node).startswith("sys.path")]
    assert not (asked and runs) or (said and min(said) < min(asked))
