"""The import law, held by reading the code: `MAY_IMPORT` is the whole of it."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import networkx as nx
import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "causalrec"

MAY_IMPORT: dict[str, set[str]] = {
    "core": set(),
    "workspace": {"core"},
    "data": {"core"},
    "language": {"core", "data"},
    "recsys": {"core", "data", "language"},
    "causal": {"core", "data", "language"},
    "whatif": {"core", "data", "language", "recsys", "causal"},
    "plots": {"core", "data", "language", "recsys", "causal", "whatif"},
    "tasks": {"core", "workspace", "data", "language", "recsys", "causal", "whatif"},
    "ui": {"core", "workspace", "data", "language", "recsys", "causal", "whatif", "tasks"},
}
DOORS = {"cli", "__init__", "__main__"}
HEAVY = {"torch", "dowhy", "econml", "transformers", "sklearn", "streamlit"}


def modules() -> Iterator[tuple[str, ast.Module]]:
    """Every module of the package as (dotted name, tree)."""
    for file in sorted(PACKAGE.rglob("*.py")):
        dotted = ".".join(file.relative_to(ROOT).with_suffix("").parts)
        yield dotted.removesuffix(".__init__"), ast.parse(file.read_text(encoding="utf-8"))


def imported(tree: ast.AST) -> Iterator[tuple[str, ast.stmt]]:
    """Each module that a tree imports, wherever in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module, node
            yield from ((f"{node.module}.{alias.name}", node) for alias in node.names)


def room_of(dotted: str) -> str:
    parts = dotted.split(".")
    return parts[1] if len(parts) > 1 else "__init__"


MODULES = dict(modules())


@pytest.mark.parametrize("dotted", sorted(MODULES))
def test_arrows_point_down(dotted: str) -> None:
    room = room_of(dotted)
    if room in DOORS:
        return
    assert room in MAY_IMPORT, f"{room} is no room of the house: give it a line in MAY_IMPORT"
    for target, node in imported(MODULES[dotted]):
        if target.startswith("causalrec."):
            other = room_of(target)
            allowed = MAY_IMPORT[room] | {room}
            # The package's own version is a fact, not a room.
            assert other in allowed or target == "causalrec.__version__", (
                f"{dotted}:{node.lineno} imports {other}"
            )


def test_doors_are_imported_by_nobody() -> None:
    for dotted, tree in MODULES.items():
        for target, node in imported(tree):
            assert not target.startswith(("pages", "causalrec.cli")) or room_of(dotted) in DOORS, (
                f"{dotted}:{node.lineno}"
            )


def test_no_cycles() -> None:
    """Imports at the top of modules form no cycle (imports inside functions may look back)."""
    graph = nx.DiGraph()
    for dotted, tree in MODULES.items():
        top = ast.Module(body=[n for n in tree.body if not isinstance(n, ast.If)], type_ignores=[])
        statements = [n for n in top.body if isinstance(n, (ast.Import, ast.ImportFrom))]
        for target, _ in imported(ast.Module(body=list(statements), type_ignores=[])):
            name = target if target in MODULES else target.rpartition(".")[0]
            if name in MODULES and name != dotted and not dotted.startswith(f"{name}."):
                graph.add_edge(dotted, name)
    assert nx.is_directed_acyclic_graph(graph), nx.find_cycle(graph)


@pytest.mark.parametrize("dotted", sorted(MODULES))
def test_streamlit_stays_in_the_ui(dotted: str) -> None:
    if room_of(dotted) == "ui":
        return
    assert not [t for t, _ in imported(MODULES[dotted]) if t.split(".")[0] == "streamlit"]


@pytest.mark.parametrize("dotted", sorted(MODULES))
def test_figures_are_built_in_plots(dotted: str) -> None:
    if room_of(dotted) == "plots":
        return
    body = [
        n
        for n in ast.walk(MODULES[dotted])
        if isinstance(n, ast.If) and ast.unparse(n.test) == "TYPE_CHECKING"
    ]
    typed = {id(s) for n in body for s in ast.walk(n)}
    used = [n for t, n in imported(MODULES[dotted]) if t.split(".")[0] == "plotly"]
    assert all(id(n) in typed for n in used)


def test_import_is_light() -> None:
    """`import causalrec` and its public engine classes load nothing heavy."""
    code = (
        "import sys, causalrec as cr, causalrec.tasks\n"
        "cr.ColumnMapping, cr.Dataset, cr.CausalGraph, cr.policy_value\n"
        f"print(sorted({HEAVY!r} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.strip() == "[]"


def test_public_names_exist() -> None:
    import causalrec as cr

    missing = [name for name in cr.__all__ if not hasattr(cr, name)]
    assert not missing


def test_top_level_is_the_agreed_one() -> None:
    """Beside the rooms only the named files stand at the top."""
    allowed = {
        *("app.py", "pages", "causalrec", "assets", "tests", "requirements.txt", ".streamlit"),
        *("dev.py", "pyproject.toml", ".ci", "README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"),
        *("GLOSSARY.md", "CHANGELOG.md", "LICENSE", "docs", ".gitignore", ".gitattributes"),
    }
    listed = subprocess.run(
        ["git", "ls-files"], capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout.split()
    assert {name.split("/")[0] for name in listed} <= allowed
