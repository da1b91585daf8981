"""A saved model that was changed, cut or swapped is refused in one way, whatever the model."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from safetensors.numpy import load, save

import causalrec as cr
from causalrec.core.errors import DataError, MemoryBudgetError, NotFoundError
from causalrec.recsys.model.recommender import Recommender
from causalrec.recsys.recommenders import RECOMMENDERS
from causalrec.recsys.variants.compress import make_variant

NAMES = [*sorted(RECOMMENDERS), "distilled"]
SMALL: dict[str, dict[str, Any]] = {
    "hybrid": {"models": ("ease", "bpr"), "settings": {"bpr": {"factors": 4, "epochs": 1}}},
    "content": {"factors": 4, "encoder": "tf-idf"},
    "ease": {"items": 6},
    "sasrec": {"factors": 4, "length": 5, "epochs": 1},
    "multvae": {"factors": 4, "width": 6, "epochs": 1},
    "gat": {"factors": 4, "heads": 2, "epochs": 1},
    "joint": {"factors": 4, "epochs": 1, "encoder": "tf-idf"},
}


def made(name: str, split: cr.Split) -> Recommender:
    if name == "distilled":
        teacher = made("ease", split)
        return make_variant(teacher, name, split, factors=4, on_progress=lambda *a, **k: None)
    fields = RECOMMENDERS[name].Params.model_fields
    few = {key: 4 if key == "factors" else 1 for key in ("factors", "epochs") if key in fields}
    model = cr.recommender(name, **SMALL.get(name, few))
    model.fit(split.train, split.valid)
    return model.with_calibration(split.train)


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    rng = np.random.default_rng(0)
    rows = [(f"u{u}", f"i{i}", 1 + (u + i) % 5) for u in range(14) for i in rng.permutation(9)[:5]]
    frame = pd.DataFrame(rows, columns=["u", "i", "rating"]).assign(t=np.arange(len(rows)))
    mapping = cr.ColumnMapping(user="u", item="i", time="t", outcome="rating", positive=3)
    split = cr.Split.leave_last(cr.Dataset.from_frame(frame, mapping))
    place = tmp_path_factory.mktemp("saved")
    for name in NAMES:
        made(name, split).save(place / name)
    return {name: place / name for name in NAMES}


def kept(folder: Path) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    document = json.loads((folder / "model.json").read_text())
    return document, load((folder / "weights.safetensors").read_bytes())


def written(folder: Path, document: dict[str, Any], arrays: dict[str, np.ndarray]) -> Path:
    """A folder whose files agree with each other, as a hostile writer would have it."""
    folder.mkdir(exist_ok=True)
    blob = save({name: np.ascontiguousarray(array) for name, array in arrays.items()})
    (folder / "weights.safetensors").write_bytes(blob)
    told = {**document, "weights_sha256": hashlib.sha256(blob).hexdigest()}
    (folder / "model.json").write_text(json.dumps(told))
    return folder


def changed_arrays(arrays: dict[str, np.ndarray]) -> Iterator[tuple[str, dict[str, np.ndarray]]]:
    """Each array left out, of another shape, of another type, not finite, with a wild index."""
    for name, array in arrays.items():
        rest = {key: value for key, value in arrays.items() if key != name}
        yield f"{name} gone", rest
        yield f"{name} twice", {**arrays, name: np.concatenate([array, array])}
        yield f"{name} flat", {**arrays, name: array[None]}
        other = array.astype(np.int32 if array.dtype.kind == "f" else np.float32)
        yield f"{name} of another type", {**arrays, name: other}
        if array.dtype.kind == "f" and array.size:
            wild = array.copy()
            wild.flat[-1] = np.nan
            yield f"{name} not finite", {**arrays, name: wild}
        elif "ind" in name:
            yield f"{name} beyond", {**arrays, name: array + 10_000}
            yield f"{name} before", {**arrays, name: array - 1 - array.min(initial=10_000)}


def changed_documents(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each entry left out or of another kind; counts that do not agree."""
    optional = {"weights_sha256", "versions", "facts", "storage", "packed", "popularity_penalty"}
    for name in document:
        if name not in optional:
            yield f"{name} gone", {k: v for k, v in document.items() if k != name}
        if name != "weights_sha256":
            yield f"{name} odd", {**document, name: [[{}]]}
            yield f"{name} null", {**document, name: None}
    ids = document["item_ids"]
    yield "an item more", {**document, "item_ids": [*ids, "new"]}
    yield "an id twice", {**document, "item_ids": [ids[0], *ids[:-1]]}
    yield "an id a number", {**document, "user_ids": [5, *document["user_ids"][1:]]}
    yield "a stranger", {**document, "__class__": "x"}
    yield "wild words", {**document, "report": {**document["report"], "notes": [{"key": 1}]}}
    yield "odd curve", {**document, "report": {**document["report"], "curve": {"epoch": 5}}}
    yield "a parameter", {**document, "params": {**document["params"], "wild": 1}}
    yield "packed away", {**document, "packed": {"model.x": {"form": "int8", "shape": [2**40] * 3}}}
    yield "endless", {**document, "popularity_penalty": float("inf")}


def check(folder: Path, what: str, right: Recommender | None = None) -> None:
    """It is refused with a next step; or its answers are those of the model it was."""
    model = error = None
    try:
        model = cr.load_recommender(folder)
    except (DataError, NotFoundError, MemoryBudgetError) as refused:
        error = refused
    if model is None:
        assert error is not None
        assert error.hint is not None, what
        return
    assert right is not None, f"taken: {what}"
    users = right.user_ids[:3], right.item_ids[:3]
    np.testing.assert_array_equal(model.score([0, -1]), right.score([0, -1]), what)
    np.testing.assert_array_equal(model.predict(*users), right.predict(*users), what)


@pytest.mark.parametrize("name", NAMES)
def test_changed_numbers_are_refused(saved: dict[str, Path], name: str, tmp_path: Path) -> None:
    document, arrays = kept(saved[name])
    right = cr.load_recommender(saved[name])
    for what, changed in changed_arrays(arrays):
        allowed = right if "predictor" in what else None
        check(written(tmp_path / "m", document, changed), what, allowed)


@pytest.mark.parametrize("name", NAMES)
def test_changed_document_is_refused(saved: dict[str, Path], name: str, tmp_path: Path) -> None:
    document, arrays = kept(saved[name])
    for what, changed in changed_documents(document):
        check(written(tmp_path / "m", changed, arrays), what)


@pytest.mark.parametrize("name", NAMES)
def test_files_of_another_model_are_refused(
    saved: dict[str, Path], name: str, tmp_path: Path
) -> None:
    document, arrays = kept(saved[name])
    other = NAMES[NAMES.index(name) - 1]
    for mixed in (
        written(tmp_path / "numbers", document, kept(saved[other])[1]),
        written(tmp_path / "name", {**document, "model": other}, arrays),
    ):
        with pytest.raises(DataError, match=r"model\.json|weights"):
            cr.load_recommender(mixed)
    report = {**document["report"], "model": "user-knm"}
    stranger = {**document, "model": "user-knm", "report": report}
    with pytest.raises(NotFoundError, match="user-knn"):
        cr.load_recommender(written(tmp_path / "stranger", stranger, arrays))


@pytest.mark.parametrize("file", ["model.json", "weights.safetensors"])
def test_cut_files_are_refused(saved: dict[str, Path], file: str, tmp_path: Path) -> None:
    whole = written(tmp_path / "m", *kept(saved["bpr"]))
    raw = (whole / file).read_bytes()
    for size in np.linspace(0, len(raw) - 1, 40).astype(int):
        (whole / file).write_bytes(raw[:size])
        with pytest.raises(DataError):
            cr.load_recommender(whole)


def test_headers_of_weights_that_lie_are_refused(saved: dict[str, Path], tmp_path: Path) -> None:
    document, _ = kept(saved["ials"])
    raw = (saved["ials"] / "weights.safetensors").read_bytes()
    length = int.from_bytes(raw[:8], "little")
    head = json.loads(raw[8 : 8 + length])
    for entry in ({"shape": [2**40, 2**40]}, {"data_offsets": [0, 2**60]}, {"dtype": "F8_E4M3"}):
        lying = {**head, "popularity": {**head["popularity"], **entry}}
        told = json.dumps(lying).encode()
        blob = len(told).to_bytes(8, "little") + told + raw[8 + length :]
        folder = written(tmp_path / "m", document, {})
        (folder / "weights.safetensors").write_bytes(blob)
        changed = {**document, "weights_sha256": hashlib.sha256(blob).hexdigest()}
        (folder / "model.json").write_text(json.dumps(changed))
        with pytest.raises(DataError):
            cr.load_recommender(folder)


def test_links_and_pipes_are_refused(saved: dict[str, Path], tmp_path: Path) -> None:
    makers: tuple[Callable[[Path, Path], None], ...] = (
        lambda path, target: path.symlink_to(target),
        lambda path, target: os.mkfifo(path),
    )
    for number, make in enumerate(makers):
        for file in ("model.json", "weights.safetensors"):
            folder = written(tmp_path / f"{number}{file}", *kept(saved["bpr"]))
            (folder / file).unlink()
            make(folder / file, saved["bpr"] / file)
            with pytest.raises(DataError):
                cr.load_recommender(folder)


@pytest.mark.parametrize("form", ["int8", "bf16", "sparse"])
def test_packed_numbers_are_checked(saved: dict[str, Path], form: str, tmp_path: Path) -> None:
    model = cr.load_recommender(saved["ncf" if form != "sparse" else "ease"])
    model.storage = form
    model._arrays = {**model._arrays}
    name = "item_weights" if form == "sparse" else "user_rows"
    wide = np.ones((64, 64), dtype=np.float32) * (np.arange(64) % 7 == 0)
    model._arrays[name] = wide
    model.save(tmp_path / "whole")
    document, arrays = kept(tmp_path / "whole")
    assert f"model.{name}" in document["packed"]
    for what, changed in changed_arrays({k: v for k, v in arrays.items() if name in k}):
        rest = {k: v for k, v in arrays.items() if name not in k}
        check(written(tmp_path / "m", document, {**rest, **changed}), what)
