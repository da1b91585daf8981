"""Sequences and autoencoders: nothing looks ahead, padding is nothing, order is kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from practice_sequences import MAPPING, cycle
from scipy import sparse

import causalrec as cr
from causalrec.core.errors import Cancelled, ParamError
from causalrec.recsys.interactions.interaction_matrix import by_time, positives
from causalrec.recsys.interactions.sequences import Sequences, latest
from causalrec.recsys.model.fit_job import job_of
from causalrec.recsys.recommenders import multvae, sasrec
from causalrec.recsys.team.team import Team

SASREC: dict[str, Any] = {
    "factors": 16,
    "length": 8,
    "batch_size": 128,
    "epochs": 12,
    "learning_rate": 0.01,
    "dropout": 0.1,
}
MULTVAE: dict[str, Any] = {"factors": 8, "width": 16, "batch_size": 200, "epochs": 8}


@pytest.fixture(scope="module")
def data() -> cr.Dataset:
    return cr.Dataset.from_frame(cycle(), MAPPING, name="cycle")


@pytest.fixture(scope="module")
def fitted(data: cr.Dataset) -> cr.recsys.Recommender:
    model = cr.recommender("sasrec", **SASREC)
    model.fit(data, seed=0)
    return model


@pytest.mark.parametrize("loss", ["softmax", "sampled"])
def test_sasrec_learns_what_comes_next(data: cr.Dataset, loss: str) -> None:
    model = cr.recommender("sasrec", **SASREC, loss=loss, negatives=6)
    model.fit(data, seed=0)
    lists = model.recommend(histories=[["3", "4", "5"], ["9", "10"]], k=1)
    assert list(lists["item"]) == ["6", "11"]


def test_order_of_the_history_matters(fitted: Any) -> None:
    forth, back = fitted.score([-1, -1], [["2", "3", "4"], ["4", "3", "2"]])
    assert np.abs(forth - back).max() > 0.1


def test_only_the_window_is_looked_at(fitted: Any) -> None:
    ids = [str(n) for n in range(12)]
    long, short = fitted.score([-1, -1], [ids, ids[-8:]])
    np.testing.assert_allclose(long, short, atol=1e-5)


def test_saved_folder_keeps_the_order(fitted: Any, data: cr.Dataset, tmp_path: Path) -> None:
    fitted.save(tmp_path)
    again = cr.load_recommender(tmp_path)
    expected = by_time(positives(data, ordered=True))
    for mine, theirs in zip(by_time(again.history), expected, strict=True):
        np.testing.assert_array_equal(mine, theirs)
    everyone = np.arange(fitted.n_users)
    np.testing.assert_array_equal(again.score(everyone), fitted.score(everyone))


def test_evaluation_reads_train_then_validation(
    fitted: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    split = cr.Split.leave_last(cr.Dataset.from_frame(cycle(users=30), MAPPING))
    seen: list[tuple[np.ndarray, list[int]]] = []

    def watch(users: np.ndarray, history: sparse.csr_matrix) -> np.ndarray:
        items, sizes = latest(history, 100)
        ends = np.cumsum(sizes)
        names = np.asarray(fitted.item_ids)[items].astype(int)
        seen.extend((names[e - n : e], []) for e, n in zip(ends, sizes, strict=True))
        return np.zeros((len(users), fitted.n_items))

    monkeypatch.setattr(fitted, "_score", watch)
    cr.evaluate(fitted, split, k=3)
    assert len(seen) == 30
    for names, _ in seen:
        assert len(names) == 8  # of nine, the last is held out and the one before is validation
        np.testing.assert_array_equal(np.diff(names) % 12, 1)


def test_rows_are_the_order_where_there_are_no_times() -> None:
    frame = cycle().sort_values(["u", "t"])
    timed = cr.recommender("sasrec", **SASREC)
    bare = cr.recommender("sasrec", **SASREC)
    timed.fit(cr.Dataset.from_frame(frame, MAPPING))
    report = bare.fit(
        cr.Dataset.from_frame(frame.drop(columns="t"), cr.ColumnMapping(user="u", item="i"))
    )
    assert "recsys.note_row_order" in [note.key for note in report.notes]
    assert timed.report is not None
    assert "recsys.note_row_order" not in [note.key for note in timed.report.notes]
    np.testing.assert_array_equal(timed.score(range(80)), bare.score(range(80)))


def test_many_items_are_drawn_from_and_a_note_says_so(
    data: cr.Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = cr.recommender("sasrec", **SASREC | {"epochs": 1}).fit(data)
    monkeypatch.setattr(sasrec, "_FULL", 10.0)
    many = cr.recommender("sasrec", **SASREC | {"epochs": 1}).fit(data)
    assert [note.key for note in few.notes] == ["recsys.note_events_softmax"]
    assert [note.key for note in many.notes] == ["recsys.note_events_sampled"]


def test_heads_must_share_the_factors(data: cr.Dataset) -> None:
    with pytest.raises(ParamError) as caught:
        cr.recommender("sasrec", factors=10, heads=3).fit(data)
    assert caught.value.text.key == "recsys.heads_factors"
    assert caught.value.hint


def learner_of(name: str, data: cr.Dataset, team: Team) -> Any:
    """As `fit` makes it, without dropout."""
    params = {**(SASREC if name == "sasrec" else MULTVAE), "dropout": 0.0}
    if name == "sasrec":
        params |= {"loss": "sampled", "negatives": 5}
    model: Any = cr.recommender(name, **params)
    job = job_of(model, data, seed=4, device="cpu")
    job.team = team
    job.curve = [{}] * 3  # so that the divergence counts
    return (sasrec if name == "sasrec" else multvae)._Learner(job, model.params)


@pytest.mark.parametrize("name", ["sasrec", "multvae"])
def test_two_processes_add_up_to_one(data: cr.Dataset, name: str) -> None:
    """The slopes of two shares of a batch sum to those of the whole, batch after batch."""
    alone, *pair = [learner_of(name, data, team) for team in (Team(), Team(0, 2), Team(1, 2))]
    steps = zip(*(learner.batches() for learner in (alone, *pair)), strict=True)
    for _, (whole, *others) in zip(range(3), steps, strict=False):
        for learner, batch in zip((alone, *pair), (whole, *others), strict=True):
            np.testing.assert_array_equal(batch, whole)
            learner.optimiser.zero_grad()
            share = learner.job.team.share(len(batch))
            learner.loss(batch[share], len(batch)).backward()
        for mine, one, other in zip(
            *(learner.module.parameters() for learner in (alone, *pair)), strict=True
        ):
            np.testing.assert_allclose(mine.grad, one.grad + other.grad, atol=1e-6)


@pytest.mark.parametrize("name", ["sasrec", "multvae"])
def test_stopped_and_taken_up_again_is_as_if_never_stopped(
    data: cr.Dataset, name: str, tmp_path: Path
) -> None:
    params = {**(SASREC if name == "sasrec" else MULTVAE), "epochs": 4}

    def stop(fraction: float, message: Any = None, /, **metrics: float) -> None:
        if metrics.get("epoch") == 2:
            raise Cancelled

    straight, broken = cr.recommender(name, **params), cr.recommender(name, **params)
    straight.fit(data, seed=1)
    with pytest.raises(Cancelled):
        broken.fit(data, seed=1, on_progress=stop, checkpoint=tmp_path)
    report = broken.fit(data, seed=1, checkpoint=tmp_path)
    assert "recsys.note_resumed" in [note.key for note in report.notes]
    np.testing.assert_array_equal(straight.score(range(80)), broken.score(range(80)))


def test_weight_zero_is_context_and_no_target() -> None:
    order = sparse.csr_matrix(np.array([[1, 2, 3]], np.float32))
    kept = sparse.csr_matrix(np.array([[1, 0, 2]], np.float32))
    sequences = Sequences(order, kept, 5, "cpu")
    batch, targets, weights = sequences.batch(*sequences.windows(torch.Generator()))
    np.testing.assert_array_equal(batch.items, [0, 1])
    np.testing.assert_array_equal(targets, [1, 2])
    np.testing.assert_allclose(weights, [0, 4 / 3])


@pytest.mark.parametrize("name", ["sasrec", "multvae"])
def test_validation_scores_are_the_model_s_own(data: cr.Dataset, name: str) -> None:
    """The torch pass that stops training early and the numpy pass that lists agree."""
    learner = learner_of(name, data, Team())
    learner.epoch()
    users = np.array([5, 0, 33])
    model = cr.recommender(name, **(SASREC if name == "sasrec" else MULTVAE))
    model.fit(data)
    model._arrays = learner.weights()
    np.testing.assert_allclose(learner.score(users), model.score(users), atol=1e-4)


def test_multvae_unfolds_what_goes_together() -> None:
    """Two groups of items: a user of the one is offered the rest of it."""
    rng = np.random.default_rng(0)
    rows = [(u, 10 * (u % 2) + i) for u in range(120) for i in rng.permutation(10)[:6]]
    frame = pd.DataFrame(rows, columns=["u", "i"]).assign(t=0)
    model = cr.recommender("multvae", **MULTVAE | {"epochs": 60})
    model.fit(cr.Dataset.from_frame(frame, MAPPING), seed=0)
    lists = model.recommend(histories=[["0", "1", "2"], ["12", "15"]], k=4)
    groups = lists["item"].astype(int) // 10
    assert (groups[lists["user"] == "0"] == 0).all()
    assert (groups[lists["user"] == "1"] == 1).all()
