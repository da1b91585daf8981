"""No room above data knows an outcome by name: they come from the log's mapping."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from house import parsed

import causalrec

ROOT = Path(causalrec.__file__).parent
NAMES = {"click", "purchase", "revenue", "ctr", "conversion"}
FILES = sorted(
    file for room in ("whatif", "tasks", "ui", "plots") for file in (ROOT / room).rglob("*.py")
)


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_no_outcome_stands_in_code(file: Path) -> None:
    found = [
        node.value
        for node in ast.walk(parsed(file))
        if isinstance(node, ast.Constant) and node.value in NAMES
    ]
    assert not found
