"""What the documents say of the code is what the code is."""

from __future__ import annotations

import re

import pytest

from causalrec.core.catalogue import Catalogue
from tests.architecture.house import HOUSE, PACKAGE, ROOT, table

WORDS = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "GLOSSARY.md", "CHANGELOG.md")


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_the_architecture_shows_the_house() -> None:
    """The rooms' table is drawn from the law (`tests.architecture.house.table`)."""
    assert table(HOUSE) in text("ARCHITECTURE.md")


def test_what_can_be_added_is_a_shelf() -> None:
    """Each row of the table in CONTRIBUTING names a folder and the catalogue that stands there."""
    rows = re.findall(
        r"^\| [^|]+ \| `(causalrec/[^`]+)/NAME\.py` \| `([A-Z_]+)` in `([^`]+)` \|$",
        text("CONTRIBUTING.md"),
        flags=re.MULTILINE,
    )
    assert len(rows) >= 9
    for folder, name, file in rows:
        assert (ROOT / folder.removesuffix("/ROOM")).is_dir()
        dotted = file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        shelf = getattr(__import__(dotted, fromlist=[name]), name)
        assert isinstance(shelf, Catalogue)


@pytest.mark.parametrize("name", WORDS)
def test_paths_that_documents_name_exist(name: str) -> None:
    """Folders and files of the project in backticks; capitals stand for any name."""
    paths = re.findall(r"`((?:causalrec|tests|assets|pages)/[\w./-]*)`", text(name))
    there = [path for path in paths if not re.search(r"[A-Z]{2,}", path)]
    assert [path for path in there if not (ROOT / path).exists()] == []


def test_the_glossary_is_in_order_and_whole() -> None:
    rows = re.findall(r"^\| (.+?) \| (.+?) \| (.+?) \|$", text("GLOSSARY.md"), flags=re.MULTILINE)
    rows = [row for row in rows if row[0] != "word"]
    terms = [row[0] for row in rows]
    assert len(terms) == len(set(terms)) > 30
    assert all(
        re.search(r"[\u4e00-\u9fff]|^A/A$|^IPS", zh) for term, zh, _ in rows if term != "word"
    )


def test_every_folder_says_what_it_holds() -> None:
    """A folder's first line tells what is inside; a folder holds 10 files, a shelf 20 entries."""
    for init in PACKAGE.rglob("__init__.py"):
        assert init.read_text(encoding="utf-8").startswith('"""'), init
        files = [file for file in init.parent.glob("*.py") if file != init]
        assert len(files) <= 20, f"{init.parent.name}: {len(files)} files"
