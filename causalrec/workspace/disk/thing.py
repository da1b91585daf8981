"""A saved thing: a version of something with a kind and a name."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from causalrec.core.errors import StorageError
from causalrec.core.results.display import Displayed
from causalrec.core.untrusted.documents import JsonObject
from causalrec.core.words import Text, worded

__all__ = ["DOCUMENT", "Ref", "Thing"]

DOCUMENT = "document.json"
CARD = "thing.json"
CONTENT = "content"


@dataclass(frozen=True, order=True)
class Ref:
    """Which version of which thing."""

    kind: str
    name: str
    version: int

    def __str__(self) -> str:
        return f"{self.kind} “{self.name}” v{self.version}"


@dataclass(frozen=True, repr=False)
class Thing(Displayed):
    """One version of a saved thing.

    Attributes:
        kind, name, version: what it is; versions count from 1.
        folder: where its files are, read-only by convention.
        created: UTC.
        fingerprint: hash of its files, 16 hexadecimal digits.
        made_from: the things it was made from.
        meta: what its maker noted (JSON).
        run: id of the run that made it, where one did.
    """

    kind: str
    name: str
    version: int
    folder: Path
    created: datetime
    fingerprint: str
    made_from: tuple[Ref, ...] = ()
    meta: dict[str, Any] = field(default_factory=dict)
    run: str | None = None

    def summary(self, lang: str = "en") -> str:
        """What it is, of which version, and when it was made."""
        kind = worded("workspace.kind_", self.kind)
        made = f"{self.created:%Y-%m-%d %H:%M}"
        names = {"name": self.name, "version": self.version}
        return Text("workspace.thing_summary", kind=kind, made=made, **names).to(lang)

    @property
    def ref(self) -> Ref:
        """The thing's kind, name and version."""
        return Ref(self.kind, self.name, self.version)

    def json(self) -> object:
        """The document that `Workspace.save_json` kept.

        Raises:
            StorageError: it is missing or damaged.
        """
        return read_json(self.folder / DOCUMENT)

    def document(self) -> JsonObject:
        """The document where it is one JSON object, as that of a graph or a scenario.

        Raises:
            StorageError: it is missing, damaged or something else.
        """
        return read_document(self.folder / DOCUMENT)

    def card(self) -> dict[str, Any]:
        """What stands in the thing's card (JSON)."""
        kept = {"kind", "name", "version", "fingerprint", "meta", "run"}
        card: dict[str, Any] = {key: getattr(self, key) for key in kept}
        card["created"] = self.created.isoformat()
        card["made_from"] = [asdict(ref) for ref in self.made_from]
        return card

    @classmethod
    def read(cls, folder: Path) -> Thing:
        """The thing in a version's folder.

        Raises:
            StorageError: its card is missing or damaged.
        """
        card = read_document(folder / CARD)
        try:
            card["created"] = datetime.fromisoformat(card["created"])
            card["made_from"] = tuple(Ref(**ref) for ref in card["made_from"])
            return cls(folder=folder / CONTENT, **card)
        except (KeyError, TypeError, ValueError) as error:
            refusal = _damaged(folder)
            raise refusal from error


def read_json(path: Path) -> object:
    """A JSON file.

    Raises:
        StorageError: it is missing, unreadable or damaged.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        refusal = _damaged(path)
        raise refusal from error


def read_document(path: Path) -> JsonObject:
    """A JSON file that holds one object.

    Raises:
        StorageError: it is missing, unreadable, damaged or something else.
    """
    document = read_json(path)
    if not isinstance(document, dict):
        refusal = _damaged(path)
        raise refusal
    return document


def _damaged(path: Path) -> StorageError:
    return StorageError("workspace.damaged", hint="workspace.damaged_hint", path=str(path))
