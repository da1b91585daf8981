"""A saved model: ``model.json`` (what it is) and ``weights.safetensors`` (its numbers)."""

from __future__ import annotations

import hashlib
import json
import platform
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

import causalrec
from causalrec.core.errors import DataError, NotFoundError, StorageError

__all__ = ["read_model", "write_model"]

_FORMAT = "causalrec-recommender"
_VERSION = 1
_KEYS = {"model", "params", "fingerprint", "report", "user_ids", "item_ids"}
_DOCUMENT, _WEIGHTS = "model.json", "weights.safetensors"


def write_model(folder: Path, document: dict[str, Any], arrays: dict[str, np.ndarray]) -> None:
    """Write a model's document and arrays into a folder (made if missing).

    Raises:
        StorageError: the folder cannot be written.
    """
    from safetensors.numpy import save

    blob = save({name: np.ascontiguousarray(array) for name, array in arrays.items()})
    head = {
        "format": _FORMAT,
        "format_version": _VERSION,
        "weights_sha256": _digest(blob),
        "versions": _versions(),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / _WEIGHTS).write_bytes(blob)
        text = json.dumps({**head, **document}, ensure_ascii=False)
        (folder / _DOCUMENT).write_text(text, encoding="utf-8")
    except OSError as error:
        raise StorageError(
            "recsys.model_unwritable",
            hint="recsys.model_unwritable_hint",
            folder=str(folder),
            why=str(error.strerror or error),
        ) from error


def read_model(folder: Path) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """The document and arrays that `write_model` wrote.

    Raises:
        NotFoundError: the folder holds no model.
        DataError: a file is of another kind, truncated, changed or from a newer version.
    """
    document = _document(folder)
    try:
        blob = (folder / _WEIGHTS).read_bytes()
    except OSError as error:
        raise _damaged(folder, _WEIGHTS) from error
    if _digest(blob) != document.get("weights_sha256"):
        raise _damaged(folder, _WEIGHTS)
    return document, _arrays(folder, blob)


def _arrays(folder: Path, blob: bytes) -> dict[str, np.ndarray]:
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        return dict(load(blob))
    except SafetensorError as error:
        raise _damaged(folder, _WEIGHTS) from error


def _document(folder: Path) -> dict[str, Any]:
    try:
        text = (folder / _DOCUMENT).read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NotFoundError(
            "recsys.no_model", hint="recsys.no_model_hint", folder=str(folder)
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise _damaged(folder, _DOCUMENT) from error
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise _damaged(folder, _DOCUMENT) from error
    if not isinstance(document, dict) or document.get("format") != _FORMAT:
        raise DataError("recsys.model_foreign", hint="recsys.no_model_hint", folder=str(folder))
    if document.get("format_version") != _VERSION:
        raise DataError(
            "recsys.model_newer",
            hint="recsys.model_newer_hint",
            folder=str(folder),
            version=str(document.get("format_version")),
        )
    if not document.keys() >= _KEYS:
        raise _damaged(folder, _DOCUMENT)
    return document


def _versions() -> dict[str, str]:
    found = {"causalrec": causalrec.__version__, "python": platform.python_version()}
    for package in ("numpy", "scipy", "torch", "safetensors"):
        with suppress(PackageNotFoundError):
            found[package] = version(package)
    return found


def _digest(blob: bytes) -> str:
    return hashlib.sha256(blob).hexdigest()


def _damaged(folder: Path, file: str) -> DataError:
    return DataError(
        "recsys.model_damaged", hint="recsys.model_damaged_hint", folder=str(folder), file=file
    )
