"""How much a workspace may take on the disk, where whoever runs the server says so."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from causalrec.core.errors import StorageError

__all__ = ["check_quota", "size_of"]

_SETTING = "CAUSALREC_WORKSPACE_MB"


def check_quota(folder: Path, coming: int = 0) -> None:
    """Refuse what would take a workspace over ``$CAUSALREC_WORKSPACE_MB`` (no limit where unset).

    Args:
        folder: the workspace's.
        coming: bytes that are to be added; 0 where nobody knows yet.

    Raises:
        StorageError: it would take more; the hint names the setting.
    """
    asked = os.environ.get(_SETTING, "")
    if not asked.isdigit() or not int(asked):
        return
    taken = size_of(folder)
    if taken + coming >= int(asked) << 20:
        raise StorageError(
            "workspace.over_quota",
            hint="workspace.over_quota_hint",
            taken=taken / 2**20,
            coming=coming / 2**20,
            limit=int(asked),
            setting=_SETTING,
        )


def size_of(folder: Path) -> int:
    """Bytes of all files below a folder."""
    total = 0
    for parent, _, files in os.walk(folder):
        for name in files:
            with suppress(OSError):
                total += (Path(parent) / name).stat().st_size
    return total
