"""Connections to the register: short transactions, several processes at once, no shared memory.

The register keeps a rollback journal rather than a write-ahead log: a log's readers write into
a memory map of their own, which a full disk turns into an error of every reader, and on file
systems with small blocks into the end of the process (SIGBUS). With a journal a reader writes
nothing, so that a full or read-only disk can still be read, and small changes fit into the
journal that stays from before.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from causalrec.core.errors import StorageError
from causalrec.workspace.disk.failures import storage_errors

__all__ = ["reading", "writing"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS runs (
  id TEXT PRIMARY KEY, task TEXT NOT NULL, params TEXT NOT NULL, status TEXT NOT NULL,
  created REAL NOT NULL, started REAL, ended REAL,
  fraction REAL NOT NULL DEFAULT 0, message TEXT, error TEXT, hint TEXT, reference TEXT,
  device TEXT, seed INTEGER, heavy INTEGER NOT NULL DEFAULT 0, cancel INTEGER NOT NULL DEFAULT 0,
  pid INTEGER, pid_started REAL, own INTEGER, host TEXT, boot TEXT, beat REAL,
  versions TEXT NOT NULL DEFAULT '{}', data_fingerprint TEXT, made TEXT NOT NULL DEFAULT '[]');
CREATE INDEX IF NOT EXISTS runs_by_status ON runs (status);
CREATE TABLE IF NOT EXISTS metrics (
  run TEXT NOT NULL, step INTEGER NOT NULL, numbers TEXT NOT NULL, PRIMARY KEY (run, step));
CREATE TABLE IF NOT EXISTS settings (key TEXT PRIMARY KEY, value TEXT NOT NULL);
"""
_NEW_COLUMNS = {"boot": "TEXT", "beat": "REAL"}
"""What registers of version 1 lack."""
_VERSION = 2
_KEPT_JOURNAL = 1 << 18
"""Bytes of the journal that stay on the disk, for changes when it is full."""


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=10.0, isolation_level=None)
    try:
        connection.row_factory = sqlite3.Row
        if connection.execute("PRAGMA user_version").fetchone()[0] < _VERSION:
            _bring_up(connection)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _bring_up(connection: sqlite3.Connection) -> None:
    """Make the tables, or give an older version's what they lack."""
    connection.execute("BEGIN IMMEDIATE")
    with connection:
        for statement in _SCHEMA.split(";\n"):
            connection.execute(statement)
        columns = {row["name"] for row in connection.execute("PRAGMA table_info(runs)")}
        for name, kind in _NEW_COLUMNS.items():
            if name not in columns:
                connection.execute(f"ALTER TABLE runs ADD COLUMN {name} {kind}")
        connection.execute(f"PRAGMA user_version = {_VERSION}")


def _prepare_to_write(connection: sqlite3.Connection) -> None:
    with suppress(sqlite3.OperationalError):  # somebody still uses an old register's log
        connection.execute("PRAGMA journal_mode = PERSIST")
    connection.execute(f"PRAGMA journal_size_limit = {_KEPT_JOURNAL}")
    connection.execute("PRAGMA synchronous = FULL")


@contextmanager
def writing(path: Path) -> Iterator[sqlite3.Connection]:
    """One short transaction that holds the write lock from its start.

    Raises:
        StorageError: the workspace is read-only, full or damaged.
    """
    with storage_errors(path.parent), closing(_connect(path)) as connection:
        _prepare_to_write(connection)
        connection.execute("BEGIN IMMEDIATE")
        with connection:  # commits, or rolls back on any way out
            yield connection


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection to read from; a workspace that cannot be written is read as it stands.

    Raises:
        StorageError: the register cannot be read.
    """
    with storage_errors(path.parent), closing(_to_read(path)) as connection:
        yield connection


def _to_read(path: Path) -> sqlite3.Connection:
    try:
        return _connect(path)
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise
        return _frozen(path)


def _frozen(path: Path) -> sqlite3.Connection:
    if not path.is_file():
        raise StorageError(
            "workspace.read_only", hint="workspace.read_only_hint", folder=str(path.parent)
        )
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    connection.row_factory = sqlite3.Row
    return connection
