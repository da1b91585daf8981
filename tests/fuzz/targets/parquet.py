"""Parquet files of every type that the format has, and spoilt ones."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from decimal import Decimal
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tests.fuzz.chance import ODD, cut_or_twist
from tests.fuzz.targets._tables import cells, journey, taken

Draw = Callable[[int], int]

_MAKERS: list[Callable[[list[int]], Any]] = [
    lambda v: pa.array(v, pa.int64()),
    lambda v: pa.array([f"u{x % 20}" for x in v]),
    lambda v: pa.array([x % 2 for x in v], pa.int8()),
    lambda v: pa.array([2**64 - 1 - x for x in v], pa.uint64()),
    lambda v: pa.array([None if x % 7 == 0 else 2**60 + x for x in v], pa.int64()),
    lambda v: pa.array([x / 7 if x % 9 else float("nan") for x in v], pa.float64()),
    lambda v: pa.array([float("inf") if x % 9 == 0 else x / 3 for x in v], pa.float32()),
    lambda v: pa.array([Decimal(x) / 100 for x in v], pa.decimal128(20, 2)),
    lambda v: pa.array([Decimal(10) ** 50 + x for x in v], pa.decimal256(60, 2)),
    lambda v: pa.array([bool(x % 2) for x in v]),
    lambda v: pa.array([f"u{x % 20}" for x in v], pa.large_string()),
    lambda v: pa.array([ODD[x % len(ODD)] for x in v]),
    lambda v: pa.array([bytes([x % 256, 255]) for x in v], pa.binary()),
    lambda v: pa.array([bytes([x % 256, 1, 2, 3]) for x in v], pa.binary(4)),
    lambda v: pa.array([dt.date(2023, 1, 1 + x % 28) for x in v]),
    lambda v: pa.array([dt.date(1, 1, 1 + x % 28) for x in v], pa.date64()),
    lambda v: pa.array([dt.time(x % 24, x % 60) for x in v], pa.time64("us")),
    lambda v: pa.array([1_650_000_000 + x for x in v], pa.timestamp("s")),
    lambda v: pa.array([x * 10**9 for x in v], pa.timestamp("ns", tz="Asia/Shanghai")),
    lambda v: pa.array([-62_000_000_000_000_000 + x for x in v], pa.timestamp("us")),
    lambda v: pa.array([x * 10**6 for x in v], pa.duration("us")),
    lambda v: pa.array([[x] * (x % 3) for x in v], pa.list_(pa.int64())),
    lambda v: pa.array(
        [{"a": x, "b": str(x)} for x in v], pa.struct([("a", pa.int64()), ("b", pa.string())])
    ),
    lambda v: pa.array([[(str(x), x)] for x in v], pa.map_(pa.string(), pa.int64())),
    lambda v: pa.array([f"c{x % 4}" for x in v]).dictionary_encode(),
    lambda v: pa.array([x % 4 for x in v]).dictionary_encode(),
    lambda v: pa.nulls(len(v)),
    lambda v: pa.array([1] * len(v), pa.int32()),
]


def _usual(r: Random, name: str, size: int) -> Any:
    """A column of what its name says, now and then of another type."""
    if r.random() < 0.1 and not name.endswith("_id"):
        return r.choice(_MAKERS)([r.randrange(200) for _ in range(size)])
    drawn = [r.randrange(30) for _ in range(size)]
    if name in ("timestamp", "date"):
        return _MAKERS[17](drawn)
    if name in ("propensity", "price"):
        return pa.array([(x + 1) / 31 for x in drawn])
    return _MAKERS[2 if name in ("click", "purchase", "exposed") else r.randrange(2)](drawn)


def make(r: Random) -> dict[str, Any]:
    calm = r.random() < 0.6
    names, _ = cells(r, calm=calm)
    size = r.choice([40, 100] if calm else [0, 1, 2, 6, 40, 100])
    columns = [r.choice(_MAKERS)([r.randrange(200) for _ in range(size)]) for _ in names]
    if calm:
        columns = [_usual(r, name, size) for name in names]
    elif len(names) > 1 and r.random() < 0.6:
        columns[:2] = [
            _MAKERS[r.randrange(2)]([r.randrange(30) for _ in range(size)]) for _ in "12"
        ]
    out = io.BytesIO()
    try:
        pq.write_table(
            pa.table(columns, names=names),
            out,
            row_group_size=r.choice([1, 7, 1_000]),
            compression=r.choice(["none", "snappy", "zstd", "gzip"]),
            store_schema=r.random() < 0.7,
        )
    except pa.ArrowException:  # a type that the format does not hold
        out = io.BytesIO(b"PAR1" + r.randbytes(60) + b"PAR1")
    raw = out.getvalue()
    if r.random() < (0.03 if calm else 0.25):
        raw = cut_or_twist(r, raw, 3)
    return {"raw": raw, "name": "log.parquet", "options": {}, "journey": journey(r)}


run = taken
