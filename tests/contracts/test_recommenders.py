"""What every recommender on the shelf promises; a new one is tested by being listed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

import causalrec as cr
from causalrec.core.errors import Cancelled, DataError, MemoryBudgetError, NotFoundError, ParamError
from causalrec.recsys.interactions.interaction_matrix import by_time
from causalrec.recsys.model.recommender import Recommender
from causalrec.recsys.recommenders import RECOMMENDERS

MAPPING = cr.ColumnMapping(user="u", item="i", time="t")
NAMES = sorted(RECOMMENDERS)
#: The bars below all models: one list for everybody, and chance. They learn no taste.
BARS = RECOMMENDERS.where(personal=False)
#: Small models, so that the whole suite takes seconds.
SMALL: dict[str, dict[str, Any]] = {
    "bpr": {"factors": 8, "epochs": 40, "batch_size": 64},
    "joint": {"factors": 8, "epochs": 25, "learning_rate": 0.02, "batch_size": 64},
    "content": {"factors": 8, "encoder": "tf-idf"},
    "ials": {"factors": 8, "epochs": 4},
    "item-knn": {"k": 20, "shrink": 5.0},
    "user-knn": {"k": 20, "shrink": 5.0},
    "multvae": {"factors": 8, "width": 16, "epochs": 30, "batch_size": 64, "learning_rate": 0.01},
    "sasrec": {"factors": 16, "length": 8, "epochs": 15, "batch_size": 64, "learning_rate": 0.01},
    "ease": {"regularization": 20.0},
    "slim": {"l1": 0.1, "l2": 5.0},
    "hybrid": {
        "models": ("ease", "ials", "item-knn"),
        "settings": {
            "ease": {"regularization": 20.0},
            "ials": {"factors": 8, "epochs": 4},
            "item-knn": {"k": 20, "shrink": 5.0},
        },
    },
    "gat": {"factors": 8, "epochs": 15, "batch_size": 128, "heads": 2},
    "gcn": {"factors": 8, "epochs": 15, "batch_size": 128},
    "ncf": {"factors": 8, "epochs": 25, "batch_size": 64, "learning_rate": 0.02},
    "lightgcn": {"factors": 8, "epochs": 15, "batch_size": 128},
}


def made(name: str) -> Recommender:
    return cr.recommender(name, **SMALL.get(name, {}))


def log(users: int = 60, items: int = 40, seed: int = 0) -> pd.DataFrame:
    """Two tastes: even users take even items, odd users odd ones, popular ones more often."""
    rng = np.random.default_rng(seed)
    rows = []
    for user in range(users):
        mine = np.arange(user % 2, items, 2)
        share = 1.0 / (1.0 + np.arange(len(mine)))
        taken = rng.choice(mine, size=8, replace=False, p=share / share.sum())
        rows += [(f"user {user}", f"i{item}") for item in taken]
    frame = pd.DataFrame(rows, columns=["u", "i"])
    return frame.assign(t=np.arange(len(frame)) + 1_600_000_000)


@pytest.fixture(scope="module")
def split() -> cr.Split:
    return cr.Split.leave_last(cr.Dataset.from_frame(log(), MAPPING, name="two tastes"))


@pytest.fixture(scope="module")
def fitted(split: cr.Split) -> dict[str, Recommender]:
    models = {name: made(name) for name in NAMES}
    for model in models.values():
        model.fit(split.train, split.valid, seed=3)
    return models


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_scores_have_shape_type_and_are_finite(fitted: dict[str, Recommender], name: str) -> None:
    scores = fitted[name].score([0, 5, 5, -1])
    assert scores.shape == (4, fitted[name].n_items)
    assert scores.dtype == np.float32
    assert np.isfinite(scores).all()
    np.testing.assert_array_equal(scores[1], scores[2])


def test_a_policy_of_a_model_is_measured_as_the_model_is(
    fitted: dict[str, Recommender], name: str, split: cr.Split
) -> None:
    # Also where the order of a history counts.
    policy = cr.Policy.from_recommender(fitted[name], ranked=True)
    drawn = cr.intervention("explore", epsilon=0.0).apply(policy)
    asked = {"k": 10, "metrics": ["ndcg", "gini"]}
    whole = cr.evaluate(fitted[name], split, **asked).table
    for one in (policy, drawn):
        told = cr.evaluate(one, split, **asked).table
        assert told["value"].to_list() == pytest.approx(whole["value"].to_list())


@pytest.fixture(scope="module")
def elsewhere(
    fitted: dict[str, Recommender], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, tuple[np.ndarray, Any]]:
    """Scores and a stranger's list of every saved model, made by another process."""
    folder = tmp_path_factory.mktemp("models")
    for name, model in fitted.items():
        model.save(folder / name)
    code = (
        "import sys, pathlib, numpy as np, causalrec as cr\n"
        "for folder in pathlib.Path(sys.argv[1]).iterdir():\n"
        "    m = cr.load_recommender(folder)\n"
        "    np.save(folder / 'scores.npy', m.score(np.arange(m.n_users)))\n"
        "    lists = m.recommend(histories=[['i0', 'i2', 'i4']], k=5)\n"
        "    (folder / 'lists.json').write_text(lists.to_json())\n"
    )
    subprocess.run([sys.executable, "-c", code, str(folder)], check=True)
    return {
        name: (
            np.load(folder / name / "scores.npy"),
            json.loads((folder / name / "lists.json").read_text()),
        )
        for name in fitted
    }


def test_saved_model_scores_the_same_in_another_process(
    fitted: dict[str, Recommender], elsewhere: dict[str, tuple[np.ndarray, Any]], name: str
) -> None:
    model = fitted[name]
    scores, lists = elsewhere[name]
    np.testing.assert_array_equal(scores, model.score(np.arange(model.n_users)))
    here = model.recommend(histories=[["i0", "i2", "i4"]], k=5)
    assert lists == json.loads(here.to_json())


def test_saved_model_keeps_ids_parameters_and_report(
    fitted: dict[str, Recommender], name: str, tmp_path: Path
) -> None:
    model = fitted[name]
    model.save(tmp_path)
    again = cr.load_recommender(tmp_path)
    assert again.params == model.params
    assert again.fingerprint == model.fingerprint
    assert again.report is not None
    assert model.report is not None
    assert model.report.usage is not None
    assert model.report.seconds == model.report.usage.seconds
    assert again.report.model_dump() | {"curve": 0} == model.report.model_dump() | {"curve": 0}
    assert list(again.item_ids) == list(model.item_ids)
    assert list(again.user_ids) == list(model.user_ids)
    assert (again.history != model.history).nnz == 0


def test_same_seed_twice_is_identical(
    fitted: dict[str, Recommender], name: str, split: cr.Split
) -> None:
    again = made(name)
    again.fit(split.train, split.valid, seed=3)
    everyone = np.arange(again.n_users)
    np.testing.assert_array_equal(again.score(everyone), fitted[name].score(everyone))


def test_unseen_user_gets_what_suits_the_history(fitted: dict[str, Recommender], name: str) -> None:
    """A stranger with the even taste gets the items that no model of the odd taste would."""
    frame = fitted[name].recommend(histories={"stranger": ["i0", "i2", "i4", "i6"]}, k=5)
    assert list(frame.columns) == ["user", "rank", "item", "score"]
    assert set(frame["user"]) == {"stranger"}
    assert list(frame["rank"]) == [1, 2, 3, 4, 5]
    assert not set(frame["item"]) & {"i0", "i2", "i4", "i6"}
    even = sum(int(item[1:]) % 2 == 0 for item in frame["item"])
    if name not in BARS:
        assert even >= 4
    assert frame.attrs["notes"] == []


def test_unknown_items_are_named_and_skipped(fitted: dict[str, Recommender], name: str) -> None:
    model = fitted[name]
    plain = model.recommend(histories=[["i0", "i2"]], k=3)
    frame = model.recommend(histories=[["i0", "what is this", "i2"]], k=3)
    pd.testing.assert_frame_equal(plain, frame)
    (note,) = frame.attrs["notes"]
    assert note.key == "recsys.note_unknown_items"
    assert "what is this" in note


def test_empty_history_falls_back_to_popularity_and_says_so(
    fitted: dict[str, Recommender], name: str
) -> None:
    frame = fitted[name].recommend(histories={"new": []}, k=4)
    popular = fitted["popularity"].recommend(histories={"new": []}, k=4)
    assert list(frame["item"]) == list(popular["item"])
    assert [note.key for note in frame.attrs["notes"]] == ["recsys.note_cold"]
    assert "new" in frame.attrs["notes"][0]


def test_unknown_user_id_gets_the_popular_items_and_is_named(
    fitted: dict[str, Recommender], name: str
) -> None:
    frame = fitted[name].recommend(["user 1", "nobody"], k=3)
    assert set(frame["user"]) == {"user 1", "nobody"}
    assert "nobody" in frame.attrs["notes"][0]
    assert "user 1" not in frame.attrs["notes"][0]


def test_k_beyond_the_catalogue_lists_what_is_left(
    fitted: dict[str, Recommender], name: str
) -> None:
    model = fitted[name]
    taken = int(model.history[0].nnz)
    frame = model.recommend([model.user_ids[0]], k=10_000)
    assert len(frame) == model.n_items - taken
    whole = model.recommend([model.user_ids[0]], k=10_000, exclude_seen=False)
    assert len(whole) == model.n_items
    assert whole["item"].is_unique


def test_user_who_has_seen_everything(fitted: dict[str, Recommender], name: str) -> None:
    model = fitted[name]
    frame = model.recommend(histories={"full": list(model.item_ids)}, k=3)
    assert frame.empty
    assert [note.key for note in frame.attrs["notes"]] == ["recsys.note_nothing_left"]


def test_duplicates_count_once(name: str) -> None:
    once, twice = made(name), made(name)
    frame = log(users=20, items=20)
    once.fit(cr.Dataset.from_frame(frame, MAPPING))
    doubled = pd.concat([frame, frame.iloc[::3]], ignore_index=True)
    twice.fit(cr.Dataset.from_frame(doubled, MAPPING))
    np.testing.assert_array_equal(once.score(range(20)), twice.score(range(20)))


def test_cancel_at_the_first_step_leaves_the_model_unfitted(name: str, split: cr.Split) -> None:
    def stop(fraction: float, message: Any = None, /, **metrics: float) -> None:
        if metrics or fraction == 0.0:
            raise Cancelled

    model = made(name)
    with pytest.raises(Cancelled):
        model.fit(split.train, split.valid, on_progress=stop)
    assert model.report is None
    with pytest.raises(DataError):
        model.score([0])


def test_progress_rises_to_one(name: str, split: cr.Split) -> None:
    told: list[float] = []

    def listen(fraction: float, message: Any = None, /, **metrics: float) -> None:
        told.append(fraction)

    made(name).fit(split.train, split.valid, on_progress=listen)
    assert told == sorted(told)
    assert told[-1] == 1.0


@pytest.mark.parametrize(("users", "items"), [(1, 1), (1, 5), (5, 1)])
def test_one_user_or_one_item(name: str, users: int, items: int) -> None:
    rows = [(f"u{u}", f"i{i}") for u in range(users) for i in range(items)]
    data = cr.Dataset.from_frame(pd.DataFrame(rows, columns=["u", "i"]).assign(t=0), MAPPING)
    model = made(name)
    model.fit(data)
    assert model.score(np.arange(users)).shape == (users, items)


def test_outcome_that_is_always_one_is_learnt_from(name: str) -> None:
    frame = log(users=20, items=20)
    outcome = cr.ColumnMapping(user="u", item="i", time="t", outcome="click")
    model, plain = made(name), made(name)
    model.fit(cr.Dataset.from_frame(frame.assign(click=1), outcome))
    plain.fit(cr.Dataset.from_frame(frame, MAPPING))
    np.testing.assert_array_equal(model.score(range(20)), plain.score(range(20)))


def test_outcome_that_is_always_zero_is_refused(name: str) -> None:
    outcome = cr.ColumnMapping(user="u", item="i", time="t", outcome="click")
    data = cr.Dataset.from_frame(log(users=5).assign(click=0), outcome)
    with pytest.raises(DataError) as caught:
        made(name).fit(data)
    assert caught.value.text.key == "recsys.no_positives"
    assert caught.value.hint


def test_log_without_users_is_refused(name: str) -> None:
    data = cr.Dataset.from_frame(log(users=5), cr.ColumnMapping(item="i"))
    with pytest.raises(DataError) as caught:
        made(name).fit(data)
    assert caught.value.text.key == "recsys.no_users"


def test_unit_weights_change_nothing_and_zero_weights_forget(name: str) -> None:
    frame = log(users=20, items=20)
    data = cr.Dataset.from_frame(frame, MAPPING)
    plain, even, partly = made(name), made(name), made(name)
    plain.fit(data)
    even.fit(data, weights=np.ones(len(data)))
    np.testing.assert_allclose(even.score(range(20)), plain.score(range(20)), atol=1e-6)
    gone = np.where(data.frame["item"] == 3, 0.0, 1.0)
    partly.fit(data, weights=gone)
    change = np.abs(partly.score(range(20)) - plain.score(range(20))).max()
    assert change == 0.0 if name == "random" else change > 1e-4


def test_weights_that_are_all_zero_leave_nothing_to_learn(name: str) -> None:
    data = cr.Dataset.from_frame(log(users=20, items=20), MAPPING)
    with pytest.raises(DataError) as caught:
        made(name).fit(data, weights=np.zeros(len(data)))
    assert caught.value.text.key == "recsys.no_positives"


@pytest.mark.parametrize("weights", [[1.0], [-1.0] * 160, [np.nan] * 160])
def test_weights_that_cannot_be_used(name: str, weights: list[float]) -> None:
    data = cr.Dataset.from_frame(log(users=20, items=20), MAPPING)
    with pytest.raises(ParamError):
        made(name).fit(data, weights=weights)


def test_scores_that_are_not_finite_raise(
    fitted: dict[str, Recommender], name: str, tmp_path: Path
) -> None:
    fitted[name].save(tmp_path)
    broken = cr.load_recommender(tmp_path)
    if name == "random":
        pytest.skip("scores come from whole numbers, which are always finite")
    for key, array in broken._arrays.items():
        if array.dtype.kind == "f":
            broken._arrays[key] = np.full_like(array, np.nan)
    with pytest.raises(DataError) as caught:
        broken.score([0])
    assert caught.value.text.key == "recsys.non_finite"


def test_history_may_be_given_in_any_form(
    fitted: dict[str, Recommender], name: str, split: cr.Split
) -> None:
    model = fitted[name]
    users = np.array([2, 7])
    expected = model.score(users)
    forms = [model.history[users], model.history, split.train]
    items, starts = by_time(model.history[users])
    lists = [list(model.item_ids[mine]) for mine in np.split(items, starts[1:-1])]
    for form in [*forms, lists]:
        np.testing.assert_allclose(model.score(users, form), expected, atol=1e-5)
    with pytest.raises(ParamError):
        model.score(users, sparse.csr_matrix((3, 4)))
    with pytest.raises(ParamError):
        model.score([10_000])


def test_known_history_can_be_replaced(fitted: dict[str, Recommender], name: str) -> None:
    model = fitted[name]
    other = model.with_history(sparse.csr_matrix((model.n_users, model.n_items)))
    assert other.history.nnz == 0
    assert model.history.nnz > 0
    frame = other.recommend([model.user_ids[0]], k=3)
    assert frame.attrs["notes"][0].key == "recsys.note_cold"


def test_damaged_and_foreign_folders_are_named(
    fitted: dict[str, Recommender], name: str, tmp_path: Path
) -> None:
    with pytest.raises(NotFoundError):
        cr.load_recommender(tmp_path / "nothing")
    folder = tmp_path / "model"
    fitted[name].save(folder)
    weights = folder / "weights.safetensors"
    whole = weights.read_bytes()
    for damage in (whole[: len(whole) // 2], b"", whole[:-4] + b"\0\1\2\3"):
        weights.write_bytes(damage)
        with pytest.raises(DataError, match=r"weights\.safetensors"):
            cr.load_recommender(folder)
    weights.unlink()
    with pytest.raises(DataError, match=r"weights\.safetensors"):
        cr.load_recommender(folder)
    document = folder / "model.json"
    text = document.read_text()
    for damage_text, key in (
        (text[: len(text) // 2], "recsys.model_damaged"),
        ('{"a": 1}', "recsys.model_foreign"),
        ("[]", "recsys.model_foreign"),
        (json.dumps(json.loads(text) | {"format_version": 99}), "recsys.model_newer"),
        (text.replace('"user_ids"', '"user_idz"'), "recsys.model_damaged"),
    ):
        document.write_text(damage_text)
        with pytest.raises(DataError) as caught:
            cr.load_recommender(folder)
        assert caught.value.text.key == key
        assert caught.value.hint


def test_unknown_parameters_and_values_are_refused(name: str) -> None:
    with pytest.raises(ParamError):
        cr.recommender(name, no_such_thing=1)
    for field, info in RECOMMENDERS[name].Params.model_fields.items():
        assert info.json_schema_extra["help"]
        with pytest.raises(ParamError):
            cr.recommender(name, **{field: -1})


@pytest.mark.parametrize("name", [n for n in NAMES if n not in BARS])
def test_memory_is_refused_before_it_is_taken(
    name: str, split: cr.Split, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAUSALREC_MEMORY_GB", "0.000001")
    with pytest.raises(MemoryBudgetError) as caught:
        made(name).fit(split.train)
    assert "GB" in str(caught.value)


@pytest.mark.parametrize("name", [n for n in NAMES if n not in BARS])
def test_learns_the_taste(fitted: dict[str, Recommender], name: str, split: cr.Split) -> None:
    """Every model beats popularity where tastes are plain, by more than its interval's width."""
    popular = cr.evaluate(fitted["popularity"], split, k=10)
    table = cr.evaluate(fitted[name], split, k=10)
    assert table.row("hit_rate")["value"] > popular.row("hit_rate")["value"]
