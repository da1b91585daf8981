"""Files that somebody else may have written: read with a limit, checked before use.

What is wrong is a `ForeignError`, a ValueError whose text says where; the room that knows what the
file is for turns it into its own error with a next step.
"""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import from_json

from causalrec.core.machine.device import require_memory
from causalrec.core.words import Text

__all__ = [
    "Document",
    "ForeignError",
    "JsonObject",
    "first_fault",
    "parsed",
    "read_document",
    "read_file",
    "read_object",
    "validated",
]

_PARSED = 8.0
"""Bytes that a byte of JSON takes once it is read, at most."""
_SHOWN = 160

Form = TypeVar("Form", bound=BaseModel)
JsonObject: TypeAlias = dict[str, Any]
"""A JSON object; who reads a value of it says of which kind that is."""


class ForeignError(ValueError):
    """A file is not what it should be; the text says what does not fit."""


class Document(BaseModel):
    """A JSON document as it stands in a file: frozen, without names that it does not know."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", arbitrary_types_allowed=True, ser_json_inf_nan="constants"
    )


def read_file(path: Path, times: float = 1.0) -> bytes:
    """The bytes of a plain file.

    Args:
        path: no link and no device: its bytes are in the folder that it is read from.
        times: memory that is needed for each byte.

    Raises:
        OSError: it is missing or cannot be read.
        ForeignError: it is no plain file.
        MemoryBudgetError: it is larger than the memory allows.
    """
    about = path.lstat()
    if not stat.S_ISREG(about.st_mode):
        raise ForeignError(f"{path.name}: no plain file")
    require_memory(times * about.st_size, Text("core.work_reading", file=path.name))
    return path.read_bytes()


def parsed(raw: bytes | str) -> object:
    """JSON as plain values.

    Raises:
        ForeignError: it is no JSON, or nested too deeply.
    """
    try:
        value: object = from_json(raw)
    except ValueError as error:
        raise ForeignError(str(error)[:_SHOWN]) from error
    return value


def validated(value: object, form: type[Form]) -> Form:
    """Plain values as a document.

    Raises:
        ForeignError: a name is missing, unknown, or its value of another kind.
    """
    try:
        return form.model_validate(value)
    except ValidationError as error:
        raise ForeignError(first_fault(error)) from error


def read_document(path: Path, form: type[Form]) -> Form:
    """A JSON file as a document.

    Raises:
        OSError: it is missing or cannot be read.
        ForeignError: it is no such document.
        MemoryBudgetError: it is larger than the memory allows.
    """
    return validated(parsed(read_file(path, _PARSED)), form)


def read_object(path: Path) -> JsonObject:
    """A JSON file that holds one object.

    Raises:
        OSError: it is missing or cannot be read.
        ForeignError: it is no JSON, or something else than an object.
        MemoryBudgetError: it is larger than the memory allows.
    """
    value = parsed(read_file(path, _PARSED))
    if not isinstance(value, dict):
        raise ForeignError(f"{path.name}: no object")
    return value


def first_fault(error: ValidationError) -> str:
    """Where the first fault is, and which."""
    first = error.errors(include_url=False, include_context=False)[0]
    where = ".".join(map(str, first["loc"][:6]))
    return f"{where}: {first['msg']}"[:_SHOWN]
