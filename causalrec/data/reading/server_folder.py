"""Files that the server offers: those below ``$CAUSALREC_DATA``, and nothing else."""

from __future__ import annotations

import os
from pathlib import Path

from causalrec.core.errors import NotFoundError

__all__ = ["server_file", "server_files", "server_folder"]

_SUFFIXES = (".csv", ".tsv", ".txt", ".dat", ".data", ".parquet", ".jsonl", ".ndjson", ".json")
_PACKED = (".gz", ".zip")
_MOST = 1000


def server_folder() -> Path | None:
    """The folder of ``$CAUSALREC_DATA``, None where it is not set or no folder."""
    named = os.environ.get("CAUSALREC_DATA")
    folder = Path(named).resolve() if named else None
    return folder if folder is not None and folder.is_dir() else None


def server_files() -> list[str]:
    """Paths of the tables below the folder, relative to it, sorted; at most 1,000."""
    root = server_folder()
    if root is None:
        return []
    listed = []
    for parent, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            path = Path(parent) / name
            if _is_table(path) and _inside(path, root):
                listed.append(path.relative_to(root).as_posix())
        if len(listed) >= _MOST:
            break
    return sorted(listed[:_MOST])


def server_file(relative: str) -> Path:
    """The file behind one of `server_files`.

    Raises:
        NotFoundError: it is not below the folder (``..``, an absolute path, a link that leads
            out), or no table.
    """
    root = server_folder()
    path = (root / relative) if root is not None else Path(relative)
    if root is None or not _inside(path, root) or not path.is_file() or not _is_table(path):
        raise NotFoundError("data.not_offered", hint="data.not_offered_hint", name=relative)
    return path.resolve()


def _inside(path: Path, root: Path) -> bool:
    return path.resolve().is_relative_to(root)


def _is_table(path: Path) -> bool:
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if not suffixes or path.name.startswith("."):
        return False
    return suffixes[-1] in _SUFFIXES or suffixes[-1] in _PACKED
