"""Steps and findings: each does what its words say, and tells how many rows it changed."""

import numpy as np
import pandas as pd
import pytest

from causalrec.core.errors import CausalRecError, DataError
from causalrec.core.words import table
from causalrec.data.dataset.mapping import ColumnMapping
from causalrec.data.preparation.checks import find
from causalrec.data.steps.apply import prepare
from causalrec.data.steps.draft import Draft
from causalrec.data.steps.positive import PositiveThreshold
from causalrec.data.storage.store import load_dataset, save_dataset


def frame(n=400, seed=0):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "u": rng.integers(0, 20, n),
            "i": rng.integers(0, 15, n),
            "t": 1_600_000_000 + np.arange(n) * 3600,
            "r": rng.integers(1, 6, n),
            "p": rng.uniform(0.1, 1, n),
            "price": rng.uniform(1, 9, n),
            "age": rng.normal(40, 10, n),
            "city": rng.choice(["x", "y", "z"], n),
        }
    )


MAPPING = ColumnMapping(
    user="u", item="i", time="t", outcome="r", propensity="p", price="price",
    covariates=("age", "city"),
)  # fmt: skip


def draft(rows=None, mapping=MAPPING, **more):
    return Draft(frame() if rows is None else rows, mapping, **more)


def run(name, rows=None, **params):
    more = {"key": b"k"}
    done, effects = prepare(draft(rows, **more), [{"name": name, "params": params}])
    return done, effects.steps[0]


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


def found(rows, mapping=MAPPING):
    return {f.name: f for f in find(draft(rows, mapping)).found}


def test_a_clean_table_has_no_findings():
    graded = ColumnMapping(**{**MAPPING.model_dump(), "positive": 4})
    assert found(frame(), graded) == {}
    assert find(draft(mapping=graded)).summary() == table("en")["data.no_findings"]


def test_each_oddity_is_found_with_count_examples_and_words():
    rows = frame().astype({"u": "str", "r": object, "t": object})
    rows.loc[0, "u"] = None
    rows.loc[1, "u"] = " 5 "
    rows.loc[2, "u"] = "once"
    rows.loc[3, "p"] = 0.0
    rows.loc[4, "price"] = 1e9
    rows.loc[5, "price"] = -3.0
    rows.loc[6, "t"] = 4_000_000_000
    rows.loc[7, "t"] = "soon"
    rows.loc[8, "r"] = "five"
    rows = pd.concat([rows, rows.iloc[[10, 11]]], ignore_index=True)
    seen = found(rows.assign(flat=1), ColumnMapping(**{**MAPPING.model_dump(), "session": "flat"}))
    expected = {
        "missing_ids": 1, "spaced_ids": 1, "users_once": 1, "bad_propensities": 1, "outliers": 1,
        "negative_prices": 1, "future_times": 1, "unreadable_times": 1, "unreadable_numbers": 1,
        "duplicates": 2, "constant_columns": 1, "wanted_grades": 248,
    }  # fmt: skip
    assert {name: finding.count for name, finding in seen.items()} == expected
    for finding in seen.values():
        assert len(finding.examples)
        assert finding.summary("zh") != finding.summary("en")
    assert seen["bad_propensities"].urgent
    assert seen["future_times"].examples["t"].tolist() == [4_000_000_000]


def test_machines_among_users_are_found():
    rows = pd.concat([frame(), frame(2000, 1).assign(u=99)], ignore_index=True)
    seen = found(rows)["suspicious_users"]
    assert seen.count == 1
    assert seen.examples["u"].tolist() == ["99"]


def test_equal_impressions_without_times_are_no_duplicates():
    rows = pd.DataFrame({"i": [1, 1, 1, 2], "c": [0, 0, 1, 0]})
    assert "duplicates" not in found(rows, ColumnMapping(item="i", outcome="c"))


def test_what_counts_as_wanted_is_asked_and_suggested():
    seen = found(frame())["wanted_grades"]
    assert seen.step == "positive"
    assert seen.count == int((frame()["r"] < 4).sum())
    assert PositiveThreshold.suggested(draft()) == {"at_least": 4.0}
    acts = frame().assign(did=["view", "view", "cart", "buy"] * 100)
    events = ColumnMapping(user="u", item="i", event="did")
    assert "view" in found(acts, events)["wanted_events"].message
    assert PositiveThreshold.suggested(draft(acts, events)) == {"only": ("purchase",)}
    done, _ = prepare(draft(acts, events), [{"name": "positive", "params": {"only": ["purchase"]}}])
    assert done.dataset("d").positive_mask().sum() == 100
    assert not [n for n in found(acts, done.mapping) if n.startswith("wanted")]


@pytest.mark.parametrize("mapping", [
    ColumnMapping(user="u", item="i", event="city"),
    ColumnMapping(user="u", item="i", outcome="r"),
])  # fmt: skip
def test_a_rule_that_wants_nothing_is_refused(mapping):
    with pytest.raises(CausalRecError) as caught:
        prepare(draft(mapping=mapping), [{"name": "positive", "params": {"at_least": 9.0}}])
    assert caught.value.text.key == "data.step_none_wanted"
    assert caught.value.hint


def test_times_that_stand_for_missing_ones_are_found_and_dropped():
    rows = frame()
    rows.loc[:2, "t"] = 0
    assert found(rows)["stand_in_times"].count == 3
    done, effect = run("bad_times", rows)
    assert len(done.frame) == 397
    assert "3" in effect.note
    kept, _ = run("bad_times", rows, stand_ins=False)
    assert len(kept.frame) == 400


def test_duplicates_and_cores_go_by_cleaned_ids():
    rows = pd.DataFrame({"u": ["5", " 5", "6 "], "i": [1.0, 1.0, np.nan]})
    plain = ColumnMapping(user="u", item="i")
    done, _ = prepare(draft(rows, plain), [{"name": "duplicates"}])
    assert len(done.frame) == 2
    with pytest.raises(CausalRecError):
        prepare(draft(rows.assign(i=np.nan), plain), [{"name": "k_core"}])


def test_odd_cells_are_compared_and_saved(tmp_path):
    rows = frame(20).assign(city=[[1], {"a": 1}, b"\xff", "x"] * 5)
    assert "duplicates" not in found(rows)
    made = draft(rows).dataset("d")
    save_dataset(made, tmp_path / "d")
    assert len(load_dataset(tmp_path / "d")) == 20
