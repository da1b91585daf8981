"""What the disk and SQLite say, as sentences with a next step."""

from __future__ import annotations

import errno
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from causalrec.core.errors import StorageError

__all__ = ["disk_failure", "storage_errors"]

_READ_ONLY = {errno.EROFS, errno.EACCES, errno.EPERM}
_NO_ROOM = 1 << 16
"""Bytes free below which an error of the disk means that it is full."""
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@contextmanager
def storage_errors(folder: Path) -> Iterator[None]:
    """Turns failures of the disk into `StorageError`: read-only, full, or what the system said.

    Raises:
        StorageError: reading or writing below the folder failed.
    """
    try:
        yield
    except OSError as error:
        refusal = _from_system(error, folder)
        raise refusal from error
    except sqlite3.Error as error:
        refusal = _from_sqlite(error, folder)
        raise refusal from error


def disk_failure(error: BaseException | None, folder: Path) -> StorageError | None:
    """What an error of any library says of a disk that is full or cannot be written; else None.

    Libraries that write by themselves (Parquet, safetensors, DuckDB) wrap the system's error in
    errors of their own, with its words in their message.
    """
    while error is not None:
        words = str(error)
        if getattr(error, "errno", None) in _FULL or "No space left" in words or "quota exceeded" in words:
            return _full(folder)
        if getattr(error, "errno", None) == errno.EROFS or "Read-only file system" in words:
            return _read_only(folder)
        error = error.__cause__ or error.__context__
    return None


def _from_system(error: OSError, folder: Path) -> StorageError:
    if error.errno in _READ_ONLY:
        return _read_only(folder)
    if error.errno in _FULL:
        return _full(folder)
    return _unusable(folder, error.strerror or str(error))


def _from_sqlite(error: sqlite3.Error, folder: Path) -> StorageError:
    said = str(error)
    if "readonly" in said or "unable to open" in said:
        return _read_only(folder)
    if "full" in said or ("I/O" in said and _free(folder) < _NO_ROOM):
        return _full(folder)
    return _unusable(folder, said)


def _free(folder: Path) -> int:
    """Bytes free on the disk of a folder; many where that cannot be told."""
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return _NO_ROOM


def _read_only(folder: Path) -> StorageError:
    return StorageError("workspace.read_only", hint="workspace.read_only_hint", folder=str(folder))


def _full(folder: Path) -> StorageError:
    return StorageError("workspace.full", hint="workspace.full_hint", folder=str(folder))


def _unusable(folder: Path, why: str) -> StorageError:
    return StorageError(
        "workspace.unusable", hint="workspace.unusable_hint", folder=str(folder), why=why
    )
