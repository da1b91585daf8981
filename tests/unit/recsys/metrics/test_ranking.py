"""Metrics against sklearn and hand-computed values; top-k; the bootstrap; evaluation's rules."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

import causalrec as cr
from causalrec.core.errors import CausalRecError, DataError, ParamError
from causalrec.recsys.arrays.topk import best, chunks, hide
from causalrec.recsys.metrics import METRICS
from causalrec.recsys.metrics.accuracy.ndcg import ndcg_of_lists
from causalrec.recsys.metrics.judged import Judged, hits

MAPPING = cr.ColumnMapping(user="u", item="i")


def targets(rows: list[list[int]], width: int) -> sparse.csr_matrix:
    matrix = sparse.lil_matrix((len(rows), width), dtype=np.float32)
    for row, items in enumerate(rows):
        matrix[row, items] = 1.0
    return sparse.csr_matrix(matrix)


def judged(lists: np.ndarray, held: sparse.csr_matrix, wanted: object = None) -> Judged:
    total = held.getnnz(axis=1) if wanted is None else np.asarray(wanted)
    return Judged(hits(lists, held), total, np.full(len(lists), held.shape[1]))


def test_hand_computed() -> None:
    """Hits at ranks 2 and 3 of two targets; none of one; a hit at rank 1 of three."""
    lists = np.array([[5, 1, 2], [0, 3, 4], [7, 6, -1]])
    held = targets([[1, 2], [9], [7, 8, 9]], 10)
    gain = 1 / np.log2(3) + 1 / np.log2(4)
    ideal2, ideal3 = 1 + 1 / np.log2(3), 1 + 1 / np.log2(3) + 0.5
    by_hand = judged(lists, held)
    expected = {
        METRICS["ndcg"]: [gain / ideal2, 0, 1 / ideal3],
        METRICS["recall"]: [1, 0, 1 / 3],
        METRICS["precision"]: [2 / 3, 0, 1 / 3],
        METRICS["f1"]: [4 / 5, 0, 2 / 6],
        METRICS["accuracy"]: [9 / 10, 6 / 10, 6 / 10],
        METRICS["mrr"]: [1 / 2, 0, 1],
        METRICS["map"]: [(1 / 2 + 2 / 3) / 2, 0, 1 / 3],
        METRICS["hit_rate"]: [1, 0, 1],
    }
    for metric, values in expected.items():
        np.testing.assert_allclose(metric.of(by_hand), values, rtol=1e-12, err_msg=metric.name)


def test_targets_outside_the_catalogue_count_as_missed() -> None:
    missed = judged(np.array([[0, 1]]), targets([[0]], 3), [4])
    assert METRICS["recall"].of(missed)[0] == 0.25
    assert METRICS["ndcg"].of(missed)[0] == pytest.approx(1 / (1 + 1 / np.log2(3)))
    assert ndcg_of_lists(np.array([[0, 1]]), targets([[0]], 3), np.array([4]))[0] < 1


def test_ndcg_agrees_with_sklearn() -> None:
    from sklearn.metrics import ndcg_score

    rng = np.random.default_rng(0)
    scores = rng.permuted(np.tile(np.arange(50.0), (30, 1)), axis=1)
    relevant = rng.random((30, 50)) < 0.1
    relevant[:, 0] = True
    for k in (1, 5, 10, 50, 60):
        mine = ndcg_of_lists(best(scores, k), sparse.csr_matrix(relevant, dtype=float))
        theirs = [ndcg_score([r], [s], k=k) for r, s in zip(relevant, scores, strict=True)]
        np.testing.assert_allclose(mine, theirs, rtol=1e-10)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 6), st.integers(1, 12), st.integers(1, 15), st.integers(0, 2**31), st.booleans()
)
def test_best_is_a_stable_sort(n: int, width: int, k: int, seed: int, ties: bool) -> None:
    rng = np.random.default_rng(seed)
    scores = rng.integers(0, 3, (n, width)).astype(float) if ties else rng.random((n, width))
    scores[rng.random((n, width)) < 0.2] = -np.inf
    expected = np.full((n, k), -1)
    for row in range(n):
        order = [i for i in np.argsort(-scores[row], kind="stable") if scores[row, i] > -np.inf]
        expected[row, : min(k, len(order))] = order[:k]
    np.testing.assert_array_equal(best(scores, k), expected)


def test_hide_masks_a_copy() -> None:
    scores = np.zeros((2, 3))
    hidden = hide(scores, targets([[1], [0, 2]], 3))
    assert np.isneginf(hidden).sum() == 3
    assert not np.isneginf(scores).any()


def test_chunks_cover_everything_once() -> None:
    parts = list(chunks(1_000_003, 5_000))
    assert len(parts) > 1
    assert sum(p.stop - p.start for p in parts) == 1_000_003
    assert [p.start for p in parts[1:]] == [p.stop for p in parts[:-1]]


def test_catalogue_metrics_by_hand() -> None:
    assert METRICS["coverage"].of_counts(np.array([0, 2, 0, 1])) == 0.5
    assert METRICS["gini"].of_counts(np.array([3, 3, 3])) == pytest.approx(0.0)
    assert METRICS["gini"].of_counts(np.array([0, 0, 0, 8])) == pytest.approx(0.75)
    assert METRICS["gini"].of_counts(np.array([1, 3])) == pytest.approx(0.25)
    assert METRICS["gini"].of_counts(np.zeros(4)) == 0.0
    np.testing.assert_allclose(METRICS["novelty"].of_items(np.array([7, 1, 0, 8]), 7), [0, 2, 3, 0])


def parts() -> cr.Split:
    """Three users; a repeat in test (u0 i0), a cold user (u9), a test item nobody trained on."""
    train = pd.DataFrame({"u": ["u0", "u0", "u1", "u1", "u2"], "i": ["a", "b", "a", "c", "b"]})
    valid = pd.DataFrame({"u": ["u0", "u1"], "i": ["c", "b"]})
    test = pd.DataFrame({"u": ["u0", "u0", "u1", "u2", "u9"], "i": ["a", "d", "e", "c", "a"]})
    datasets = [cr.Dataset.from_frame(f, MAPPING) for f in (train, test, valid)]
    return cr.Split.given(*datasets)


def test_evaluate_masks_known_rows_counts_who_is_left_out() -> None:
    split = parts()
    model = cr.recommender("popularity")
    model.fit(split.train)
    table = cr.evaluate(model, split, k=(2, 50))
    assert list(table.per_user["user"]) == ["u0", "u1", "u2"]
    notes = {note.key: str(note).split(" ")[0] for note in table.notes}
    assert notes["recsys.note_cold_users"] == "1"
    assert notes["recsys.note_masked_repeats"] == "1"
    # u0 knows a, b, c: the list is d, e. u1 the same. u2 knows b: a (2 users), then c.
    items = np.asarray(split.train.item_ids)
    shown = [list(items[row[row >= 0].astype(int)]) for row in table.lists]
    assert shown == [["d", "e"], ["d", "e"], ["a", "c", "d", "e"]]
    hit = table.per_user.set_index("user")["mrr@2"]
    assert list(hit) == [1.0, 0.5, 0.5]
    frame = table.to_frame()
    assert list(frame.columns) == ["metric", "k", "value", "low", "high", "level", "n"]
    assert set(frame["metric"]) == {*METRICS.where(needs=()), "auc"}
    assert table.lengths == (2, 50)
    assert (frame["low"] <= frame["value"] + 1e-12).all()
    assert (frame["value"] <= frame["high"] + 1e-12).all()
    assert (frame["n"] == 3).all()


def test_evaluate_on_valid_uses_train_only() -> None:
    split = parts()
    model = cr.recommender("popularity")
    model.fit(split.train)
    table = cr.evaluate(model, split, on="valid", k=1)
    assert list(table.per_user["user"]) == ["u0", "u1"]
    assert table.on == "valid"
    with pytest.raises(ParamError):
        cr.evaluate(model, split, on="train")
    for wrong in (0, (), 1.5, None, True, "10"):
        with pytest.raises(ParamError):
            cr.evaluate(model, split, k=wrong)
    with pytest.raises(DataError):
        cr.evaluate(model, cr.Split.given(split.train, split.test), on="valid")


def test_a_model_of_other_ids_is_matched_by_id() -> None:
    """The model knows the items in another order and lacks one; the figures stay right."""
    split = parts()
    rows = pd.DataFrame({"u": ["u2", "u1", "u1", "u0", "u0"], "i": ["b", "c", "a", "b", "a"]})
    other = cr.recommender("popularity")
    other.fit(cr.Dataset.from_frame(rows, MAPPING))
    table = cr.evaluate(other, split, k=2)
    hit = table.per_user.set_index("user")["mrr@2"]
    assert list(hit) == [0.0, 0.0, 0.5]  # d and e are not in its catalogue
    assert table.per_user.set_index("user")["recall@2"]["u0"] == 0.0


def test_a_policy_is_evaluated_like_its_model() -> None:
    split = parts()
    model = cr.recommender("ease", regularization=1.0)
    model.fit(split.train)
    table = cr.evaluate(model, split)
    policy = cr.evaluate(cr.Policy.from_recommender(model, temperature=0.3, ranked=True), split)
    lists = table.table[table.table["metric"] != "auc"]  # a policy has lists, no scores
    pd.testing.assert_frame_equal(policy.table, lists)


def test_table_survives_json_and_speaks_two_languages() -> None:
    split = parts()
    model = cr.recommender("popularity")
    model.fit(split.train)
    table = cr.evaluate(model, split)
    again = type(table).model_validate_json(table.model_dump_json())
    pd.testing.assert_frame_equal(again.table, table.table)
    np.testing.assert_array_equal(again.lists, table.lists)
    assert "NDCG@10" in again.summary()
    assert "热门榜" in again.summary("zh")


def test_compare_needs_the_same_split() -> None:
    split = parts()
    model = cr.recommender("popularity")
    model.fit(split.train)
    test, valid = cr.evaluate(model, split), cr.evaluate(model, split, on="valid")
    with pytest.raises(ParamError):
        cr.compare_metrics(test, valid)
    same = cr.compare_metrics(test, test)
    assert (same.table["value"] == 0).all()
    assert (same.table["low"] == 0).all()
    assert (same.table["high"] == 0).all()


def test_nobody_to_evaluate_is_said() -> None:
    train = cr.Dataset.from_frame(pd.DataFrame({"u": ["x"], "i": ["a"]}), MAPPING)
    test = cr.Dataset.from_frame(pd.DataFrame({"u": ["y"], "i": ["a"]}), MAPPING)
    split = cr.Split.given(train, test)
    model = cr.recommender("popularity")
    model.fit(split.train)
    with pytest.raises(CausalRecError) as caught:
        cr.evaluate(model, split)
    assert caught.value.text.key == "recsys.nothing_to_evaluate"
    assert caught.value.hint


def test_unfitted_and_unknown_models() -> None:
    with pytest.raises(DataError):
        cr.recommender("ease").score([0])
    with pytest.raises(CausalRecError, match="ease"):
        cr.recommender("eese")
