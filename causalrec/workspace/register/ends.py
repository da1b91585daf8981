"""The end of a run that its register could not take: noted beside it, and taken up later."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from causalrec.core.errors import StorageError
from causalrec.workspace.disk import saving
from causalrec.workspace.disk.failures import storage_errors
from causalrec.workspace.disk.reserve import with_reserve
from causalrec.workspace.disk.thing import read_json

__all__ = ["RESULT", "forget_end", "noted_end", "record_end", "result_kept"]

RESULT = "result.json"
_NOTE = "end.json"
_ENDS = ("done", "failed", "cancelled")
_COLUMNS = {"status", "ended", "error", "hint", "reference"}
_PAUSES = (0.1, 0.5)
"""Seconds between two tries to write the register."""


def record_end(folder: Path, write: Callable[[], bool], end: dict[str, Any]) -> bool:
    """Write a run's end into the register, trying again; else note it beside the run.

    Args:
        folder: the run's own.
        write: writes the register; False where the run had ended already.
        end: columns of the register.

    Returns:
        What ``write`` says; True where the end was noted.

    Raises:
        StorageError: neither can be written.
    """
    for pause in (*_PAUSES, None):
        try:
            return with_reserve(folder.parents[1], write)
        except StorageError:
            if pause is not None:
                time.sleep(pause)
                continue
            with storage_errors(folder.parents[1]):
                folder.mkdir(parents=True, exist_ok=True)
                saving.write_json(folder / _NOTE, end)
    return True


def noted_end(folder: Path) -> dict[str, Any] | None:
    """The end that was noted beside a run, None where none (that can be read) was."""
    with suppress(StorageError):
        end = read_json(folder / _NOTE) if (folder / _NOTE).is_file() else None
        if isinstance(end, dict) and end.get("status") in _ENDS and _COLUMNS <= end.keys():
            return end
    return None


def forget_end(folder: Path) -> None:
    """The register has taken it up."""
    with suppress(OSError):
        (folder / _NOTE).unlink(missing_ok=True)


def result_kept(folder: Path) -> bool:
    """Whether the run's result is there, whole: its process came to its end."""
    return (folder / RESULT).is_file()
