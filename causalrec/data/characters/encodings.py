"""How the characters of a text file are stored: told by the whole file, and how sure that is."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from causalrec.data.characters.latin_letters import LATIN, language_share, plausible

__all__ = ["ENCODINGS", "Encoding", "decodes", "guess_encoding", "unmarked_utf16"]

ENCODINGS = (
    "utf-8",
    "gb18030",
    "big5",
    "shift_jis",
    "euc_jp",
    "euc_kr",
    "cp1252",
    "cp1250",
    "iso8859_2",
    "cp1251",
    "koi8_r",
    "cp1253",
    "cp1254",
    "cp1255",
    "cp1256",
    "cp874",
    "utf-16",
    "utf-32",
    "latin-1",
)
"""Encodings by name; GBK is read as gb18030, which contains it."""
_AS_KNOWN = {"shift_jis": "cp932", "euc_kr": "cp949", "big5": "big5hkscs"}
"""What is asked of Python for a name: the form that is in use contains the standard's."""
_CHUNK = 1 << 20
_SAMPLE = 100_000
_CLEAR = 0.1
_FEW = 12
_LONGEST_CELL = 120
_LEAST_UTF8 = 0.2
"""From this share of lines with signs beyond ASCII that are UTF-8 on, the file is UTF-8: other
encodings hardly ever look like it by chance."""


@dataclass(frozen=True)
class Encoding:
    """How characters are stored.

    Attributes:
        name: one of `ENCODINGS` (or a side of UTF-16).
        sure: "certain" (by a mark or by form), "likely", or "unsure": look at the names.
        others: further encodings that fit, best first.
        broken: how the lines that `name` cannot read are read; "" where there are none.
        n_broken: how many lines these are.
        readings: some cells as `name` and others that fit as well read them, where it is unsure.
    """

    name: str
    sure: str = "certain"
    others: tuple[str, ...] = ()
    broken: str = ""
    n_broken: int = 0
    readings: tuple[tuple[str, tuple[str, ...]], ...] = ()


def codec(name: str) -> str:
    """Python's name for an encoding."""
    return _AS_KNOWN.get(name, name)


def guess_encoding(path: Path) -> Encoding:
    """By its mark or NUL bytes, else by all lines with signs beyond ASCII."""
    with path.open("rb") as stream:
        head = stream.read(4096)
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return Encoding("utf-32")
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return Encoding("utf-16")
    side = unmarked_utf16(head)
    if side:
        return Encoding(side)
    if decodes(path, "utf-8"):
        return Encoding("utf-8")
    return _from_lines(path)


def unmarked_utf16(head: bytes) -> str:
    """The UTF-16 encoding whose NUL bytes these are (on one side of the pairs only), else ""."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    # Signs of ASCII (line ends, delimiters, digits) are at least some of the characters.
    if max(even, odd) < max(2, 0.03 * len(head) / 2) or min(even, odd) > 0:
        return ""
    return "utf-16-le" if odd else "utf-16-be"


def decodes(path: Path, encoding: str) -> bool:
    """Whether an encoding can read the whole file."""
    decoder = codecs.getincrementaldecoder(codec(encoding))("strict")
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def chunks_of_lines(path: Path) -> Iterator[bytes]:
    """The bytes in order, cut after line ends where there are any."""
    rest = b""
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            cut = max(chunk.rfind(b"\n"), chunk.rfind(b"\r")) + 1
            if cut:
                yield rest + chunk[:cut]
                rest = chunk[cut:]
            else:
                rest += chunk
    if rest:
        yield rest


def is_utf8(line: bytes) -> bool:
    """Whether bytes are UTF-8."""
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _high_lines(path: Path) -> Iterator[bytes]:
    """Lines with signs beyond ASCII."""
    for chunk in chunks_of_lines(path):
        if not chunk.isascii():
            yield from (line for line in chunk.splitlines() if not line.isascii())


def _from_lines(path: Path) -> Encoding:
    """The encoding of a file that is not UTF-8 throughout."""
    good = bad = size = 0
    sample: dict[bytes, None] = {}
    for line in _high_lines(path):
        if is_utf8(line):
            good += 1
            continue
        bad += 1
        if size < _SAMPLE and line not in sample:
            sample[line[:2000]] = None
            size += len(line)
    names, sure = _ranked(b"\n".join(sample))
    if good >= _LEAST_UTF8 * (good + bad):
        return Encoding("utf-8", "likely", tuple(names[1:4]), names[0], bad)
    whole = [name for name in names if decodes(path, name)] or ["latin-1"]
    if whole[0] != names[0]:
        sure = "unsure"
    text = b"\n".join(sample)
    rivals = whole[1:2] if sure == "unsure" else []
    if whole[0] in LATIN:
        whole, rivals, sure = _among_latin(text, whole)
    read = _readings(list(sample), [whole[0], *rivals[:2]]) if rivals else ()
    return Encoding(whole[0], sure, tuple(whole[1:4]), readings=read)


def _among_latin(sample: bytes, names: list[str]) -> tuple[list[str], list[str], str]:
    """Encodings, best first, those that fit as well and read otherwise, and how sure it is."""
    texts = {n: sample.decode(codec(n)) for n in names if n in LATIN}
    good = [n for n, text in texts.items() if plausible(text)]
    if not good:
        return names, names[1:2], "unsure"
    shares = {n: round(language_share(texts[n], n), 2) for n in good}
    best = max(good, key=lambda n: (shares[n], n == "cp1252"))
    rivals = [n for n in good if texts[n] != texts[best]]
    rivals = sorted(rivals, key=lambda n: -shares[n])
    near = [n for n in rivals if shares[n] > shares[best] - _CLEAR]
    few = sum(byte > 127 for byte in sample) < _FEW
    sure = "unsure" if near or few or shares[best] < 1 - _CLEAR else "likely"
    rest = [n for n in names if n != best and n not in rivals]
    return [best, *rivals, *rest], rivals, sure


def _readings(lines: list[bytes], names: list[str]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Up to three cells that some encodings read differently, as each of them reads them."""
    cells = dict.fromkeys(
        cell.strip(b" \"'") for line in lines for cell in re.split(rb"[,;|\t]", line)
    )
    readings = []
    for cell in cells:
        if len(cell) > _LONGEST_CELL or cell.isascii():
            continue
        spelled = [cell.decode(codec(name), errors="replace") for name in names]
        if spelled[0] not in spelled[1:]:
            readings.append(spelled)
        if len(readings) == 3:
            break
    return tuple(
        (name, tuple(spelled[n] for spelled in readings))
        for n, name in enumerate(names)
        if readings
    )


def _ranked(sample: bytes) -> tuple[list[str], str]:
    """Encodings that fit, best first, and how sure the first is.

    Statistics of letters and of their neighbours by charset-normalizer; Japanese kana and Korean
    syllables, which lie where Chinese has other signs, are counted here.
    """
    from charset_normalizer import from_bytes

    names = [n for n in ENCODINGS if not n.startswith("utf") and n != "latin-1"]
    fit = [n for n in names if _readable(sample, n)]
    matches = from_bytes(sample, cp_isolation=[codec(n) for n in fit] or None, threshold=0.3)
    own_names = {codec(n).replace("hkscs", ""): n for n in names} | {codec(n): n for n in names}
    order = {n: place for place, n in enumerate(names)}
    scores = {
        own_names[same]: round(match.chaos - 0.1 * match.coherence, 2)
        for match in reversed(list(matches))
        for same in match.could_be_from_charset
        if same in own_names
    }
    for name in fit:
        special = _special(sample, name)
        if special is not None:
            scores[name] = special
    ranked = sorted(scores, key=lambda n: (scores[n], order[n]))
    rest = [n for n in fit if n not in scores]
    high = sum(byte > 127 for byte in sample)
    gap = scores[ranked[1]] - scores[ranked[0]] if len(ranked) > 1 else 1.0
    sure = "likely" if ranked and high >= _FEW and gap >= 0.02 else "unsure"
    return [*ranked, *rest] or ["latin-1"], sure


def _readable(sample: bytes, name: str) -> bool:
    try:
        sample.decode(codec(name))
    except UnicodeError:
        return False
    return True


def _special(sample: bytes, name: str) -> float | None:
    """A score (best is lowest) where a script tells an encoding by itself, else None."""
    if name == "euc_kr":
        # Frequent Chinese signs have leading bytes up to 0xD7, Korean syllables up to 0xC8.
        leads = re.findall(rb"([\x80-\xff])[\x80-\xff]", sample)
        korean = all(b"\xb0" <= lead <= b"\xc8" for lead in leads)
        return -1.0 if korean and len(leads) >= 4 else None
    if name not in ("shift_jis", "euc_jp"):
        return None
    signs = [sign for sign in sample.decode(codec(name)) if sign > "\x7f"]
    kana = sum("\u3041" <= sign <= "\u30fe" for sign in signs) / max(len(signs), 1)
    narrow = sum("\uff61" <= sign <= "\uff9f" for sign in signs) / max(len(signs), 1)
    if narrow > 0.3:
        return 1.0  # any letters of one byte look like this
    return -kana if kana > 0.2 else None
