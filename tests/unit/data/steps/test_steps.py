"""Steps: each does what its words say, and tells how many rows it changed."""

import numpy as np
import pandas as pd
import pytest
from practice_logs import draft, frame, run

from causalrec.core.errors import CausalRecError, DataError
from causalrec.data.dataset.mapping import ColumnMapping
from causalrec.data.steps.apply import prepare


def test_bad_times_drops_the_future():
    rows = frame()
    rows.loc[:2, "t"] = 4_000_000_000
    done, effect = run("bad_times", rows)
    assert len(done.frame) == 397
    assert "3" in effect.note


def test_bad_propensities_drops_zero_and_missing():
    rows = frame()
    rows.loc[0, "p"], rows.loc[1, "p"], rows.loc[2, "p"] = 0.0, np.nan, 1.2
    with pytest.raises(DataError):
        draft(rows).dataset("d")
    done, _ = run("bad_propensities", rows)
    assert len(done.dataset("d")) == 397


def test_duplicates_by_row_and_by_pair():
    rows = pd.concat([frame(), frame().head(10)], ignore_index=True)
    assert len(run("duplicates", rows)[0].frame) == 400
    done, _ = run("duplicates", rows, same="pair", keep="last")
    assert not done.frame.duplicated(["u", "i"]).any()
    latest = rows.groupby(["u", "i"])["t"].max()
    pairs = done.frame.set_index(["u", "i"])["t"].sort_index()
    assert pairs.tolist() == latest.sort_index().tolist()


def test_missing_values_are_filled_or_dropped():
    rows = frame()
    rows.loc[:4, "age"], rows.loc[5:6, "city"] = np.nan, None
    assert len(run("missing", rows, rule="drop")[0].frame) == 393
    filled, effect = run("missing", rows, rule="fill")
    assert filled.frame["age"].iloc[0] == rows["age"].median()
    assert filled.frame["city"].iloc[5] == "unknown"
    assert effect.note.values["n"] == 7  # noqa: PD011
    assert run("missing", rows, rule="zero")[0].frame["age"].iloc[0] == 0


def test_outliers_are_cut_back_and_rows_stay():
    rows = frame()
    rows.loc[0, "price"] = 1e6
    done, _ = run("outliers", rows, share=0.01)
    assert done.frame["price"].max() < 10
    assert len(done.frame) == 400


def test_suspicious_users_go():
    rows = pd.concat([frame(), frame(2000, 1).assign(u=99)], ignore_index=True)
    done, effect = run("suspicious_users", rows)
    assert 99 not in set(done.frame["u"])
    assert effect.note.values["n"] == 1  # noqa: PD011


def test_the_positive_threshold_changes_what_counts_and_keeps_rows():
    done, effect = run("positive", at_least=4)
    assert len(done.frame) == 400
    assert done.dataset("d").positive_mask().sum() == (frame()["r"] >= 4).sum()
    assert effect.note.values["after"] == (frame()["r"] >= 4).sum()  # noqa: PD011


def test_k_core_leaves_every_user_and_item_enough():
    rng = np.random.default_rng(5)
    rows = frame(800).assign(u=rng.zipf(1.5, 800) % 200, i=rng.zipf(1.5, 800) % 100)
    done, _ = run("k_core", rows, users=5, items=4)
    assert 0 < len(done.frame) < 800
    assert done.frame.groupby("u").size().min() >= 5
    assert done.frame.groupby("i").size().min() >= 4


def test_k_core_counts_wanted_interactions_only():
    done, _ = prepare(
        draft(), [{"name": "k_core", "params": {"users": 8, "items": 1}}, {"name": "positive"}]
    )[0:2]
    wanted = done.frame[done.frame["r"] >= 4]
    assert wanted.groupby("u").size().min() >= 8


def test_a_step_that_drops_everything_is_refused():
    with pytest.raises(DataError, match="no rows"):
        run("k_core", users=1000, items=1000)


def test_samples_obey_their_seed_and_keep_users_whole():
    one, two, other = (run("sample", share=0.5, seed=s)[0].frame for s in (1, 1, 2))
    pd.testing.assert_frame_equal(one, two)
    assert set(one["u"]) != set(other["u"])
    sizes = frame().groupby("u").size()
    assert (one.groupby("u").size() == sizes[one["u"].unique()].sort_index()).all()
    rows = run("sample", share=0.5, of="rows")[0].frame
    assert 120 < len(rows) < 280  # 400 draws at .5: false alarm under 1e-13


def test_features_are_made_encoded_selected_and_scaled_in_order():
    done, _ = prepare(
        draft(),
        [{"name": n} for n in ("normalise", "select_features", "encode", "time_features")],
    )
    made = done.dataset("d")
    assert {"time_hour", "time_weekday"} <= set(made.covariates)
    assert sum(c.startswith("city=") for c in made.covariates) == 2
    assert abs(made.frame["age"].mean()) < 1e-9
    assert set(made.frame[[c for c in made.covariates if c.startswith("city=")]].stack()) == {0, 1}  # noqa: PD013


def test_near_copies_are_left_out():
    rows = frame().assign(copy=lambda f: f["age"] * 2 + 1, flat=1)
    mapping = ColumnMapping(item="i", covariates=("age", "copy", "flat"))
    done, _ = prepare(draft(rows, mapping), [{"name": "select_features"}])
    assert done.mapping.covariates == ("age",)


def test_pseudonyms_need_the_key_and_stay_the_same_for_an_id():
    users = pd.DataFrame({"id": range(20), "plan": "p"})
    one, _ = prepare(draft(key=b"a", users=users), [{"name": "pseudonymise"}])
    same, _ = prepare(draft(key=b"a", users=users), [{"name": "pseudonymise"}])
    other, _ = prepare(draft(key=b"b", users=users), [{"name": "pseudonymise"}])
    assert one.frame["u"].equals(same.frame["u"])
    assert not set(one.frame["u"]) & set(other.frame["u"])
    assert not set(one.frame["u"]) & {str(u) for u in frame()["u"]}
    assert one.frame.groupby("u").size().tolist() != []
    assert one.dataset("d").users["plan"].notna().all()  # the user table still fits
    with pytest.raises(DataError, match="key"):
        prepare(draft(), [{"name": "pseudonymise"}])


def test_a_step_without_its_column_says_which():
    with pytest.raises(DataError, match="time"):
        prepare(draft(mapping=ColumnMapping(item="i")), [{"name": "time_features"}])
    with pytest.raises(CausalRecError, match="no step"):
        prepare(draft(), [{"name": "k_cores"}])


@pytest.mark.parametrize("mapping", [
    ColumnMapping(user="u", item="i", event="city"),
    ColumnMapping(user="u", item="i", outcome="r"),
])  # fmt: skip
def test_a_rule_that_wants_nothing_is_refused(mapping):
    with pytest.raises(CausalRecError) as caught:
        prepare(draft(mapping=mapping), [{"name": "positive", "params": {"at_least": 9.0}}])
    assert caught.value.text.key == "data.step_none_wanted"
    assert caught.value.hint


def test_duplicates_and_cores_go_by_cleaned_ids():
    rows = pd.DataFrame({"u": ["5", " 5", "6 "], "i": [1.0, 1.0, np.nan]})
    plain = ColumnMapping(user="u", item="i")
    done, _ = prepare(draft(rows, plain), [{"name": "duplicates"}])
    assert len(done.frame) == 2
    with pytest.raises(CausalRecError):
        prepare(draft(rows.assign(i=np.nan), plain), [{"name": "k_core"}])
