"""The house: its rooms, their folders from the ground up, and how its imports are read."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

__all__ = [
    "HOUSE",
    "PACKAGE",
    "ROOT",
    "Arrow",
    "Room",
    "arrows",
    "by_folder",
    "folder_of",
    "parsed",
    "room_of",
    "table",
    "tree_of",
]

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "causalrec"


class Room(NamedTuple):
    """What a room is for, what it may import, and its folders: each may import those before it.

    The empty name stands for the modules that lie in the room itself.
    """

    about: str
    may_import: tuple[str, ...]
    folders: tuple[str, ...]


_ENGINE = ("core", "data", "language", "recsys", "causal", "shop")
HOUSE: dict[str, Room] = {
    "core": Room(
        "words, errors, parameters, catalogues, results, statistics, the machine",
        (),
        ("words", "", "statistics", "machine", "untrusted", "results"),
    ),
    "workspace": Room(
        "versions on disk and the register of runs", ("core",), ("disk", "register", "")
    ),
    "data": Room(
        "tables with a known meaning",
        ("core",),
        (
            *("values", "column_names", "dataset", "roles", "splits", "storage", "characters"),
            *("text", "reading", "steps", "preparation"),
        ),
    ),
    "language": Room("texts as vectors", ("core", "data"), ("texts", "encoders", "")),
    "recsys": Room(
        "what would they like?",
        ("core", "data", "language"),
        (
            *(
                "metrics",
                "metrics.accuracy",
                "metrics.beyond_accuracy",
                "metrics.spread",
                "metrics.predictions",
                "team",
                "arrays",
                "interactions",
                "prediction",
                "learning",
                "networks",
            ),
            *("model", "recommenders", "policies", "evaluation", "tuning", "variants", "fairness"),
        ),
    ),
    "causal": Room(
        "what causes what?",
        ("core", "data", "language"),
        (
            *(
                "graph",
                "parsing",
                "formats",
                "identification",
                "tables",
                "rows",
                "nuisance",
                "estimation",
                "intervals",
                "networks",
            ),
            *("learners", "estimators", "sensitivity", "refuters", "effects"),
            *("heterogeneity", "designs", "attribution", "selection", "mechanisms"),
        ),
    ),
    "shop": Room("a made-up world that can prove itself", ("core", "data", "recsys"), ("",)),
    "runs": Room(
        "work on the record, here or in processes of its own",
        ("core", "workspace", "recsys"),
        ("record", "background"),
    ),
    "whatif": Room(
        "what if we changed it?",
        ("core", "data", "language", "recsys", "causal"),
        ("world", "ope", "changes", "interventions", "forecasts"),
    ),
    "reports": Room("something to send around", (*_ENGINE, "whatif"), ("",)),
    "plots": Room("draws results", (*_ENGINE, "whatif", "reports"), ("", "recsys", "whatif")),
    "tasks": Room(
        "what the product does, one file a task",
        (*_ENGINE, "workspace", "runs", "whatif", "reports"),
        ("data", "recsys", "causal", "whatif", ""),
    ),
    "ui": Room(
        "the pages: the only room that knows streamlit",
        (*_ENGINE, "workspace", "runs", "whatif", "reports", "tasks"),
        (
            *(
                "kit",
                "home",
                "story",
                "data",
                "train.start",
                "train.results",
                "train.closer",
                "train",
            ),
            *("graph", "effects", "interventions", "compare", "runs"),
        ),
    ),
}


def table(house: dict[str, Room]) -> str:
    """The rooms as a table of Markdown."""
    rows = ["| room | what it is | folders, from the ground up | may import |", "|---|---|---|---|"]
    for name, room in house.items():
        folders = ", ".join(f"`{one}`" for one in room.folders if one) or "–"
        rows.append(
            f"| `{name}` | {room.about} | {folders} | {', '.join(room.may_import) or '–'} |"
        )
    return "\n".join(rows)


class Module(NamedTuple):
    """A module's file and its syntax."""

    file: Path
    tree: ast.Module


class Arrow(NamedTuple):
    """An import: from where, of what, in which line, and whether it is for types alone."""

    source: str
    target: str
    line: int
    typing: bool


@cache
def parsed(file: Path) -> ast.Module:
    """The syntax of a file, read once for all tests; none changes it."""
    return ast.parse(file.read_text(encoding="utf-8"))


def by_folder(files: Iterable[Path]) -> dict[str, list[Path]]:
    """Files by their folder below the project: a test a folder costs less than one a file."""
    folders: dict[str, list[Path]] = {}
    for file in sorted(files):
        folders.setdefault(file.parent.relative_to(ROOT).as_posix(), []).append(file)
    return folders


@cache
def tree_of(package: Path) -> dict[str, Module]:
    """Every module of a package by its dotted name."""
    modules = {}
    for file in sorted(package.rglob("*.py")):
        dotted = ".".join(file.relative_to(package.parent).with_suffix("").parts)
        modules[dotted.removesuffix(".__init__")] = Module(file, parsed(file))
    return modules


def folder_of(file: Path) -> str:
    """The folder of a module within the package, dotted; "" for the package itself."""
    return ".".join(file.relative_to(PACKAGE).parent.parts)


def room_of(dotted: str) -> str:
    """The room of a module; "" for the package's own."""
    return [*dotted.split("."), "", ""][1]


def arrows(modules: dict[str, Module]) -> list[Arrow]:
    """Every import of every module, wherever in it and in whatever form it is written.

    ``import a.b``, ``from a import b`` (a module or a name in one), relative ones, imports in
    functions and under ``TYPE_CHECKING``; what is asked of a module is an arrow to the module.
    """
    return [arrow for name, module in modules.items() for arrow in _of(name, module, modules)]


def _of(name: str, module: Module, modules: dict[str, Module]) -> Iterator[Arrow]:
    inner = module.file.name == "__init__.py"
    for node, typing in _imports(module.tree, typing=False):
        for target in _targets(node, name if inner else name.rpartition(".")[0], modules):
            while target.startswith("causalrec.") and target not in modules:
                target = target.rpartition(".")[0]
            if target != name:
                yield Arrow(name, target, node.lineno, typing)


def _imports(tree: ast.AST, *, typing: bool) -> Iterator[tuple[ast.Import | ast.ImportFrom, bool]]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            yield node, typing
        else:
            told = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
            yield from _imports(node, typing=typing or told)


def _targets(
    node: ast.Import | ast.ImportFrom, package: str, modules: dict[str, Module]
) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    base = node.module or ""
    if node.level:
        parts = package.split(".")
        base = ".".join([*parts[: len(parts) - node.level + 1], *filter(None, [node.module])])
    whole = [f"{base}.{alias.name}" for alias in node.names]
    return [one if one in modules else base for one in whole]
