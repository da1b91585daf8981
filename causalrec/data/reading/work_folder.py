"""Folders for work in progress, which go with the work; those of killed processes go later."""

from __future__ import annotations

import platform
import re
import shutil
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from causalrec.core.errors import StorageError

__all__ = ["sweep", "work_folder"]

_PREFIX = ".causalrec-work"
_NAME = re.compile(rf"{re.escape(_PREFIX)}-(?P<host>[0-9a-f]+)-(?P<pid>\d+)-.*")


def _host() -> str:
    return f"{zlib.crc32(platform.node().encode()):08x}"


@contextmanager
def work_folder(parent: Path | None = None) -> Iterator[Path]:
    """An empty folder that is gone after the block, whatever ends it.

    Where the process is killed, the next work in the same parent takes its folder away.

    Args:
        parent: where; None takes the system's place for temporary files.

    Raises:
        StorageError: no folder can be made there.
    """
    parent = parent or Path(tempfile.gettempdir())
    sweep(parent)
    prefix = f"{_PREFIX}-{_host()}-{psutil.Process().pid}-"
    try:
        folder = tempfile.TemporaryDirectory(dir=parent, prefix=prefix, ignore_cleanup_errors=True)
    except OSError as error:
        raise StorageError(
            "data.cannot_save", hint="data.cannot_save_hint", why=error.strerror or str(error)
        ) from error
    with folder as name:
        yield Path(name)


def sweep(parent: Path) -> None:
    """Take away what killed processes of this machine left in a folder."""
    with suppress(OSError):
        for folder in parent.glob(f"{_PREFIX}-*"):
            parts = _NAME.fullmatch(folder.name)
            if parts is not None and parts["host"] == _host() and _ended(int(parts["pid"]), folder):
                shutil.rmtree(folder, ignore_errors=True)


def _ended(pid: int, folder: Path) -> bool:
    """Whether the process that made a folder is gone (its number may be another's by now)."""
    try:
        return psutil.Process(pid).create_time() > folder.stat().st_mtime + 1
    except psutil.NoSuchProcess:
        return True
    except (psutil.AccessDenied, OSError):
        return False
