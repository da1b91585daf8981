"""The editor's modules as the one script that a streamlit component takes."""

from __future__ import annotations

import re

from causalrec.ui.kit.site import SITE

__all__ = ["EDITOR", "script", "style"]

EDITOR = SITE / "assets" / "dag_editor"
_IMPORT = re.compile(r'import \{[^}]*\} from "\./(\w+)\.js";')
_EXPORT = re.compile(r"export (?!default)")


def script(first: str = "editor") -> str:
    """A module after those that it imports, each once, in one scope.

    A line that imports is left out, and the word ``export`` but for the default one: a name is
    therefore made by one module alone, and every import stands on a line of its own.

    Args:
        first: the module that the browser starts with.
    """
    modules: dict[str, str] = {}
    _gather(first, modules)
    return "\n".join(modules.values())


def _gather(name: str, modules: dict[str, str]) -> None:
    text = (EDITOR / f"{name}.js").read_text(encoding="utf-8")
    for imported in _IMPORT.findall(text):
        if imported not in modules:
            _gather(imported, modules)
    lines = [_EXPORT.sub("", line, count=1) for line in _lines(text) if not _IMPORT.match(line)]
    modules[name] = "\n".join(lines)


def style() -> str:
    """The editor's style sheet."""
    return "\n".join(_lines((EDITOR / "style.css").read_text(encoding="utf-8")))


def _lines(text: str) -> list[str]:
    """Without indentation and whole-line comments: it is sent at each edit."""
    stripped = (line.strip() for line in text.splitlines())
    return [line for line in stripped if line and not line.startswith("//")]
