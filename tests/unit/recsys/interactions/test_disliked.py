"""What users rated and did not want is known of them: not listed, not ranked, kept."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import causalrec as cr
from causalrec.recsys.evaluation.cases import asked
from causalrec.recsys.interactions.disliked import disliked
from causalrec.recsys.model.later_log import knowing_later
from causalrec.recsys.model.recommender import Recommender


def ratings(**changes: object) -> cr.Dataset:
    """Ann likes a b c d; Bob rated a b c low; Cem likes a, e and rated f low."""
    rows = [("ann", item, 5) for item in "abcd"]
    rows += [("bob", "a", 1), ("bob", "b", 2), ("bob", "c", 0)]
    rows += [("cem", "a", 4), ("cem", "e", 5), ("cem", "f", 1)]
    frame = pd.DataFrame(rows, columns=["who", "what", "rating"]).assign(t=range(len(rows)))
    frame = frame.rename(columns={"rating": str(changes.get("outcome", "rating"))})
    mapping = {"outcome": "rating", "positive": 4, **changes}
    return cr.Dataset.from_frame(
        frame, cr.ColumnMapping(user="who", item="what", time="t", **mapping)
    )


def listed(model: Recommender, user: str, **how: object) -> set[str]:
    frame = model.recommend([user], k=6, **how)
    return set(frame["item"])


@pytest.mark.parametrize("name", ["popularity", "ease", "sasrec"])
def test_what_was_rated_low_is_not_listed(name: str, tmp_path: Path) -> None:
    few = {"factors": 4, "epochs": 1, "length": 4} if name == "sasrec" else {}
    model = cr.recommender(name, **few)
    model.fit(ratings())
    model.save(tmp_path)
    for one in (model, cr.load_recommender(tmp_path), model.with_popularity_penalty(1.0)):
        assert listed(one, "bob") == set("def")
        assert listed(one, "cem") == set("bcd")
        assert listed(one, "ann") == set("ef")
        assert listed(one, "bob", exclude_seen=False) == set("abcdef")
        assert listed(one, "bob", histories=[["d"]]) == set("ef")
        assert set(one.recommend(histories=[["d"]], k=6)["item"]) == set("abcef")


def test_who_only_disliked_is_told_so() -> None:
    model = cr.recommender("popularity")
    model.fit(ratings())
    notes = {note.key: note for note in model.recommend(["bob", "nobody"]).attrs["notes"]}
    assert "bob" in notes["recsys.note_only_disliked"]
    assert "bob" not in "".join(n for key, n in notes.items() if key != "recsys.note_only_disliked")


def test_impressions_without_an_act_may_be_shown_again() -> None:
    frame = pd.DataFrame({"u": ["a", "a", "b"], "i": ["x", "y", "y"], "click": [0, 1, 1]})
    data = cr.Dataset.from_frame(frame, cr.ColumnMapping(user="u", item="i", outcome="click"))
    model = cr.recommender("popularity")
    model.fit(data)
    assert disliked(data).nnz == 0
    assert listed(model, "a") == {"x"}


def test_an_amount_of_nothing_is_an_impression_a_small_one_a_dislike() -> None:
    data = ratings(outcome="minutes", positive=4)
    pairs = {
        (data.user_ids[u], data.item_ids[i]) for u, i in zip(*disliked(data).nonzero(), strict=True)
    }
    assert pairs == {("bob", "a"), ("bob", "b"), ("cem", "f")}
    assert disliked(ratings(positive=None)).nnz == 0


def test_a_later_mark_counts() -> None:
    """Liked in the end: taken. Known from a later part: hidden as well."""
    rows = [
        ("u", "a", 1, 0),
        ("u", "a", 5, 1),
        ("u", "b", 1, 2),
        ("v", "b", 5, 3),
        ("v", "c", 5, 4),
    ]
    frame = pd.DataFrame(rows, columns=["who", "what", "rating", "t"])
    mapping = cr.ColumnMapping(user="who", item="what", time="t", outcome="rating", positive=4)
    data = cr.Dataset.from_frame(frame, mapping)
    model = cr.recommender("popularity")
    model.fit(data)
    assert disliked(data).nnz == 1
    assert listed(model, "u") == {"c"}
    later = data.with_frame(
        pd.DataFrame(
            {
                "user": [0, 0],
                "item": [1, 2],
                "rating": [5.0, 1.0],
                "time": data.frame["time"].iloc[:2],
            }
        )
    )
    wiser = knowing_later(model, later)
    assert (wiser.history[0].nnz, wiser.disliked[0].nnz) == (2, 1)
    assert listed(wiser, "u") == set()
    assert model.disliked.nnz == 1
    assert model.with_history(later).disliked.nnz == 1


def test_disliked_items_are_no_candidates() -> None:
    rng = np.random.default_rng(0)
    rows = [(u, i, rng.integers(1, 6)) for u in range(30) for i in rng.permutation(20)[:12]]
    frame = pd.DataFrame(rows, columns=["u", "i", "rating"]).assign(t=np.arange(len(rows)))
    mapping = cr.ColumnMapping(user="u", item="i", time="t", outcome="rating", positive=4)
    split = cr.Split.per_user(cr.Dataset.from_frame(frame, mapping))
    model = cr.recommender("popularity")
    model.fit(split.train, split.valid)
    task = asked(model, split, "test")
    low = disliked(split.train)[task.codes]
    assert low.nnz > 50
    assert (task.seen != 0).multiply(low).nnz == low.nnz
    assert task.targets.multiply(task.seen).nnz == 0
    assert (task.n_candidates == 20 - task.seen.getnnz(axis=1)).all()
    assert (task.seen.getnnz(axis=1) > task.history.getnnz(axis=1)).any()


@pytest.mark.parametrize("outcome", ["rating", "vote"])
def test_low_marks_that_count_as_wanted_are_said(outcome: str) -> None:
    frame = pd.DataFrame({"who": list("abcd"), "what": list("abab"), outcome: [5, -1, 4, 1]})
    how = {"user": "who", "item": "what", "outcome": outcome}
    notes = [str(note) for note in cr.Dataset.from_frame(frame, cr.ColumnMapping(**how)).notes]
    assert any("count as wanted all the same" in note for note in notes)
    settled = cr.Dataset.from_frame(frame, cr.ColumnMapping(**how, positive=4))
    assert not any("count as wanted" in str(note) for note in settled.notes)
