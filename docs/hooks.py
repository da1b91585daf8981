"""What mkdocs builds besides the pages written here: shelves, public names, examples, documents."""

from __future__ import annotations

import re
from pathlib import Path

from examples_run import EXAMPLES, printed, transcript
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from public_names import names_page, names_table
from shelves import shelves

__all__ = ["on_config", "on_files", "on_page_markdown"]

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = {
    "Architecture": "ARCHITECTURE.md",
    "Contributing": "CONTRIBUTING.md",
    "Glossary": "GLOSSARY.md",
    "Changelog": "CHANGELOG.md",
}
"""Pages that are documents of the project as they are."""
_PICTURES = ("favicon.svg", "pictures/home-light.png", "pictures/compare-light.png")
_MARK = re.compile(r"^<!-- (\w+)(?: ([\w./-]+))? -->$", flags=re.MULTILINE)


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Add the pages that are drawn to those in the navigation."""
    documents = [{title: path} for title, path in DOCUMENTS.items()]
    config.nav = [
        *(config.nav or []),
        {"Shelves": [{shelf.title: shelf.path} for shelf in shelves()]},
        {"Public names": "names.md"},
        {"The project": [{"Adding an entry": "adding.md"}, *documents]},
    ]
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Draw the pages of shelves and names, and take in documents and pictures."""
    drawn = {shelf.path: shelf.page() for shelf in shelves()} | {"names.md": names_page()}
    for path, content in drawn.items():
        files.append(File.generated(config, path, content=content))
    for name in DOCUMENTS.values():
        files.append(File.generated(config, name, abs_src_path=str(ROOT / name)))
    for name in _PICTURES:
        source = str(ROOT / "assets" / name)
        files.append(File.generated(config, f"assets/{name}", abs_src_path=source))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Put what is drawn where a page's marks ask for it."""
    own = Path(page.file.src_uri).stem
    return _MARK.sub(lambda mark: _drawn(mark[1], mark[2] or own), markdown)


def _drawn(what: str, name: str) -> str:
    """What a mark stands for.

    Raises:
        ValueError: there is no such mark.
    """
    if what == "example":
        script = (EXAMPLES / f"{name}.py").read_text(encoding="utf-8")
        return "\n\n".join(
            [_fence("python", script), f"It prints:\n\n{_fence('text', printed(name))}"]
        )
    if what == "terminal":
        return _fence("console", transcript(name))
    if what == "file":
        return _fence("python", (ROOT / name).read_text(encoding="utf-8"))
    if what == "names":
        return names_table(name)
    if what == "shelves":
        ours = [f"[{one.title}](../{one.path})" for one in shelves() if one.room == name]
        return f"Its shelves: {', '.join(ours)}."
    raise ValueError(f"no mark is called {what}")


def _fence(kind: str, text: str) -> str:
    return f"````{kind}\n{text.rstrip()}\n````"
