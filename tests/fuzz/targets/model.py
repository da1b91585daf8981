"""Folders of saved models: documents spoilt, arrays changed, headers that lie, swapped files."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from tests.fuzz.chance import cut_or_twist, json_value, spoilt
from tests.fuzz.targets._saved import MODELS, saved_models

_KINDS = ["float32", "float64", "int32", "int64", "uint8", "bool", "float16"]
_HEADERS: list[dict[str, Any]] = [
    {"shape": [2**40, 2**40]},
    {"shape": [-1]},
    {"shape": ["a"]},
    {"shape": []},
    {"data_offsets": [0, 2**60]},
    {"data_offsets": [8, 0]},
    {"dtype": "F8_E4M3"},
    {"dtype": "BF16"},
    {"dtype": "X"},
]
_FILES = ("model.json", "weights.safetensors")


def prepare() -> None:
    saved_models()


def make(r: Random) -> dict[str, Any]:
    how = r.choice(["document", "document", "arrays", "arrays", "header", "bytes", "swap", "link"])
    return {"model": r.choice(MODELS), "how": how, "seed": r.randrange(2**31)}


def run(case: dict[str, Any]) -> None:
    import causalrec as cr

    r = Random(case["seed"])
    with tempfile.TemporaryDirectory() as held:
        folder = Path(held, "m")
        shutil.copytree(saved_models()[case["model"]], folder)
        _SPOIL[case["how"]](folder, r)
        model = cr.load_recommender(folder)
        model.recommend(k=3)
        model.recommend(histories=[[str(model.item_ids[0])], []], k=3)
        model.similar_items(model.item_ids[0], k=3)


def _document(folder: Path, r: Random) -> None:
    """Parts of the document left out or replaced; what says which file this is stays."""
    told = json.loads((folder / "model.json").read_text())
    kept = {key: told[key] for key in ("format", "format_version", "weights_sha256")}
    made = spoilt(r, told, r.choice([0.003, 0.02, 0.1]))
    if r.random() < 0.3:
        key = r.choice(sorted(told))
        made = {**told, key: json_value(r)}
    made = {**made, **kept} if isinstance(made, dict) else made
    (folder / "model.json").write_text(json.dumps(made), errors="backslashreplace")


def _sealed(folder: Path, blob: bytes) -> None:
    """The file of numbers, and a document that knows it."""
    (folder / "weights.safetensors").write_bytes(blob)
    told = json.loads((folder / "model.json").read_text())
    told["weights_sha256"] = hashlib.sha256(blob).hexdigest()
    (folder / "model.json").write_text(json.dumps(told))


def _arrays(folder: Path, r: Random) -> None:
    from safetensors.numpy import load, save

    arrays = load((folder / "weights.safetensors").read_bytes())
    for _ in range(r.choice([1, 1, 2, 4])):
        name = r.choice(sorted(arrays))
        arrays[name] = _changed(arrays[name], r)
        if r.random() < 0.15:
            arrays[r.choice([name + "x", "model.extra"])] = arrays.pop(name)
        if not arrays:
            break
    _sealed(folder, save({n: np.ascontiguousarray(a) for n, a in arrays.items()}))


def _changed(array: np.ndarray, r: Random) -> np.ndarray:
    how = r.randrange(6)
    if how == 0:
        return array.astype(r.choice(_KINDS))
    if how == 1:
        return array[: r.choice([0, 1, -1])] if array.ndim else array
    if how == 2:
        return array.reshape(-1)
    if how == 3:
        return np.concatenate([array, array]) if array.ndim else array
    if how == 4 and array.size:
        wild = array.copy()
        choices = [1e38, -1e38, np.nan, np.inf] if array.dtype.kind == "f" else [-1, 2**31 - 1, 99]
        wild.flat[r.randrange(array.size)] = r.choice(choices) if array.dtype.kind != "b" else True
        return wild
    return array.T.copy()


def _header(folder: Path, r: Random) -> None:
    raw = (folder / "weights.safetensors").read_bytes()
    length = int.from_bytes(raw[:8], "little")
    head = json.loads(raw[8 : 8 + length])
    name = r.choice(sorted(head))
    head[name] = {**head[name], **r.choice(_HEADERS)}
    told = json.dumps(head).encode()
    size = r.choice([len(told), len(told), len(told), 0, 2**63, 2**64 - 1, 10**9])
    _sealed(folder, size.to_bytes(8, "little") + told + raw[8 + length :])


def _bytes(folder: Path, r: Random) -> None:
    file = folder / r.choice(_FILES)
    raw = cut_or_twist(r, file.read_bytes())
    if file.suffix == ".json":
        file.write_bytes(raw)
    else:
        _sealed(folder, raw)


def _swap(folder: Path, r: Random) -> None:
    other = saved_models()[r.choice(MODELS)]
    if r.random() < 0.5:
        _sealed(folder, (other / "weights.safetensors").read_bytes())
    else:
        shutil.copy(other / "model.json", folder / "model.json")
        _sealed(folder, (folder / "weights.safetensors").read_bytes())


def _link(folder: Path, r: Random) -> None:
    file = folder / r.choice(_FILES)
    file.unlink()
    file.symlink_to(r.choice(["/etc/passwd", "/dev/zero", "nowhere", file.name, "/tmp"]))


_SPOIL = {
    "document": _document,
    "arrays": _arrays,
    "header": _header,
    "bytes": _bytes,
    "swap": _swap,
    "link": _link,
}
