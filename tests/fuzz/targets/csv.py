"""Text files with columns: delimiters, quotes, line ends, encodings, cut and twisted bytes."""

from __future__ import annotations

from random import Random
from typing import Any

from tests.fuzz.chance import cut_or_twist
from tests.fuzz.targets._tables import cells, journey, taken

_CUTS = [",", ",", ",", "\t", ";", "|", "::", " ", "~", "\x01"]
_CODES = ["utf-8"] * 12 + ["utf-8-sig", "utf-16", "utf-16-le", "gb18030", "cp1252", "cp1251"]
_MORE_CODES = ["shift-jis", "big5", "utf-32"]
_ENDINGS = [".csv", ".csv", ".tsv", ".txt", ".dat", "", ".json", ".parquet", ".gz", ".CSV"]


def make(r: Random) -> dict[str, Any]:
    calm = r.random() < 0.6
    names, rows = cells(r, calm=calm)
    cut, end = r.choice(_CUTS[:5] if calm else _CUTS), r.choice(["\n", "\n", "\r\n", "\r"])
    lines = [cut.join(_quoted(r, cell, cut) for cell in row) for row in rows]
    if calm or r.random() < 0.85:
        shown = names[1:] if r.random() < 0.05 and not calm else names
        lines.insert(0, cut.join(_quoted(r, name, cut) for name in shown))
    if r.random() < 0.1 and not calm:
        lines.insert(r.randrange(len(lines) + 1), _odd_line(r, cut, len(names)))
    text = end.join(lines) + r.choice(["", end, end * 3])
    raw = text.encode(r.choice(_CODES[:14] if calm else _CODES + _MORE_CODES), errors="replace")
    if r.random() < (0.02 if calm else 0.2):
        raw = cut_or_twist(r, raw)
    return {
        "raw": raw,
        "name": "log" + r.choice(_ENDINGS[:4] if calm else _ENDINGS),
        "packed": r.choice(["", "", "", "", "gz", "zip"]),
        "options": _options(r) if r.random() < (0.03 if calm else 0.15) else {},
        "journey": journey(r),
    }


def _quoted(r: Random, text: str, cut: str) -> str:
    needed = any(one in text for one in (cut, '"', "\n", "\r"))
    if (needed and r.random() < 0.9) or r.random() < 0.05:
        return '"' + text.replace('"', '""') + '"'
    return text


def _odd_line(r: Random, cut: str, width: int) -> str:
    long = "z" * r.choice([1_000, 131_073, 300_000])
    return r.choice(
        [
            "",
            '"',
            "# a comment",
            f"sep={cut}",
            cut * 40,
            '"never closed,1',
            long,
            "x" + cut * (width - 1),
        ]
    )


def _options(r: Random) -> dict[str, Any]:
    return r.choice(
        [
            {"delimiter": r.choice([",", "\t", "||", "", "\n", '"', "é", "ab", "::"])},
            {"header": r.random() < 0.5},
            {"encoding": r.choice(["utf-8", "gb18030", "utf-16", "latin-1", "klingon"])},
            {"time_unit": r.choice(["text", "s", "ms", "us", "ns"])},
            {"kind": r.choice(["csv", "jsonl", "parquet"])},
        ]
    )


run = taken
