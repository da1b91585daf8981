"""Saving that is seen whole or not at all: a draft folder, written through, then renamed."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from causalrec.workspace.disk.process import Process

__all__ = [
    "draft_folder",
    "fingerprint",
    "publish",
    "remove_tree",
    "sweep",
    "write_json",
    "write_text",
]

_TAKEN = {errno.ENOTEMPTY, errno.EEXIST}


@contextmanager
def draft_folder(drafts: Path) -> Iterator[Path]:
    """A new folder that is gone afterwards unless it was published.

    Its name holds the process, so that what a killed process left can be swept.
    """
    drafts.mkdir(parents=True, exist_ok=True)
    folder = drafts / f"{Process.current().mark}-{secrets.token_hex(4)}"
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def publish(draft: Path, target: Path) -> bool:
    """Give a draft its final name, written through to the disk; False where the name is taken.

    Raises:
        OSError: the disk refuses for another reason.
    """
    for parent, _, files in os.walk(draft):
        for name in files:
            _flush(Path(parent) / name)
        _flush(Path(parent))
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        draft.rename(target)
    except OSError as error:
        if error.errno in _TAKEN:
            return False
        raise
    _flush(target.parent)
    return True


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def fingerprint(folder: Path) -> str:
    """Hash of all files below a folder, names and content: 16 hexadecimal digits."""
    digest = hashlib.blake2b(digest_size=8)
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        digest.update(f"{path.relative_to(folder)}\0{path.stat().st_size}\0".encode())
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


def write_json(path: Path, document: object) -> None:
    """Write a JSON file in one step: readers see the old one or the new one."""
    write_text(path, json.dumps(document, ensure_ascii=False, indent=1, default=str))


def write_text(path: Path, text: str) -> None:
    """Write a file in one step, through to the disk."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with draft.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        with suppress(OSError):  # what went wrong before is the news
            draft.unlink(missing_ok=True)


def remove_tree(folder: Path, drafts: Path) -> None:
    """Make a folder vanish in one step, then delete its files."""
    with draft_folder(drafts) as bin_:
        folder.rename(bin_ / folder.name)


def sweep(drafts: Path, uploads: Path, keep: float = 86400.0) -> None:
    """Delete drafts of processes that are gone, and what is older than ``keep`` seconds.

    Whether a process of another machine or of an earlier boot lives cannot be asked: what it
    left goes by age.
    """
    for folder in (*_folders(drafts), *_folders(uploads)):
        maker = Process.marked(folder.name)
        with suppress(OSError):
            old = folder.stat().st_mtime < time.time() - keep
            if old if maker is None else not maker.alive():
                shutil.rmtree(folder, ignore_errors=True)


def _folders(parent: Path) -> list[Path]:
    return [p for p in parent.iterdir() if p.is_dir()] if parent.is_dir() else []
