"""Defaults follow a log's size and density; what hardly learns is told of."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

import causalrec as cr
from causalrec.core.progress import silent
from causalrec.recsys.learning.stopping import epochs_of_patience
from causalrec.recsys.learning.training_loop import FitJob, train_epochs
from causalrec.recsys.networks.ranking_params import steps_for
from causalrec.recsys.recommenders.ials import weights_for
from causalrec.recsys.recommenders.ncf import batch_for

#: Users, items, interactions: MovieLens 100K and 1M, Gowalla, Amazon Toys (training parts).
SIZES = [
    (943, 1_682, 80_000),
    (6_040, 3_416, 800_000),
    (29_858, 40_981, 810_000),
    (19_412, 11_924, 128_000),
]


def of_groups(users: int, items: int, each: int, groups: int, seed: int = 0) -> cr.Split:
    """Users of a group take some of the group's items: nothing is easier to learn."""
    rng = np.random.default_rng(seed)
    size = items // groups
    own = [(u % groups) * size + rng.choice(size, each, replace=False) for u in range(users)]
    frame = pd.DataFrame({"u": np.repeat(np.arange(users), each), "i": np.concatenate(own)})
    data = cr.Dataset.from_frame(frame, cr.ColumnMapping(user="u", item="i"))
    return cr.Split.per_user(data, seed=seed)


@pytest.mark.parametrize(("users", "items", "taken"), SIZES)
def test_ials_weights_scale_with_density_and_the_edge_of_chance(
    users: int, items: int, taken: int
) -> None:
    """What was not taken weighs 12 times what was; the penalty is a share of √p + √q."""
    rule = weights_for(users, items, taken)
    assert rule["alpha"] * users * items == pytest.approx(12 * taken)
    ridge_u = rule["regularization"] * (taken / users + rule["alpha"] * items)
    ridge_i = rule["regularization"] * (taken / items + rule["alpha"] * users)
    edge = np.sqrt(taken / users) + np.sqrt(taken / items)
    assert np.sqrt(ridge_u * ridge_i) == pytest.approx(0.45 * edge)


def test_the_sparser_the_log_the_less_the_unobserved_weighs() -> None:
    alphas = [weights_for(*size)["alpha"] for size in SIZES]
    assert alphas == sorted(alphas, reverse=True)
    assert alphas[2] < 0.01
    assert weights_for(10, 10, 90)["alpha"] == 1.0


def test_batches_follow_the_size_of_the_log() -> None:
    sizes = (80_000, 800_000, 10_000_000, 500)
    graph = [steps_for(n, 3_416) for n in sizes]
    assert [one["batch_size"] for one in graph] == [16_384, 131_072, 1_048_576, 1_024]
    assert graph[0]["regularization"] == graph[3]["regularization"] == 0.1
    assert graph[1]["regularization"] == pytest.approx(0.0316, abs=1e-4)
    assert [batch_for(n) for n in sizes] == [2_048, 2_048, 2_048, 32]


def test_patience_is_at_least_fifty_steps() -> None:
    waits = [epochs_of_patience(5, SimpleNamespace(steps_an_epoch=n)) for n in (1, 6, 10, 400)]
    assert waits == [50, 9, 5, 5]
    assert epochs_of_patience(60, SimpleNamespace(steps_an_epoch=1)) == 60
    slow = SimpleNamespace(steps_an_epoch=10, fewest_steps=300)
    assert epochs_of_patience(5, slow) == 30
    assert epochs_of_patience(5, SimpleNamespace()) == 5  # a pass that is a whole solve


def test_what_was_left_open_is_chosen_told_and_kept(tmp_path: Path) -> None:
    split = of_groups(60, 40, 8, 4)
    model = cr.recommender("ials", factors=4, regularization=0.02)
    report = model.fit(split.train)
    rule = weights_for(report.n_users, report.n_items, report.n_interactions)
    assert report.params["alpha"] == rule["alpha"]
    assert report.params["regularization"] == 0.02  # what a person asked for stays
    assert model.params.model_dump()["alpha"] == 0.0  # the next log has its own
    notes = [note for note in report.notes if note.key == "recsys.note_chosen"]
    assert len(notes) == 1
    assert "0.02" not in str(notes[0])
    model.save(tmp_path / "m")
    again = cr.load_recommender(tmp_path / "m")
    users = np.arange(5)
    np.testing.assert_array_equal(again.score(users), model.score(users))


def test_ials_learns_a_sparse_log_and_tells_of_a_collapse() -> None:
    """Of 2,030 items a user takes four that all like and six of the group's twenty.

    The weights that suit a dense log (MovieLens 100K: 0.3 and 0.01) shrink all but what is
    popular to nothing here; validation is best after the first pass, at the level of popularity.
    """
    rng = np.random.default_rng(0)
    own, liked = (1.0 / np.arange(1, n + 1) for n in (20, 30))
    items = []
    for user in range(1_000):
        group = 20 * (user % 100)
        items.append(group + rng.choice(20, 6, replace=False, p=own / own.sum()))
        items.append(2_000 + rng.choice(30, 4, replace=False, p=liked / liked.sum()))
    frame = pd.DataFrame({"u": np.repeat(np.arange(1_000), 10), "i": np.concatenate(items)})
    split = cr.Split.per_user(cr.Dataset.from_frame(frame, cr.ColumnMapping(user="u", item="i")))
    chosen = {}
    for name, params in {"rule": {}, "dense": {"alpha": 0.3, "regularization": 0.01}}.items():
        model = cr.recommender("ials", factors=32, epochs=8, **params)
        report = model.fit(split.train, split.valid, seed=0)
        chosen[name] = (float(report.curve["ndcg"].max()), {note.key for note in report.notes})
    collapsed = {"recsys.note_only_popular", "recsys.note_never_rose"}
    assert chosen["rule"][0] > 1.1 * chosen["dense"][0]
    assert not chosen["rule"][1] & collapsed
    assert chosen["dense"][1] >= {"recsys.note_only_popular"}


def test_ncf_learns_a_small_log() -> None:
    """120 users, six items each of a group of 20: a pass with a batch of 2,048 is one step."""
    split = of_groups(120, 60, 8, 3)
    model = cr.recommender("ncf", factors=16)
    report = model.fit(split.train, split.valid, seed=0)
    assert report.params["batch_size"] == 32
    assert cr.evaluate(model, split, k=5).row("auc")["value"] > 0.85
    assert "recsys.note_only_popular" not in [note.key for note in report.notes]


class Fixed:
    """Scores of each epoch are given."""

    def __init__(self, scores: list[np.ndarray]) -> None:
        self.scores, self.at = scores, -1

    def epoch(self) -> float:
        self.at += 1
        return 1.0

    def score(self, users: np.ndarray) -> np.ndarray:
        return np.tile(self.scores[min(self.at, len(self.scores) - 1)], (len(users), 1))

    def weights(self) -> dict[str, np.ndarray]:
        return {"at": np.array([self.at])}

    state = weights

    def restore(self, state: dict[str, np.ndarray]) -> None:
        self.at = int(state["at"][0])


@pytest.mark.parametrize(
    ("best", "then", "users", "keys"),
    [
        (9, 9, 40, ["recsys.note_only_popular", "recsys.note_never_rose"]),
        (5, 9, 40, ["recsys.note_never_rose"]),
        (9, 9, 10, []),  # too few users to tell
    ],
)
def test_a_fit_that_hardly_learnt_says_so(best: int, then: int, users: int, keys: Any) -> None:
    """Item 0 is everybody's, 5 is what was held out, and 9 the next most popular."""
    rows = np.arange(users)
    matrix = sparse.lil_matrix((users + 5, 30), dtype=np.float32)
    matrix[:, 0] = 1.0
    matrix[users:, 9] = 1.0
    held = sparse.csr_matrix((np.ones(users), (rows, [5] * users)), shape=matrix.shape)
    job = FitJob(sparse.csr_matrix(matrix), sparse.csr_matrix(held), 0, "cpu", silent)
    scores = [np.arange(30.0, 0.0, -1.0) for _ in range(2)]
    scores[0][best] = scores[1][then] = 99.0
    train_epochs(job, Fixed(scores), epochs=20, patience=4)
    assert [note.key for note in job.notes] == keys
