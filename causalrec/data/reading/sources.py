"""What kind of file something is, by its bytes, and unpacking it safely."""

from __future__ import annotations

import codecs
import gzip
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from gzip import GzipFile
from pathlib import Path, PurePosixPath
from typing import IO

from causalrec.core.errors import DataError
from causalrec.core.words import Text
from causalrec.data.characters.encodings import unmarked_utf16

__all__ = ["Source", "file_kind", "open_source", "unpacked"]

MAX_UNPACKED = 8_000_000_000
"""Most bytes that a packed file may unpack to."""
_SUSPECT_FROM = 64_000_000
_SUSPECT_RATIO = 200
_CHUNK = 1 << 20

# First bytes of files that people rename to .csv, with the word for each.
_OTHERS = {
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"%PDF": "PDF",
    b"SQLite format 3": "SQLite",
    b"\x89HDF": "HDF5",
    b"\xd0\xcf\x11\xe0": "Excel (.xls)",
    b"ARROW1": "Arrow/Feather",
    b"Rar!": "RAR",
    b"7z\xbc\xaf": "7-Zip",
    b"BZh": "bzip2",
    b"\xfd7zXZ": "xz",
    b"(\xb5/\xfd": "zstd",
    b"\x7fELF": "ELF",
    b"MZ": "EXE",
    b"PARE": "Parquet (encrypted)",
    b"\x80\x04\x95": "pickle",
    b"\x80\x05\x95": "pickle",
    b"\x93NUMPY": "NumPy",
}
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_PACKED = {b"\x1f\x8b": "gzip", **dict.fromkeys(_ZIP, "zip")}
# What the standard library raises over archives that were cut, changed or made by others.
_DAMAGE = (
    EOFError,
    OSError,
    ValueError,
    NotImplementedError,
    OverflowError,
    struct.error,
    zlib.error,
    lzma.LZMAError,
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
)
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


class Source:
    """A file whose bytes can be read in order, unpacked as they come.

    Attributes:
        name: the file's name, or that of the one table inside a zip.
        packed: "gz", "zip" or "".
    """

    def __init__(self, path: Path, name: str, packed: str, stream: IO[bytes] | GzipFile) -> None:
        self.path, self.name, self.packed = path, name, packed
        self._stream = stream
        self._size = max(path.stat().st_size, 1)

    def chunks(self) -> Iterator[bytes]:
        """The unpacked bytes.

        Raises:
            DataError: they are far more than the file's size (a bomb), or damaged.
        """
        total = 0
        try:
            while chunk := self._stream.read(_CHUNK):
                total += len(chunk)
                self._check(total)
                yield chunk
        except _DAMAGE as error:
            refusal = _damaged(self.path.name)
            raise refusal from error

    def _check(self, total: int) -> None:
        suspect = total > _SUSPECT_FROM and total > _SUSPECT_RATIO * self._size
        if self.packed and (suspect or total > MAX_UNPACKED):
            refusal = bomb(self.path.name)
            raise refusal


def bomb(name: str) -> DataError:
    """The error for a packed file that unpacks to far too much."""
    return DataError("data.zip_bomb", hint="data.zip_bomb_hint", name=name)


@contextmanager
def open_source(path: Path) -> Iterator[Source]:
    """Open a file, a .gz or the one table inside a .zip, recognised by its first bytes.

    Raises:
        DataError: it is missing, empty, damaged, protected by a password, or a zip that holds no
            table, several, or unsafe names.
    """
    try:
        head = path.open("rb")
    except (OSError, ValueError) as error:
        raise DataError("data.no_file", hint="data.no_file_hint", name=path.name) from error
    with head:
        magic = head.read(4)
        if not magic:
            raise DataError("data.empty_file", hint="data.empty_file_hint", name=path.name)
        head.seek(0)
        if magic[:2] == b"\x1f\x8b":
            with gzip.open(head) as unpacked_stream:
                yield Source(path, path.name.removesuffix(".gz"), "gz", unpacked_stream)
        elif magic in _ZIP:
            with _archive(path, head) as archive:
                member = _only_table(path, archive)
                with _member(path, archive, member) as unpacked_stream:
                    yield Source(path, member.filename, "zip", unpacked_stream)
        else:
            yield Source(path, path.name, "", head)


def _damaged(name: str) -> DataError:
    return DataError("data.damaged", hint="data.damaged_hint", name=name)


def _archive(path: Path, stream: IO[bytes]) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(stream)
    except _DAMAGE as error:
        refusal = _damaged(path.name)
        raise refusal from error


def _member(path: Path, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> IO[bytes]:
    try:
        return archive.open(member)
    except RuntimeError as error:
        if isinstance(error, NotImplementedError):
            refusal = _damaged(path.name)
            raise refusal from error
        raise DataError("data.zip_locked", hint="data.zip_locked_hint", name=path.name) from error
    except _DAMAGE as error:
        refusal = _damaged(path.name)
        raise refusal from error


def _only_table(path: Path, archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    """The one file inside a zip, checked before a byte is unpacked.

    Raises:
        DataError: it holds none or several, is far too big, locked, or has a name that is a path
            out of the archive.
    """
    names = archive.namelist()
    if "[Content_Types].xml" in names:
        refusal = other_kind(path.name, "Excel/Office")
        raise refusal
    for name in names:
        parts = PurePosixPath(name.replace("\\", "/"))
        first = parts.parts[0] if parts.parts else ""
        if parts.is_absolute() or ".." in parts.parts or ":" in first:
            raise DataError("data.zip_unsafe", hint="data.zip_unsafe_hint", name=path.name)
    members = [m for m in archive.infolist() if not m.is_dir() and not _hidden(m.filename)]
    if len(members) != 1:
        listed = ", ".join(m.filename for m in members[:5]) or "-"
        raise DataError(
            "data.zip_several",
            hint="data.zip_several_hint",
            name=path.name,
            n=len(members),
            listed=listed,
        )
    member = members[0]
    too_big = member.file_size > MAX_UNPACKED or (
        member.file_size > _SUSPECT_FROM
        and member.file_size > _SUSPECT_RATIO * max(member.compress_size, 1)
    )
    if too_big:
        refusal = bomb(path.name)
        raise refusal
    if member.flag_bits & 0x1:
        raise DataError("data.zip_locked", hint="data.zip_locked_hint", name=path.name)
    return member


def _hidden(name: str) -> bool:
    return name.startswith("__MACOSX/") or PurePosixPath(name).name.startswith(".")


@contextmanager
def unpacked(path: Path, folder: Path) -> Iterator[tuple[Path, Source]]:
    """The file itself, or a copy of what is packed in it that lives as long as the block.

    Args:
        path: the file.
        folder: where a copy may be written; its name is ours, never one from an archive.
    """
    with open_source(path) as source:
        if not source.packed:
            yield path, source
            return
        copy = folder / "unpacked.tmp"
        try:
            with copy.open("wb") as out:
                for chunk in source.chunks():
                    out.write(chunk)
            yield copy, source
        finally:
            copy.unlink(missing_ok=True)


def file_kind(path: Path, name: str) -> str:
    """The kind, "parquet", "jsonl" or "csv", by the first bytes of an unpacked file.

    Raises:
        DataError: it is empty or no table (the message says what it seems to be).
    """
    with path.open("rb") as stream:
        head = stream.read(4096)
    if not head.strip():
        raise DataError("data.empty_file", hint="data.empty_file_hint", name=name)
    if head.startswith(b"PAR1"):
        return "parquet"
    _refuse_known(head, name)
    if head[:2] not in _UTF16 and _is_binary(head):
        refusal = other_kind(name, Text("data.binary"))
        raise refusal
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        head = head.replace(b"\x00", b"")[2:]
    text = head.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").replace(b"\x00", b"")
    if text[:9].lower().startswith((b"<!doctype", b"<html", b"<?xml")):
        refusal = other_kind(name, "HTML/XML")
        raise refusal
    return "jsonl" if text[:1] in (b"{", b"[") else "csv"


def _refuse_known(head: bytes, name: str) -> None:
    """Refuse files whose first bytes say that they are something else.

    Raises:
        DataError: they do.
    """
    for magic, word in _PACKED.items():
        if head.startswith(magic):
            raise DataError(
                "data.packed_twice", hint="data.packed_twice_hint", name=name, found=word
            )
    for magic, word in _OTHERS.items():
        if head.startswith(magic):
            refusal = other_kind(name, word)
            raise refusal


def _is_binary(head: bytes) -> bool:
    """Control bytes that no text has; UTF-16 without a mark has NULs on one side of its pairs."""
    if unmarked_utf16(head):
        return False
    control = sum(byte < 9 or 13 < byte < 27 for byte in head)
    return control > 0.01 * len(head)


def other_kind(name: str, kind: str) -> DataError:
    """The error for a file that holds something else than a table."""
    return DataError("data.other_kind", hint="data.other_kind_hint", name=name, found=kind)
