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

from causalrec.core.errors import DataError, NotFoundError, StorageError
from causalrec.core.untrusted.documents import ForeignError, parsed, read_file, validated
from causalrec.core.version import __version__
from causalrec.recsys.model.model_document import FORMAT, VERSION, ModelDocument

__all__ = ["damaged", "read_model", "write_model"]

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
        if _digest(blob) != document.weights_sha256:
            raise ForeignError("sha256")
        return document, _arrays(blob)
    except OSError as error:
        raise damaged(folder, str(error.strerror or error), _WEIGHTS) from error
    except ForeignError as error:
        raise damaged(folder, str(error), _WEIGHTS) from error


def damaged(folder: Path, why: str, file: str = _DOCUMENT) -> DataError:
    """The error for a model that cannot be used."""
    return DataError(
        "recsys.model_damaged",
        hint="recsys.model_damaged_hint",
        folder=str(folder),
        file=file,
        why=why,
    )


def _arrays(blob: bytes) -> dict[str, np.ndarray]:
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        return dict(load(blob))
    except (SafetensorError, KeyError) as error:  # KeyError: a type that numpy does not have
        raise ForeignError(str(error)) from error


def _document(folder: Path) -> ModelDocument:
    try:
        found = parsed(read_file(folder / _DOCUMENT, 8.0))
        if not isinstance(found, dict) or found.get("format") != FORMAT:
            raise DataError("recsys.model_foreign", hint="recsys.no_model_hint", folder=str(folder))
        if found.get("format_version") != VERSION:
            raise DataError(
                "recsys.model_newer",
                hint="recsys.model_newer_hint",
                folder=str(folder),
                version=str(found.get("format_version"))[:20],
            )
        return validated(found, ModelDocument)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NotFoundError(
            "recsys.no_model", hint="recsys.no_model_hint", folder=str(folder)
        ) from error
    except OSError as error:
        raise damaged(folder, str(error.strerror or error)) from error
    except ForeignError as error:
        raise damaged(folder, str(error)) from error


def _versions() -> dict[str, str]:
    found = {"causalrec": __version__, "python": platform.python_version()}
    for package in ("numpy", "scipy", "torch", "safetensors"):
        with suppress(PackageNotFoundError):
            found[package] = version(package)
    return found


def _digest(blob: bytes) -> str:
    return hashlib.sha256(blob).hexdigest()
