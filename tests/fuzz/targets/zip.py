"""Archives: names that lead out, links, several files, spoilt and packed in other ways."""

from __future__ import annotations

import io
import warnings
import zipfile
from random import Random
from typing import Any

from tests.fuzz.chance import cut_or_twist
from tests.fuzz.targets import csv
from tests.fuzz.targets._tables import taken

_FILES = [
    *(
        "log.csv",
        "log.csv",
        "log.csv",
        "a/b.csv",
        "../../x.csv",
        "/etc/x.csv",
        "C:\\x.csv",
        "日志.csv",
    ),
    *("a\x00b.csv", ".hidden", "__MACOSX/._a", "x" * 3_000, "log.csv/", "CON", "inner.zip", " "),
]
_WAYS = [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]


def make(r: Random) -> dict[str, Any]:
    case = csv.make(r)
    calm = r.random() < 0.6
    out = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with zipfile.ZipFile(out, "w", r.choice(_WAYS)) as archive:
            for _ in range(1 if calm else r.choice([0, 1, 1, 1, 1, 2])):
                about = zipfile.ZipInfo(r.choice(_FILES[:3] if calm else _FILES))
                link = r.random() < 0.05 and not calm
                if link:
                    about.external_attr = 0o120777 << 16
                archive.writestr(
                    about, b"/etc/passwd" if link else case["raw"], archive.compression
                )
    raw = out.getvalue()
    if r.random() < 0.25 and not calm:
        raw = cut_or_twist(r, raw, 3)
    return {**case, "raw": raw, "name": r.choice(["log.zip", "log.zip", "log.csv"]), "packed": ""}


run = taken
