"""The import law, held by reading the code: `tests.architecture.house` is the whole of it."""

from __future__ import annotations

import subprocess
import sys

import networkx as nx
import pytest
from house import (
    HOUSE,
    PACKAGE,
    ROOT,
    Arrow,
    arrows,
    folder_of,
    room_of,
    tree_of,
)

DOORS = {"causalrec", "causalrec.cli", "causalrec.terminal", "causalrec.__main__"}
HEAVY = {
    "torch",
    "dowhy",
    "econml",
    "lightgbm",
    "transformers",
    "sklearn",
    "streamlit",
    "plotly",
    "rich",
}

MODULES = tree_of(PACKAGE)
ARROWS = arrows(MODULES)
INSIDE = [arrow for arrow in ARROWS if arrow.target.startswith("causalrec")]


def test_the_house_has_these_folders() -> None:
    """Each folder stands in the law once, and the law names no other."""
    there = {folder_of(MODULES[name].file) for name in MODULES} - {""}
    lawful = {f"{room}.{sub}".strip(".") for room, one in HOUSE.items() for sub in one.folders}
    rooms_alone = {room for room, one in HOUSE.items() if "" not in one.folders}
    assert there == lawful | rooms_alone


@pytest.mark.parametrize("folder", sorted({folder_of(m.file) for m in MODULES.values()} - {""}))
def test_arrows_point_down(folder: str) -> None:
    """In functions and for types, too: what a folder imports stands on a lower floor."""
    room, _, sub = folder.partition(".")
    own = HOUSE[room].folders
    for arrow in INSIDE:
        if arrow.source in DOORS or folder_of(MODULES[arrow.source].file) != folder:
            continue
        target = folder_of(MODULES[arrow.target].file)
        other, _, inner = target.partition(".")
        if other == room:
            below = own[: own.index(sub) + 1] if sub in own else ()
            assert inner in below, f"{arrow} points up"
        else:
            assert other in HOUSE[room].may_import, f"{arrow} leaves {room}"


def test_doors_are_imported_by_nobody() -> None:
    for arrow in ARROWS:
        outside = arrow.target.startswith("pages") or arrow.target in DOORS
        assert not outside or arrow.source in DOORS, arrow


def test_no_circles() -> None:
    """Imports form no circle, between modules or between folders, wherever they stand."""
    modules, folders = nx.DiGraph(), nx.DiGraph()
    for arrow in INSIDE:
        if arrow.source in DOORS:
            continue
        modules.add_edge(arrow.source, arrow.target)
        ends = [folder_of(MODULES[end].file) for end in (arrow.source, arrow.target)]
        if ends[0] != ends[1]:
            folders.add_edge(*ends)
    for graph in (modules, folders):
        assert nx.is_directed_acyclic_graph(graph), nx.find_cycle(graph)


def of_library(name: str) -> list[Arrow]:
    return [arrow for arrow in ARROWS if arrow.target.split(".")[0] == name]


def test_streamlit_stays_in_the_ui() -> None:
    used = of_library("streamlit")
    assert used
    assert [arrow for arrow in used if room_of(arrow.source) != "ui"] == []


def test_figures_are_built_in_plots() -> None:
    used = of_library("plotly")
    assert used
    assert [a for a in used if room_of(a.source) != "plots" and not a.typing] == []


def test_import_is_light() -> None:
    """`import causalrec` and its public engine classes load nothing heavy."""
    code = (
        "import sys, causalrec as cr, causalrec.cli, causalrec.tasks\n"
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
        "setup.py",
        *("dev.py", "pyproject.toml", ".ci", "README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"),
        *("GLOSSARY.md", "CHANGELOG.md", "LICENSE", "docs", "examples", "mkdocs.yml", ".gitignore"),
        ".gitattributes",
    }
    listed = subprocess.run(
        ["git", "ls-files"], capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout.split()
    assert {name.split("/")[0] for name in listed} <= allowed
