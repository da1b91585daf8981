"""Connections to the register: WAL, short transactions, several processes at once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from causalrec.core.errors import StorageError
from causalrec.workspace.failures import storage_errors

__all__ = ["reading", "writing"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS runs (
  id TEXT PRIMARY KEY, task TEXT NOT NULL, params TEXT NOT NULL, status TEXT NOT NULL,
  created REAL NOT NULL, started REAL, ended REAL,
  fraction REAL NOT NULL DEFAULT 0, message TEXT, error TEXT, hint TEXT, reference TEXT,
  device TEXT, seed INTEGER, heavy INTEGER NOT NULL DEFAULT 0, cancel INTEGER NOT NULL DEFAULT 0,
  pid INTEGER, pid_started REAL, own INTEGER, host TEXT, heartbeat REAL,
  versions TEXT NOT NULL DEFAULT '{}', data_fingerprint TEXT, made TEXT NOT NULL DEFAULT '[]');
CREATE INDEX IF NOT EXISTS runs_by_time ON runs (created);
CREATE TABLE IF NOT EXISTS metrics (
  run TEXT NOT NULL, step INTEGER NOT NULL, numbers TEXT NOT NULL, PRIMARY KEY (run, step));
CREATE TABLE IF NOT EXISTS settings (key TEXT PRIMARY KEY, value TEXT NOT NULL);
PRAGMA user_version = 1;
"""


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=10.0, isolation_level=None)
    try:
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA synchronous = NORMAL")
        if connection.execute("PRAGMA user_version").fetchone()[0] < 1:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript(_SCHEMA)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


@contextmanager
def writing(path: Path) -> Iterator[sqlite3.Connection]:
    """One short transaction that holds the write lock from its start.

    Raises:
        StorageError: the workspace is read-only, full or damaged.
    """
    with storage_errors(path.parent), closing(_connect(path)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        with connection:  # commits, or rolls back on any way out
            yield connection


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection to read from; a workspace that cannot be written is read as it stands.

    Raises:
        StorageError: the register cannot be read.
    """
    with storage_errors(path.parent):
        try:
            connection = _connect(path)
        except sqlite3.OperationalError as error:
            if "readonly" not in str(error) and "unable to open" not in str(error):
                raise
            connection = _frozen(path)
        with closing(connection):
            yield connection


def _frozen(path: Path) -> sqlite3.Connection:
    if not path.is_file():
        raise StorageError(
            "workspace.read_only", hint="workspace.read_only_hint", folder=str(path.parent)
        )
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    connection.row_factory = sqlite3.Row
    return connection
