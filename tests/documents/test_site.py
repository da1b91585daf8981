"""The documentation builds with no warning and needs nobody else; examples and notebooks run."""

from __future__ import annotations

import logging
import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest
from examples_run import printed
from mkdocs.commands.build import build
from mkdocs.config import load_config
from notebooks import notebook, rooms
from shelves import shelves

from tests.architecture.house import HOUSE, ROOT

#: What a page loads by itself; a link that a person may follow is none of these.
LOADED = {"script": "src", "img": "src", "iframe": "src", "source": "src", "link": "href"}
#: Rooms that other pages tell of: engine-room parts, and those that the first steps show.
WITHOUT_PAGE = {"core", "workspace", "tasks", "ui"}


class Loads(HTMLParser):
    """Addresses that a page loads."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.addresses += [
            value or "" for name, value in attrs if LOADED.get(tag) == name and value
        ]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site; a warning is an error."""
    place = tmp_path_factory.mktemp("site")
    config = load_config(str(ROOT / "mkdocs.yml"), site_dir=str(place), strict=True)
    logging.getLogger("mkdocs").setLevel(logging.WARNING)
    config.plugins.on_startup(command="build", dirty=False)
    build(config)
    return place


def page(site: Path, path: str) -> str:
    return (site / path / "index.html").read_text(encoding="utf-8")


def words(site: Path, path: str) -> str:
    """What a person reads of a page."""
    return unescape(re.sub(r"<[^>]+>", "", page(site, path)))


def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    pages = [*site.rglob("*.html")]
    assert len(pages) > 25
    for file in pages:
        loads = Loads()
        loads.feed(file.read_text(encoding="utf-8"))
        assert loads.addresses
        assert not [one for one in loads.addresses if re.match(r"(\w+:)?//", one)], file
    for file in site.rglob("*.css"):
        text = file.read_text(encoding="utf-8")
        assert not re.search(r"(@import|url\()\s*[\"']?(https?:)?//", text), file


def test_every_room_has_a_page_and_an_example() -> None:
    wanted = set(HOUSE) - WITHOUT_PAGE
    assert {file.stem for file in (ROOT / "docs" / "rooms").glob("*.md")} == wanted
    assert {*rooms()} == wanted | {"first_steps"}


def test_every_entry_of_every_shelf_is_told_of(site: Path) -> None:
    found = shelves()
    assert {"RECOMMENDERS", "ESTIMATORS", "TASKS"} <= {shelf.name for shelf in found}
    for shelf in found:
        text = page(site, shelf.path.removesuffix(".md"))
        assert [name for name in shelf.entries if f"<code>{name}</code>" not in text] == []
        sources = [getattr(entry, "source", "") for entry in shelf.entries.values()]
        assert len(re.findall(r"<p>Source: ", text)) == len([one for one in sources if one])


def test_parameters_say_default_range_and_help(site: Path) -> None:
    text = page(site, "shelves/recommenders")
    assert "<code>800.0</code>; ≥ 0.01; ≤ 1000000" in text
    assert "How strongly weights are held back" in text


def test_every_public_name_has_its_docstring(site: Path) -> None:
    import causalrec

    text = page(site, "names")
    for name in set(causalrec.__all__) - {"__version__"}:
        one = getattr(causalrec, name)
        assert f'id="{one.__module__}.{one.__qualname__}"' in text


def test_pages_show_what_examples_print(site: Path) -> None:
    rooms_of = {name: f"rooms/{name}" for name in rooms() if name != "first_steps"}
    for name, path in [*rooms_of.items(), ("first_steps", ""), ("first_steps", "zh")]:
        assert printed(name).rstrip() in words(site, path)
    for path in ("", "zh"):
        assert words(site, path).count("$ python -m causalrec") == 3


@pytest.mark.parametrize("name", rooms())
def test_an_example_prints_results(name: str) -> None:
    assert len(re.findall(r"\d", printed(name))) > 5


@pytest.mark.parametrize("name", rooms())
def test_a_notebook_says_what_its_script_does(name: str) -> None:
    """`python docs/notebooks.py` writes them anew."""
    file = ROOT / "examples" / "notebooks" / f"{name}.ipynb"
    assert file.read_text(encoding="utf-8") == notebook(name)


def test_a_notebook_runs() -> None:
    from nbclient import NotebookClient

    asked = nbformat.reads(notebook("data"), as_version=4)
    nbformat.validate(asked)
    NotebookClient(asked, timeout=120, resources={"metadata": {"path": str(ROOT)}}).execute()
    shown = [out.text for cell in asked.cells for out in cell.get("outputs", ())]
    assert "".join(shown) == printed("data")
