"""No room above data knows an outcome by name: they come from the log's mapping."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from house import by_folder, parsed

import causalrec

ROOT = Path(causalrec.__file__).parent
NAMES = {"click", "purchase", "revenue", "ctr", "conversion"}
FOLDERS = by_folder(
    file for room in ("whatif", "tasks", "ui", "plots") for file in (ROOT / room).rglob("*.py")
)


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_outcome_stands_in_code(folder: str) -> None:
    found = [
        f"{file}, line {node.lineno}: {node.value}"
        for file in FOLDERS[folder]
        for node in ast.walk(parsed(file))
        if isinstance(node, ast.Constant) and node.value in NAMES
    ]
    assert not found
