"""A task is named by its class, wherever work is started, looked up or told apart.

The names are plain English words (a chart may be called "search", a kind of thing "forecast"), so
this looks where a string can only mean a task: handed to what takes one, compared with a run's
task, or asked of the shelf. `test_entry_names` looks at the rest.
"""

from __future__ import annotations

import ast

import pytest
from house import PACKAGE, by_folder, parsed

from causalrec.runs.record.catalogue import TASKS

TAKERS = {
    *("start", "register_run", "run_inline", "run_together", "runs", "typical_seconds"),
    *("original", "task_name", "word_of", "begin", "live_runs", "_do", "_button", "_latest"),
}
"""Functions with a task among their arguments."""


def names_in(tree: ast.AST) -> list[int]:
    """The lines in which a string means a task."""
    lines = []
    for node in ast.walk(tree):
        strings: list[ast.expr] = []
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else node.func
            called = called.id if isinstance(called, ast.Name) else called
            if called in TAKERS:
                strings = [*node.args, *(word.value for word in node.keywords)]
        elif isinstance(node, ast.Compare) and "task" in ast.unparse(node.left).split("."):
            strings = [one for part in node.comparators for one in [part, *ast.walk(part)]]
        elif isinstance(node, ast.Subscript) and ast.unparse(node.value).endswith("TASKS"):
            strings = [node.slice]
        lines += [s.lineno for s in strings if isinstance(s, ast.Constant) and s.value in TASKS]
    return lines


FOLDERS = by_folder(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_task_is_named_by_its_class(folder: str) -> None:
    named = {file: names_in(parsed(file)) for file in FOLDERS[folder]}
    assert {file: lines for file, lines in named.items() if lines} == {}


@pytest.mark.parametrize(
    "code",
    [
        'launcher().start(place, "train", {})',
        'register.runs("search", limit=3)',
        'run.task == "train"',
        'done[-1].task in ("train", "search")',
        'TASKS["shop"]',
    ],
)
def test_a_name_is_seen(code) -> None:
    assert names_in(ast.parse(code))
