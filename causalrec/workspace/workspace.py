"""A workspace: a folder with an unguessable id that keeps things and a register of runs."""

from __future__ import annotations

import json
import os
import secrets
import shutil
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from causalrec.core.errors import ConflictError, NotFoundError, StorageError
from causalrec.core.results.display import Displayed
from causalrec.core.words import Text
from causalrec.workspace.disk import saving
from causalrec.workspace.disk.failures import storage_errors
from causalrec.workspace.disk.names import check_id, check_name, new_id, safe_file_name
from causalrec.workspace.disk.quota import check_quota, size_of
from causalrec.workspace.disk.reserve import hold_reserve, with_reserve
from causalrec.workspace.register.sqlite import reading, writing
from causalrec.workspace.disk.thing import read_document
from causalrec.workspace.things import KINDS, Things

__all__ = ["Workspace", "default_root"]

_CARD = "about.json"


def default_root() -> Path:
    """Where workspaces live: ``$CAUSALREC_WORKSPACE``, else ``./workspace``."""
    return Path(os.environ.get("CAUSALREC_WORKSPACE") or "workspace").resolve()


class Workspace(Displayed, Things):
    """One workspace. Make it with `create`, `open` or `all`; objects are cheap and hold no files.

    Attributes:
        folder: its folder, whose name is its id.
        register: its runs.
        run: id of the run on whose behalf things are read and saved.
    """

    # Workspaces --------------------------------------------------------------------------------

    @classmethod
    def create(cls, root: Path | str, name: str) -> Workspace:
        """A new, empty workspace below ``root``.

        Raises:
            ParamError: the name is empty or too long.
            StorageError: the root cannot be written.
        """
        name = check_name(name)
        folder = Path(root).resolve() / new_id()
        with storage_errors(folder.parent):
            folder.mkdir(parents=True, mode=0o700)
            card = {"name": name, "created": datetime.now(UTC).isoformat()}
            saving.write_json(folder / _CARD, card)
        with writing(folder / "register.sqlite"):
            hold_reserve(folder)
            return cls(folder)

    @classmethod
    def open(cls, root: Path | str, workspace_id: str) -> Workspace:
        """The workspace with an id.

        Raises:
            NotFoundError: there is none, or the id is not of our form (a path, say).
        """
        folder = Path(root).resolve() / check_id(workspace_id)
        if folder.is_symlink() or not (folder / _CARD).is_file():
            raise NotFoundError("workspace.unknown", hint="workspace.unknown_hint")
        return cls(folder)

    @classmethod
    def all(cls, root: Path | str) -> list[Workspace]:
        """All workspaces below ``root``, the one last changed first."""
        root = Path(root).resolve()
        if not root.is_dir():
            return []
        with storage_errors(root):
            folders = [p for p in root.iterdir() if (p / _CARD).is_file() and not p.is_symlink()]
            return [cls(p) for p in sorted(folders, key=_last_change, reverse=True)]

    def to_frame(self) -> pd.DataFrame:
        """One row a thing that it keeps: kind, name, version (the latest), created."""
        columns = ["kind", "name", "version", "created"]
        things = [thing for kind in KINDS for thing in self.things(kind)]
        return pd.DataFrame([[getattr(t, c) for c in columns] for t in things], columns=columns)

    def summary(self, lang: str = "en") -> str:
        """Its name, its id, and how much it keeps."""
        kept = sum(len(self.things(kind)) for kind in KINDS)
        return Text("workspace.summary", name=self.name, id=self.id, things=kept).to(lang)

    @property
    def id(self) -> str:
        """The unguessable id, 22 characters."""
        return self.folder.name

    @property
    def root(self) -> Path:
        """The folder of all workspaces."""
        return self.folder.parent

    @property
    def name(self) -> str:
        """The name a person gave it; its id where the card that has the name is damaged."""
        name = self._card().get("name")
        return name if isinstance(name, str) else self.id

    @property
    def created(self) -> datetime:
        """When it was made, UTC; the folder's age where its card is damaged."""
        with suppress(TypeError, ValueError):
            return datetime.fromisoformat(self._card().get("created", ""))
        return datetime.fromtimestamp(self.folder.stat().st_mtime, UTC)

    def _card(self) -> dict[str, Any]:
        with suppress(StorageError):
            return read_document(self.folder / _CARD)
        return {}

    def rename(self, name: str) -> None:
        """Give it another name."""
        card = {"created": self.created.isoformat(), **self._card(), "name": check_name(name)}
        with storage_errors(self.folder):
            saving.write_json(self.folder / _CARD, card)

    def delete(self) -> None:
        """Delete it with everything in it; runs that wait are cancelled first.

        A register that cannot be read or written does not keep it: a full disk is cleared so.

        Raises:
            ConflictError: a run goes on in it.
            StorageError: the folder cannot be moved away.
        """
        if self._goes_on() or self._cancel_waiting():
            raise ConflictError("workspace.has_runs", hint="workspace.run_active_hint")
        with_reserve(self.folder, self._vanish)

    def _goes_on(self) -> bool:
        with suppress(StorageError):
            return any(run.status == "running" for run in self.register.active())
        return False

    def _cancel_waiting(self) -> bool:
        """Cancel what waits, so that nobody starts it; True where something started meanwhile."""
        with suppress(StorageError):
            for run in self.register.active():
                with_reserve(self.folder, partial(self.register.ask_cancel, run.id))
            return self._goes_on()
        return False

    def _vanish(self) -> None:
        with storage_errors(self.folder):
            gone = self.root / f".deleted-{secrets.token_hex(8)}"
            self.folder.rename(gone)
            shutil.rmtree(gone, ignore_errors=True)

    def size(self) -> int:
        """Bytes on disk."""
        return size_of(self.folder)

    def during(self, run_id: str) -> Workspace:
        """The same workspace, noting what it reads and saves in a run of the register."""
        return Workspace(self.folder, run_id)

    # Settings and runs -------------------------------------------------------------------------

    def settings(self) -> dict[str, Any]:
        """What was set: names of the current things and choices."""
        with reading(self.register.path) as db:
            rows = db.execute("SELECT key, value FROM settings").fetchall()
        return {row["key"]: json.loads(row["value"]) for row in rows}

    def set(self, **values: object) -> None:
        """Set some settings (JSON values); None removes one, others stay as they are."""
        with writing(self.register.path) as db:
            for key, value in values.items():
                if value is None:
                    db.execute("DELETE FROM settings WHERE key = ?", [key])
                else:
                    db.execute("REPLACE INTO settings VALUES (?, ?)", [key, json.dumps(value)])

    def upload_path(self, file_name: str, size: int = 0) -> Path:
        """A new path inside the workspace for a file of ``size`` bytes; it is kept for a day.

        Raises:
            StorageError: the workspace cannot be written, or has no room for it.
        """
        check_quota(self.folder, size)
        folder = self.folder / "uploads" / secrets.token_hex(8)
        with storage_errors(self.folder):
            folder.mkdir(parents=True)
        return folder / safe_file_name(file_name)

    def sweep(self) -> None:
        """Delete what killed processes left half done and old uploads; hold a reserve back."""
        saving.sweep(self._drafts, self.folder / "uploads")
        hold_reserve(self.folder)


def _last_change(folder: Path) -> float:
    register = folder / "register.sqlite"
    return (register if register.exists() else folder).stat().st_mtime
