"""A little room that is held back, so that a full disk can still be told and cleared."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from causalrec.core.errors import StorageError

__all__ = ["hold_reserve", "with_reserve"]

T = TypeVar("T")
_NAME = ".reserve"
_BYTES = 1 << 19
_ENOUGH = 1 << 28
"""Bytes free on the disk from which on some may be held back."""


def hold_reserve(folder: Path) -> None:
    """Hold back half a megabyte in a workspace, where the disk has plenty."""
    place = folder / _NAME
    with suppress(OSError):
        if place.exists() or shutil.disk_usage(folder).free < _ENOUGH:
            return
        with place.open("wb") as file:
            file.write(os.urandom(_BYTES))  # not zeros: some disks keep none of those


def with_reserve(folder: Path, work: Callable[[], T]) -> T:
    """Do something that makes room or must be told; on a full disk once more without the reserve.

    Raises:
        StorageError: it cannot be done all the same.
    """
    try:
        return work()
    except StorageError as error:
        if error.text.key != "workspace.full" or not _released(folder):
            raise
    return work()


def _released(folder: Path) -> bool:
    place = folder / _NAME
    with suppress(OSError):
        if place.is_file():
            place.unlink()
            return True
    return False
