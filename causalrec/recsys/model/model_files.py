"""A saved model: ``model.json`` (what it is) and ``weights.safetensors`` (its numbers)."""

from __future__ import annotations

import hashlib
import json
import platform
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from causalrec.core.errors import DataError, NotFoundError, StorageError
from causalrec.core.untrusted.documents import ForeignError, parsed, read_file, validated
from causalrec.core.version import __version__
from causalrec.recsys.model.model_document import FORMAT, VERSION, ModelDocument

__all__ = ["read_model", "refuse", "write_model"]

_DOCUMENT, _WEIGHTS = "model.json", "weights.safetensors"


def write_model(folder: Path, document: dict[str, Any], arrays: dict[str, np.ndarray]) -> None:
    """Write a model's document and arrays into a folder (made if missing).

    Raises:
        StorageError: the folder cannot be written.
    """
    from safetensors.numpy import save

    blob = save({name: np.ascontiguousarray(array) for name, array in arrays.items()})
    head = {
        "format": FORMAT,
        "format_version": VERSION,
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


def read_model(folder: Path) -> tuple[ModelDocument, dict[str, np.ndarray]]:
    """The document and arrays that `write_model` wrote.

    Raises:
        NotFoundError: the folder holds no model.
        DataError: a file is of another kind, truncated, changed or from a newer version.
        MemoryBudgetError: a file is larger than the memory allows.
    """
    document = _document(folder)
    try:
        blob = read_file(folder / _WEIGHTS, 2.0)
        return document, _arrays(_of_digest(blob, document.weights_sha256))
    except (OSError, ForeignError) as error:
        refuse(folder, error, _WEIGHTS)


def refuse(folder: Path, error: Exception, file: str = _DOCUMENT) -> NoReturn:
    """A model cannot be used: its file is named, and why.

    Raises:
        DataError: always.
    """
    raise DataError(
        "recsys.model_damaged",
        hint="recsys.model_damaged_hint",
        folder=str(folder),
        file=file,
        why=str(getattr(error, "strerror", None) or error),
    ) from error


def _of_digest(blob: bytes, wanted: str) -> bytes:
    """The weights, if they are those that were written.

    Raises:
        ForeignError: they are others.
    """
    if _digest(blob) != wanted:
        raise ForeignError("sha256")
    return blob


def _arrays(blob: bytes) -> dict[str, np.ndarray]:
    """The arrays of a file.

    Raises:
        ForeignError: it is of another kind.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        return dict(load(blob))
    except (SafetensorError, KeyError) as error:  # KeyError: a type that numpy does not have
        raise ForeignError(str(error)) from error


def _document(folder: Path) -> ModelDocument:
    """The document of a folder.

    Raises:
        NotFoundError: it holds no model.
        DataError: the document is of another kind, damaged or from a newer version.
    """
    try:
        document = parsed(read_file(folder / _DOCUMENT, 8.0))
        if not isinstance(document, dict) or document.get("format") != FORMAT:
            raise DataError("recsys.model_foreign", hint="recsys.no_model_hint", folder=str(folder))
        if document.get("format_version") != VERSION:
            raise DataError(
                "recsys.model_newer",
                hint="recsys.model_newer_hint",
                folder=str(folder),
                version=str(document.get("format_version"))[:20],
            )
        return validated(document, ModelDocument)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NotFoundError(
            "recsys.no_model", hint="recsys.no_model_hint", folder=str(folder)
        ) from error
    except (OSError, ForeignError) as error:
        refuse(folder, error)


def _versions() -> dict[str, str]:
    versions = {"causalrec": __version__, "python": platform.python_version()}
    for package in ("numpy", "scipy", "torch", "safetensors"):
        with suppress(PackageNotFoundError):
            versions[package] = version(package)
    return versions


def _digest(blob: bytes) -> str:
    return hashlib.sha256(blob).hexdigest()
