"""Text files written again as UTF-8, so that every reader behind sees the same."""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import IO

from causalrec.data.characters.encodings import (
    Encoding,
    chunks_of_lines,
    codec,
    decodes,
    guess_encoding,
    is_utf8,
    unmarked_utf16,
)

__all__ = ["as_utf8"]

_CHUNK = 1 << 20


def as_utf8(path: Path, chosen: str | None, out: Path) -> tuple[Path, Encoding, int]:
    """The text as UTF-8: the file itself where it is, else written to `out`.

    Args:
        path: an unpacked text file.
        chosen: an encoding that a person named; None guesses.
        out: where to write.

    Returns:
        path: of the UTF-8 text (it may begin with a mark).
        encoding: as chosen or guessed.
        lost: characters that could not be read; each became U+FFFD.
    """
    encoding = guess_encoding(path) if chosen is None else Encoding(_with_side(path, chosen))
    if encoding.name == "utf-8" and encoding.broken:
        return out, encoding, _by_lines(path, encoding.broken, out)
    if encoding.name == "utf-8" and (chosen is None or decodes(path, "utf-8")):
        return path, encoding, 0
    return out, encoding, _whole(path, encoding.name, out)


def _with_side(path: Path, chosen: str) -> str:
    """UTF-16 and UTF-32 need a side where the file bears no mark."""
    if chosen not in ("utf-16", "utf-32"):
        return chosen
    with path.open("rb") as stream:
        head = stream.read(4096)
    marks = {
        "utf-16": (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE),
        "utf-32": (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE),
    }
    if head.startswith(marks[chosen]):
        return chosen
    return (unmarked_utf16(head) if chosen == "utf-16" else "") or f"{chosen}-le"


def _whole(path: Path, encoding: str, out: Path) -> int:
    decoder = codecs.getincrementaldecoder(codec(encoding))("replace")
    lost = 0
    with path.open("rb") as stream, out.open("wb") as target:
        while chunk := stream.read(_CHUNK):
            lost += _write(decoder.decode(chunk), target)
        lost += _write(decoder.decode(b"", final=True), target)
    return lost


def _write(text: str, target: IO[bytes]) -> int:
    target.write(text.encode("utf-8", errors="replace"))
    return text.count("\ufffd")


def _by_lines(path: Path, other: str, out: Path) -> int:
    """Lines that are UTF-8 as they are, the others from their own encoding."""
    lost = 0
    with out.open("wb") as target:
        for chunk in chunks_of_lines(path):
            if is_utf8(chunk):
                target.write(chunk)
                continue
            for line in chunk.splitlines(keepends=True):
                if is_utf8(line):
                    target.write(line)
                else:
                    lost += _write(line.decode(codec(other), errors="replace"), target)
    return lost
