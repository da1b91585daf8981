"""One page a shelf, drawn from its catalogue: a new entry is on it without a word written here."""

from __future__ import annotations

import inspect
import re
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

import causalrec
from causalrec.core.catalogue import Catalogue, Entry
from causalrec.core.params import Params
from causalrec.core.words import table

__all__ = ["Shelf", "shelves"]

PACKAGE = Path(causalrec.__file__).parent
_NO_FACTS = ("name", "words", "source", "assumptions", "icon")
"""What a page tells in another way, or not at all."""
_SECTION = re.compile(r"^(Args|Attributes|Raises|Returns|Yields):$", flags=re.MULTILINE)
_IN_DOCSTRING = re.compile(r"^    (\w+(?:, \w+)*): (.+(?:\n {8,}.+)*)", flags=re.MULTILINE)
_IN_COMMENT = re.compile(r"((?: {4}#: .+\n)+)((?: {4}\w+: ClassVar.+\n)+)")


class Shelf(NamedTuple):
    """A catalogue and where it stands.

    Attributes:
        name: of the variable ("RECOMMENDERS").
        module: dotted, where it is written.
        entries: the catalogue.
    """

    name: str
    module: str
    entries: Catalogue[Any]

    @property
    def room(self) -> str:
        """The room that it stands in."""
        return self.module.split(".")[1]

    @property
    def title(self) -> str:
        """What the page is called."""
        words = self.name.replace("_", " ").lower().replace("ope ", "off-policy ")
        return words[0].upper() + words[1:]

    @property
    def path(self) -> str:
        """Of its page among the pages."""
        return f"shelves/{self.name.lower().replace('_', '-')}.md"

    def page(self) -> str:
        """The page, Markdown."""
        facts = _facts(list(self.entries.values()))
        where = f"The catalogue is `{self.module}.{self.name}`."
        if self.entries.default != next(iter(self.entries)):
            where += f" Where nobody chose, `{self.entries.default}` is meant."
        head = [
            f"# {self.title}",
            (inspect.getdoc(import_module(self.module)) or "").replace("<", "\\<"),
            where,
            _legend(facts),
        ]
        entries = [_entry(name, entry, facts) for name, entry in self.entries.items()]
        return "\n\n".join([*filter(None, head), *entries])


def shelves() -> list[Shelf]:
    """Every catalogue of the package, found by walking its files."""
    found = []
    for file in sorted(PACKAGE.rglob("*.py")):
        names = re.findall(
            r"^([A-Z_]+): Catalogue\[.+\] = Catalogue\(", file.read_text(encoding="utf-8"), re.M
        )
        module = ".".join(file.relative_to(PACKAGE.parent).with_suffix("").parts)
        module = module.removesuffix(".__init__")
        found += [Shelf(name, module, getattr(import_module(module), name)) for name in names]
    return found


def _bases(entry: type[Entry]) -> list[type]:
    """The classes between `Entry` and an entry, the general ones first."""
    return [one for one in reversed(entry.__mro__) if issubclass(one, Entry) and one is not Entry]


def _facts(entries: list[type[Entry]]) -> dict[str, str]:
    """The facts that tell two entries of a shelf apart, and what is said of each."""
    told: dict[str, str] = {}
    for base in dict.fromkeys(base for entry in entries for base in _bases(entry)):
        told |= {name: told.get(name) or text for name, text in _told(base).items()}
    return {
        name: text
        for name, text in told.items()
        if name not in _NO_FACTS
        and all(_is_plain(getattr(entry, name, None)) for entry in entries)
        and len({str(getattr(entry, name, None)) for entry in entries}) > 1
    }


def _told(base: type) -> dict[str, str]:
    """Class attributes and what is said of them, in the docstring or in a comment above them."""
    source = inspect.getsource(base)
    said = dict(_IN_DOCSTRING.findall(_section(inspect.getdoc(base) or "", "Attributes")))
    said |= {
        name: re.sub(r"\s*#:\s*", " ", comment).strip()
        for comment, lines in _IN_COMMENT.findall(source)
        for name in re.findall(r"^ {4}(\w+):", lines, flags=re.MULTILINE)
    }
    named = {one: text for names, text in said.items() for one in names.split(", ")}
    return {name: re.sub(r"\s+", " ", text) for name, text in named.items()}


def _is_plain(value: object) -> bool:
    parts = value if isinstance(value, tuple) else (value,)
    return all(isinstance(part, (str, bool, int, float, type(None))) for part in parts)


def _legend(facts: dict[str, str]) -> str:
    lines = [f"* `{name}`: {text}" for name, text in facts.items()]
    head = "Facts that tell its entries apart; an entry lists those that are true of it:"
    return "\n".join([head, "", *lines]) if lines else ""


def _entry(name: str, entry: type[Entry], facts: dict[str, str]) -> str:
    label = _word(entry, "") or entry.__name__
    parts = [
        f"## {label} (`{name}`)",
        next(filter(None, (_word(entry, part) for part in ("_about", "_help"))), ""),
        _prose(entry),
        _values(entry, facts),
        _assumptions(entry),
        _params(entry),
        f"Source: {entry.source}." if entry.source else "",
    ]
    return "\n\n".join(filter(None, parts))


def _word(entry: type[Entry], part: str) -> str:
    """What is said of an entry on pages; "" where nothing is."""
    return table("en").get(f"{entry.words}{entry.name.replace('-', '_')}{part}", "")


def _section(doc: str, name: str) -> str:
    """A section of a docstring, without its head; "" where it has none."""
    parts = _SECTION.split(doc)
    return dict(zip(parts[1::2], parts[2::2], strict=True)).get(name, "")


def _prose(entry: type[Entry]) -> str:
    """What an entry's own docstring says before its sections."""
    own = inspect.cleandoc(entry.__doc__ or "") if "__doc__" in vars(entry) else ""
    return _SECTION.split(own)[0].strip()


def _values(entry: type[Entry], facts: dict[str, str]) -> str:
    pairs = [(name, getattr(entry, name, None)) for name in facts]
    said = [f"`{name}`{_shown(value)}" for name, value in pairs if value]
    return f"Facts: {'; '.join(said)}." if said else ""


def _shown(value: object) -> str:
    if value is True:
        return ""
    return f" = {', '.join(map(str, value)) if isinstance(value, tuple) else value}"


def _assumptions(entry: type[Entry]) -> str:
    """What must hold, with the names of what is asked in italics."""
    words = table("en")
    lines = [
        "* " + re.sub(r"\{(\w+)[^}]*\}", r"*\1*", words[key])
        for key in getattr(entry, "assumptions", ())
    ]
    return "\n".join(["What must hold:", "", *lines]) if lines else ""


def _params(entry: type[Entry]) -> str:
    kind = entry if issubclass(entry, Params) else getattr(entry, "Params", None)
    fields = kind.model_fields if isinstance(kind, type) and issubclass(kind, Params) else {}
    rows = [f"| `{name}` | {_range(field)} | {_help(field)} |" for name, field in fields.items()]
    head = ["| parameter | default and range | what it does |", "|---|---|---|"]
    return "\n".join([*head, *rows]) if rows else ""


def _range(field: FieldInfo) -> str:
    default = field.get_default(call_default_factory=True)
    shown = "required" if default is PydanticUndefined else f"`{_plain(default)}`"
    ends = {
        sign: getattr(one, name)
        for one in field.metadata
        for name, sign in (("ge", "≥"), ("le", "≤"))
        if getattr(one, name, None) is not None
    }
    choices = _extra(field).get("choices") or ()
    return "; ".join(
        [
            shown,
            *(f"{sign} {end:.12g}" for sign, end in ends.items()),
            *(["one of " + ", ".join(f"`{one}`" for one in choices)] if choices else []),
        ]
    )


def _plain(value: object) -> object:
    """A default as people write it; parameters in parameters as the values that are set."""
    return value.model_dump(exclude_none=True) if isinstance(value, Params) else value


def _help(field: FieldInfo) -> str:
    words = table("en").get(str(_extra(field).get("help")), "")
    return words.replace("{{", "{").replace("}}", "}").replace("|", "\\|")


def _extra(field: FieldInfo) -> dict[str, Any]:
    return field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
