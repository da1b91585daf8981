"""Logs of odd cells, and the way that a log takes through the engine."""

from __future__ import annotations

import gzip
import io
import tempfile
import zipfile
from pathlib import Path
from random import Random
from typing import Any

from causalrec.data.storage.store import load_dataset, save_dataset
from tests.fuzz.chance import NAMES, ODD

__all__ = ["cells", "journey", "taken"]

_ROLES = ("time", "price", "propensity", "position", "category", "session", "exposed")
_USUAL = {
    "user_id": "id",
    "item_id": "id",
    "timestamp": "time",
    "date": "time",
    "click": "binary",
    "purchase": "binary",
    "exposed": "binary",
    "rating": "whole",
    "price": "share",
    "propensity": "share",
    "event": "word",
    "category": "word",
    "position": "whole",
    "session": "id",
}
_KINDS = ("id", "time", "binary", "whole", "share", "word", "odd")
_STEPS = ("bad_times", "bad_propensities", "duplicates", "missing", "outliers", "positive")
_MORE_STEPS = ("suspicious_users", "sample", "time_features", "encode", "normalise", "pseudonymise")
_SPLITS = ("by_time", "leave_last", "per_user", "auto", "cold_items", "k_fold")


def cells(r: Random, *, calm: bool = False) -> tuple[list[str], list[list[str]]]:
    """Names of columns, and rows of texts; ``calm``: such that a dataset can come of them."""
    if calm:
        return _calm_cells(r)
    names = r.sample(list(_USUAL), r.randint(2, 7)) if r.random() < 0.6 else _odd_names(r)
    if r.random() < 0.7:
        names = list(dict.fromkeys(["user_id", "item_id", *names]))
    odd = r.choice([0.0, 0.02, 0.2])
    kinds = [_USUAL[n] if n in _USUAL and r.random() < 0.9 else r.choice(_KINDS) for n in names]
    orders = [r.randrange(3) for _ in names]
    rows = [
        [
            _cell(r, "odd" if r.random() < odd else kind, o)
            for kind, o in zip(kinds, orders, strict=True)
        ]
        for _ in range(r.choice([0, 1, 2, 5, 12, 40, 40, 90]))
    ]
    if rows and r.random() < 0.06:
        rows = [list(rows[0]) for _ in rows]
    return names, rows


def _calm_cells(r: Random) -> tuple[list[str], list[list[str]]]:
    """A log with the usual columns, in which a few cells may be odd."""
    more = r.sample([name for name in _USUAL if not name.endswith("_id")], r.randint(1, 7))
    names = list(dict.fromkeys(["user_id", "item_id", "timestamp", *more]))
    order = r.randrange(3)
    if r.random() < 0.3:
        r.shuffle(names)
    odd = r.choice([0.0, 0.0, 0.01])
    rows = [
        [_cell(r, "odd" if r.random() < odd else _USUAL[name], order) for name in names]
        for _ in range(r.choice([40, 90, 200]))
    ]
    return names, rows


def _odd_names(r: Random) -> list[str]:
    return [r.choice(NAMES) for _ in range(r.choice([1, 2, 3, 6, 30]))]


def _cell(r: Random, kind: str, order: int) -> str:
    if kind == "id":
        return ("u", "00", "")[order] + str(r.randrange(30))
    if kind == "time":
        day, month = r.randint(1, 28), r.randint(1, 12)
        return (
            str(1_650_000_000 + r.randrange(10**6)),
            f"{day}/{month}/2023",
            f"2023-{month:02}-{day:02}",
        )[order]
    if kind == "binary":
        return str(r.randrange(2)) if order else r.choice(["true", "false"])
    if kind == "whole":
        return str(r.randint(1, 5))
    if kind == "share":
        return f"{r.random():.4f}".replace(".", "," if order == 1 else ".")
    return r.choice(["view", "cart", "buy"]) if kind == "word" else r.choice(ODD)


def journey(r: Random) -> dict[str, Any]:
    """What is done with a table once it is read."""
    steps = [name for name in (*_STEPS, *_MORE_STEPS) if r.random() < 0.07]
    return {
        "direct": r.random() < 0.3,
        "roles": [r.randrange(1_000) for _ in range(6)] if r.random() < 0.3 else [],
        "steps": steps,
        "split": r.choice([None, *_SPLITS]),
    }


def taken(case: dict[str, Any]) -> None:
    """Write the file, read it, look at it, prepare it, save it, split it."""
    import causalrec as cr

    with tempfile.TemporaryDirectory() as held:
        path = Path(held, case["name"])
        path.write_bytes(_packed(case["raw"], case.get("packed", "")))
        way = case["journey"]
        if way["direct"]:
            data = cr.read_dataset(path, options=case["options"])
        else:
            data = _by_hand(path, case["options"], way)
        save_dataset(data, Path(held, "saved"))
        again = load_dataset(Path(held, "saved"))
        assert (again.fingerprint, len(again)) == (data.fingerprint, len(data))
        _profiled(Path(held, "saved"))
        if way["split"]:
            cr.Split.make(data, way["split"], 0)


def _packed(raw: bytes, how: str) -> bytes:
    if how == "gz":
        return gzip.compress(raw)
    if how == "zip":
        held = io.BytesIO()
        with zipfile.ZipFile(held, "w") as archive:
            archive.writestr("log.csv", raw)
        return held.getvalue()
    return raw


def _by_hand(path: Path, options: dict[str, Any], way: dict[str, Any]) -> Any:
    """As the page does it: one step at a time, with what it shows."""
    from causalrec.data.preparation.checks import find
    from causalrec.data.preparation.importing import draft_of, make
    from causalrec.data.reading.files import import_file, spread_sample
    from causalrec.data.roles.guess_mapping import guess_mapping
    from causalrec.data.text.read_options import ReadOptions

    table = import_file(path, path.with_name("read.parquet"), ReadOptions.make(options))
    _told(table)
    table.head(5)
    mapping = guess_mapping(spread_sample(table.path, 20_000))
    if way["roles"]:
        mapping = _mapping(list(table.columns), way["roles"])
    unit = options.get("time_unit")
    draft = draft_of(Path(table.path), mapping, name="log", time_unit=unit, key=b"k" * 32)
    found = find(draft, table)
    _told(found)
    for one in found.found:
        _told(one)
    data, _, effects = make(draft, [{"name": name, "params": {}} for name in way["steps"]], "log")
    _told(effects)
    return data


def _mapping(columns: list[str], drawn: list[int]) -> Any:
    """Any column may be anything."""
    from causalrec.data.dataset.mapping import ColumnMapping

    left = list(columns)
    roles: dict[str, Any] = {}
    for role, number in zip(
        ("item", "user", *_ROLES[drawn[0] % 3 :], "outcome"), drawn, strict=False
    ):
        if left:
            roles[role] = left.pop(number % len(left))
    kind = ("outcome", "event")[drawn[-1] % 2]
    if left:
        roles[kind] = left.pop()
    return ColumnMapping(**roles, covariates=tuple(left[:2]), text=tuple(left[2:3]))


def _profiled(folder: Path) -> None:
    from causalrec.data.preparation.measure_profile import profile

    told = profile(folder)
    parts = (told.activity, told.long_tail, told.sessions, told.missingness, told.rates)
    for part in (told, *parts):
        if part is not None:
            _told(part)


def _told(result: Any) -> None:
    """A result says itself in both languages, as a table and as JSON that comes back."""
    from causalrec.core.results.result import Result

    result.summary("en"), result.summary("zh")
    if type(result).to_frame is not Result.to_frame:
        result.to_frame()
    type(result).model_validate_json(result.model_dump_json())
