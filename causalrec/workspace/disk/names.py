"""Any name a person gives becomes one folder name that cannot leave its place."""

from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata

from causalrec.core.errors import NotFoundError, ParamError

__all__ = ["check_id", "check_kind", "check_name", "folder_of", "new_id", "safe_file_name"]

_LONGEST = 200
_ID = re.compile(r"[A-Za-z0-9_-]{16,64}")
_KIND = re.compile(r"[a-z][a-z0-9-]{0,40}")


def check_id(value: str, key: str = "workspace.unknown") -> str:
    """An id as we make them (letters, digits, ``-`` and ``_``), so that it is no path.

    Raises:
        NotFoundError: it is not of that form, so nothing has it.
    """
    if not _ID.fullmatch(value):
        raise NotFoundError(key, hint=f"{key}_hint")
    return value


def new_id() -> str:
    """An unguessable id (128 bits); it starts with no ``-``, which commands take for an option."""
    while (name := secrets.token_urlsafe(16))[0] in "-_":
        pass
    return name


def check_kind(kind: str) -> str:
    """A kind of thing: a lower-case word.

    Raises:
        ParamError: it is not.
    """
    if not _KIND.fullmatch(kind):
        raise ParamError("workspace.bad_kind", hint="workspace.bad_kind_hint", kind=kind)
    return kind


def check_name(name: str) -> str:
    """A name as a person typed it: composed (NFC), without blanks around it.

    Raises:
        ParamError: it is empty, longer than 200 characters, or holds control characters.
    """
    clean = unicodedata.normalize("NFC", name).strip()
    controls = any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in clean)
    if not clean or len(clean) > _LONGEST or controls:
        raise ParamError("workspace.bad_name", hint="workspace.bad_name_hint", longest=_LONGEST)
    return clean


def folder_of(name: str) -> str:
    """A readable part and a hash: different names never share a folder."""
    readable = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40].strip("-")
    digest = hashlib.sha256(name.encode()).hexdigest()[:12]
    return f"{readable}-{digest}" if readable else digest


def safe_file_name(name: str) -> str:
    """The last part of a file name that somebody sent, without what could leave a folder."""
    last = re.split(r"[\\/]", unicodedata.normalize("NFC", name))[-1]
    kept = "".join(c if c.isalnum() or c in "._- " else "_" for c in last).strip(" .")
    stem, dot, ending = kept.rpartition(".")
    return f"{stem[:100]}{dot}{ending[:20]}" if stem else kept[:100] or "file"
