"""Vectors that were computed before, on disk, by the content they are of."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np

__all__ = ["VectorCache", "cache_folder"]

_SOME = 500
_PATIENCE = 10.0
_TABLE = "CREATE TABLE IF NOT EXISTS vectors (key TEXT PRIMARY KEY, vector BLOB) WITHOUT ROWID"


def cache_folder() -> Path | None:
    """``$CAUSALREC_CACHE``, else ``causalrec`` in the user's cache folder; None if not writable."""
    asked = os.environ.get("CAUSALREC_CACHE")
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    folder = Path(asked) if asked else Path(base).expanduser() / "causalrec"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except (OSError, RuntimeError):
        return None
    return folder if os.access(folder, os.W_OK) else None


class VectorCache:
    """A SQLite file of float32 vectors; several processes may read and write it at once.

    A vector's key is the SHA-256 of model fingerprint, template and text. Where the file cannot
    be written or is damaged, nothing is found and nothing is kept.

    Args:
        owner: model fingerprint and template.
        folder: where it lies; None keeps nothing.
    """

    def __init__(self, owner: str, folder: Path | None) -> None:
        self.owner = owner
        self.file = None if folder is None else folder / "vectors.sqlite"

    def find(self, texts: Sequence[str]) -> dict[str, np.ndarray]:
        """The vectors, float32 (d,), of those texts that are there."""
        keys = {self._key(text): text for text in texts}
        names = list(keys)
        vectors: dict[str, np.ndarray] = {}

        def ask(base: sqlite3.Connection) -> None:
            for start in range(0, len(names), _SOME):
                some = names[start : start + _SOME]
                marks = ",".join("?" * len(some))
                asked = f"SELECT key, vector FROM vectors WHERE key IN ({marks})"  # noqa: S608
                for key, blob in base.execute(asked, some):
                    vectors[keys[key]] = np.frombuffer(blob, dtype="<f4")

        self._use(ask)
        return vectors

    def keep(self, texts: Sequence[str], vectors: np.ndarray) -> None:
        """Add vectors (n, d) of texts (n,)."""
        rows = [
            (self._key(text), np.asarray(vector, dtype="<f4").tobytes())
            for text, vector in zip(texts, vectors, strict=True)
        ]

        def add(base: sqlite3.Connection) -> None:
            base.executemany("INSERT OR IGNORE INTO vectors VALUES (?, ?)", rows)
            base.commit()

        self._use(add)

    def _key(self, text: str) -> str:
        return hashlib.sha256(f"{self.owner}\0{text}".encode()).hexdigest()

    def _use(self, work: Callable[[sqlite3.Connection], None]) -> None:
        """Do work with the open file, as far as it can be done."""
        if self.file is None:
            return
        try:
            with closing(sqlite3.connect(self.file, timeout=_PATIENCE)) as base:
                base.execute("PRAGMA journal_mode=WAL")
                base.execute(_TABLE)
                work(base)
        except sqlite3.OperationalError:
            return  # read-only, full or busy: as if nothing had been kept
        except sqlite3.DatabaseError:
            self.file.unlink(missing_ok=True)  # damaged; the next use starts a new one
