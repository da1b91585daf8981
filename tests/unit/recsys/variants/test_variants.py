"""Packed numbers, variants of saved models, students."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

import causalrec as cr
from causalrec.core.errors import DataError, NotFoundError, ParamError
from causalrec.core.progress import silent
from causalrec.data.storage.store import save_dataset
from causalrec.recsys.arrays.storage_formats import pack, unpack
from causalrec.recsys.recommenders.distilled import Distilled
from causalrec.recsys.variants.compress import make_variant, users_per_second
from causalrec.runs.record.runner import run_inline
from causalrec.tasks.recsys.train import evaluation_of
from causalrec.tasks.recsys.variant import Variant
from causalrec.workspace import Workspace

MAPPING = cr.ColumnMapping(user="who", item="what", time="at")
FORMS = ("int8", "bf16", "pruned", "distilled")
BPR = {"factors": 16, "epochs": 30, "batch_size": 512}


def log() -> pd.DataFrame:
    """120 users of two tastes, 60 items, 10 each."""
    rng = np.random.default_rng(0)
    rows = []
    for u in range(120):
        mine = np.arange(u % 2, 60, 2)
        share = 1.0 / (2.0 + np.arange(len(mine)))
        drawn = rng.choice(mine, 10, replace=False, p=share / share.sum())
        rows += [(f"user {u}", f"i{i}") for i in drawn]
    frame = pd.DataFrame(rows, columns=["who", "what"])
    return frame.assign(at=1_600_000_000 + rng.permutation(len(frame)))


@pytest.fixture(scope="module")
def split() -> cr.Split:
    return cr.Split.leave_last(cr.Dataset.from_frame(log(), MAPPING))


@pytest.fixture(scope="module")
def ease(split: cr.Split):
    model = cr.recommender("ease", regularization=20.0)
    model.fit(split.train, split.valid)
    return model


@pytest.fixture(scope="module")
def bpr(split: cr.Split):
    model = cr.recommender("bpr", **BPR)
    model.fit(split.train, split.valid)
    return model


@pytest.mark.parametrize("shape", [(40, 30), (1_000,), (3, 20, 10)])
def test_int8_is_within_half_a_step_of_each_row(shape: tuple[int, ...]) -> None:
    array = np.random.default_rng(1).normal(size=shape).astype(np.float32)
    written, formats = pack({"x": array}, "int8")
    assert written["x.int8"].dtype == np.int8
    again = unpack(written, formats)["x"]
    assert again.shape == shape
    rows = array.reshape(-1, shape[-1]) if len(shape) > 1 else array[:960].reshape(-1, 64)
    back = again.reshape(-1, shape[-1]) if len(shape) > 1 else again[:960].reshape(-1, 64)
    step = np.abs(rows).max(axis=1, keepdims=True) / 127
    assert (np.abs(rows - back) <= step / 2 + 1e-7).all()
    assert np.abs(rows - back).max() > 0


def test_bf16_rounds_to_the_nearest_as_torch_does() -> None:
    import torch

    rng = np.random.default_rng(2)
    array = (rng.normal(size=(50, 40)) * 10.0 ** rng.integers(-20, 20, (50, 40))).astype(np.float32)
    again = unpack(*pack({"x": array}, "bf16"))["x"]
    np.testing.assert_array_equal(again, torch.from_numpy(array).bfloat16().float().numpy())


def test_sparse_is_exact_and_only_where_it_is_smaller() -> None:
    rng = np.random.default_rng(3)
    few = np.where(rng.random((40, 50)) < 0.1, rng.normal(size=(40, 50)), 0).astype(np.float32)
    full = rng.normal(size=(40, 50)).astype(np.float32)
    written, formats = pack({"few": few, "full": full, "csr": sparse.csr_matrix(few)}, "sparse")
    assert set(formats) == {"few", "csr"}
    again = unpack(written, formats)
    np.testing.assert_array_equal(again["few"], few)
    assert sparse.issparse(again["csr"])
    np.testing.assert_array_equal(again["csr"].toarray(), few)


def test_small_and_whole_number_arrays_stay_as_they_are() -> None:
    arrays = {"ids": np.arange(1_000), "bias": np.ones(10, dtype=np.float32)}
    written, formats = pack(arrays, "int8")
    assert formats == {}
    assert written["ids"] is arrays["ids"]


def test_rows_of_zeros_stay_zero() -> None:
    array = np.zeros((20, 20), dtype=np.float32)
    for storage in ("int8", "bf16", "sparse"):
        np.testing.assert_array_equal(unpack(*pack({"x": array}, storage))["x"], array)


@pytest.mark.parametrize("which", ["ease", "bpr"])
@pytest.mark.parametrize("form", FORMS)
def test_a_variant_is_a_model_that_is_saved_and_loaded(
    request: pytest.FixtureRequest, split: cr.Split, tmp_path: Path, which: str, form: str
) -> None:
    model = request.getfixturevalue(which)
    before = {name: np.array(array) for name, array in model._arrays.items()}
    variant = make_variant(model, form, split, on_progress=silent)
    variant.save(tmp_path)
    again = cr.load_recommender(tmp_path)
    everyone = np.arange(model.n_users)
    np.testing.assert_array_equal(again.score(everyone), variant.score(everyone))
    assert again.recommend(histories=[["i0", "i2"]], k=3).equals(
        variant.recommend(histories=[["i0", "i2"]], k=3)
    )
    for name, array in before.items():
        np.testing.assert_array_equal(model._arrays[name], array, "the original is not changed")
    assert np.abs(again.score(everyone) - model.score(everyone)).max() > 0
    again.save(tmp_path / "again")
    weights = "weights.safetensors"
    assert (tmp_path / "again" / weights).stat().st_size == (tmp_path / weights).stat().st_size


def test_pruned_weights_between_items_stay_sparse(ease, split: cr.Split) -> None:
    variant = make_variant(ease, "pruned", split, keep=0.2, on_progress=silent)
    weights: Any = variant._arrays["item_weights"]
    assert sparse.issparse(weights)
    whole = ease._arrays["item_weights"]
    assert weights.nnz == pytest.approx(0.2 * np.count_nonzero(whole), rel=0.01)
    cut = np.abs(whole[np.asarray(weights.todense()) == 0]).max()
    assert np.abs(weights.data).min() >= cut


def test_a_student_ranks_as_its_teacher_does(ease, split: cr.Split) -> None:
    """Agreement of the top 10 far above chance: random lists share 10 * 10 / 60 = 1.7 items."""
    student = make_variant(ease, "distilled", split, factors=8, on_progress=silent)
    everyone = np.arange(ease.n_users)
    mine = np.argsort(-student.score(everyone), axis=1)[:, :10]
    theirs = np.argsort(-ease.score(everyone), axis=1)[:, :10]
    shared = [len(set(a) & set(b)) for a, b in zip(mine, theirs, strict=True)]
    assert np.mean(shared) > 7
    assert isinstance(student, Distilled)
    assert student.teacher is None
    again = make_variant(ease, "distilled", split, factors=8, on_progress=silent)
    np.testing.assert_array_equal(student.score(everyone), again.score(everyone))


def test_a_student_without_a_teacher_is_refused(split: cr.Split) -> None:
    with pytest.raises(DataError) as caught:
        Distilled().fit(split.train)
    assert caught.value.text.key == "recsys.no_teacher"


def test_forms_that_cannot_be(ease, split: cr.Split) -> None:
    with pytest.raises(ParamError):
        make_variant(ease, "smaller", split, on_progress=silent)
    popular = cr.recommender("popularity")
    popular.fit(split.train)
    with pytest.raises(ParamError) as caught:
        make_variant(popular, "int8", split, on_progress=silent)
    assert caught.value.text.key == "recsys.variant_nothing"


def test_speed_tells_a_slow_model_from_a_fast_one(ease, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = cr.recommender("ease")
    slow.__dict__.update(ease.__dict__)
    real = slow.score

    def late(*given, **named):
        time.sleep(0.02)
        return real(*given, **named)

    monkeypatch.setattr(slow, "score", late, raising=False)
    speeds = users_per_second(ease, slow)
    assert speeds[0] > speeds[1] > 0
    assert speeds[1] <= ease.n_users / 0.02


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    workspace = Workspace.create(tmp_path / "root", "Mine")
    data = cr.Dataset.from_frame(log(), MAPPING, name="log")
    workspace.save("dataset", "log", partial(save_dataset, data))
    return workspace


def test_variants_as_a_run(ws: Workspace) -> None:
    asked = {"dataset": "log", "model": "ease", "params": {"regularization": 20.0}}
    run_inline(ws, "train", asked)
    done = run_inline(ws, Variant, {"model": "ease", "factors": 8})
    table = done.table.set_index("form")
    assert list(table.index) == ["original", *FORMS]
    assert table.loc["original", ["size_share", "speed_ratio", "change"]].tolist() == [1, 1, 0]
    assert (table["users_per_second"] > 0).all()
    assert (table.loc[["int8", "bf16", "pruned"], "size_share"] < 1).all()
    original = evaluation_of(ws.thing("model", "ease").folder)
    for form in FORMS:
        thing = ws.thing("model", f"ease-{form}")
        assert thing.made_from[0].name == "ease"
        assert (thing.meta["dataset"], thing.meta["variant"]) == ("log", form)
        mine = evaluation_of(thing.folder)
        assert mine.split == original.split
        change = mine.row("ndcg")["value"] - original.row("ndcg")["value"]
        assert table.loc[form, "change"] == pytest.approx(change)
        assert table.loc[form, "change_low"] <= change <= table.loc[form, "change_high"]
        assert cr.load_recommender(thing.folder).facts["variant"]["form"] == form
    for lang in ("en", "zh"):
        assert "ease-int8" in done.summary(lang)
    run_inline(ws, "variant", {"model": "ease-pruned", "forms": ["int8"]})
    with pytest.raises(ParamError):
        run_inline(ws, "variant", {"model": "ease", "forms": ["tiny"]})
    ws.remove("dataset", "log")
    with pytest.raises(NotFoundError) as caught:
        run_inline(ws, "variant", {"model": "ease"})
    assert caught.value.text.key == "variant.no_data"
