"""Findings: each oddity is counted, shown and said, and names the step that deals with it."""

import pandas as pd
from practice_logs import MAPPING, dirty_shop, draft, frame, run

from causalrec.core.words import table
from causalrec.data.dataset.mapping import ColumnMapping
from causalrec.data.preparation.checks import find
from causalrec.data.preparation.findings import _SERIOUS
from causalrec.data.preparation.mends import mends
from causalrec.data.reading.files import import_file
from causalrec.data.roles.guess_mapping import guess_mapping
from causalrec.data.steps.apply import prepare
from causalrec.data.steps.draft import Draft
from causalrec.data.steps.positive import PositiveThreshold
from causalrec.data.storage.store import load_dataset, save_dataset


def findings(rows, mapping=MAPPING):
    return {f.name: f for f in find(draft(rows, mapping)).found}


def test_a_clean_table_has_no_findings():
    graded = ColumnMapping(**{**MAPPING.model_dump(), "positive": 4})
    assert findings(frame(), graded) == {}
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
    seen = findings(
        rows.assign(flat=1), ColumnMapping(**{**MAPPING.model_dump(), "session": "flat"})
    )
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


def test_machines_among_users_are_findings():
    rows = pd.concat([frame(), frame(2000, 1).assign(u=99)], ignore_index=True)
    seen = findings(rows)["suspicious_users"]
    assert seen.count == 1
    assert seen.examples["u"].tolist() == ["99"]


def test_equal_impressions_without_times_are_no_duplicates():
    rows = pd.DataFrame({"i": [1, 1, 1, 2], "c": [0, 0, 1, 0]})
    assert "duplicates" not in findings(rows, ColumnMapping(item="i", outcome="c"))


def test_what_counts_as_wanted_is_asked_and_suggested():
    seen = findings(frame())["wanted_grades"]
    assert seen.step == "positive"
    assert seen.count == int((frame()["r"] < 4).sum())
    assert PositiveThreshold.suggested(draft()) == {"at_least": 4.0}
    acts = frame().assign(did=["view", "view", "cart", "buy"] * 100)
    events = ColumnMapping(user="u", item="i", event="did")
    assert "view" in findings(acts, events)["wanted_events"].message
    assert PositiveThreshold.suggested(draft(acts, events)) == {"only": ("cart", "purchase")}
    done, _ = prepare(draft(acts, events), [{"name": "positive", "params": {"only": ["purchase"]}}])
    assert done.dataset("d").positive_mask().sum() == 100
    assert not [n for n in findings(acts, done.mapping) if n.startswith("wanted")]


def test_times_that_stand_for_missing_ones_are_found_and_dropped():
    rows = frame()
    rows.loc[:2, "t"] = 0
    assert findings(rows)["stand_in_times"].count == 3
    done, effect = run("bad_times", rows)
    assert len(done.frame) == 397
    assert "3" in effect.note
    kept, _ = run("bad_times", rows, stand_ins=False)
    assert len(kept.frame) == 400


def test_odd_cells_are_compared_and_saved(tmp_path):
    rows = frame(20).assign(city=[[1], {"a": 1}, b"\xff", "x"] * 5)
    assert "duplicates" not in findings(rows)
    made = draft(rows).dataset("d")
    save_dataset(made, tmp_path / "d")
    assert len(load_dataset(tmp_path / "d")) == 20


def test_a_dirty_log_is_mended_before_anybody_chose(tmp_path):
    rows, items = dirty_shop()
    rows.to_csv(tmp_path / "shop.csv", index=False)
    table = import_file(tmp_path / "shop.csv", tmp_path / "shop.parquet")
    raw = table.to_frame()
    one = Draft(raw, guess_mapping(raw), items)
    assert one.mapping.price == "price"
    dear = rows["price"].str.contains(",")
    assert dear.sum() > 100
    assert one.numbers("price").notna().all()
    assert one.numbers("price")[dear].min() >= 1000
    checked = find(one, table)
    counts = {finding.name: finding.count for finding in checked.found if finding.serious}
    once = rows.drop_duplicates()
    assert counts == {
        "stand_in_times": 20, "future_times": 4, "missing_ids": 40,
        "duplicates": len(rows) - len(once), "wanted_events": len(rows),
    }  # fmt: skip
    assert list(counts)[:2] == ["stand_in_times", "future_times"]
    assert all(f.serious for f in checked.found[: len(counts)])
    steps = mends(one, checked)
    assert [step["name"] for step in steps] == ["bad_times", "duplicates", "positive"]
    mended, effects = prepare(one, steps)
    saved = mended.dataset("shop")
    clean = once[once["event_time"].str.startswith("2025") & (once["customer_id"] != "")]
    assert len(saved) == len(clean)
    assert str(saved.frame["time"].min())[:4] == "2025"
    assert saved.positive_mask().sum() == (clean["event_type"] != "view").sum()
    assert all(effect.alarm is None for effect in effects.steps)


def test_every_serious_finding_has_words():
    keys = {f"data.finding_{name}{part}" for name in _SERIOUS for part in ("", "_action")}
    assert keys - set(table("en")) == {"data.finding_reading"}  # it brings a sentence of its own


def test_a_step_that_leaves_hardly_anything_says_so():
    rows = frame().assign(r=[5] + [1] * 399)
    wanted = run("positive", rows, at_least=4)[1]
    assert wanted.alarm is not None
    assert wanted.alarm.to("en") in wanted.summary()
    assert run("positive", rows, at_least=1)[1].alarm.key == "data.alarm_all_wanted"
    assert run("positive", at_least=4)[1].alarm is None
    assert run("k_core", users=22)[1].alarm is not None
    assert run("sample", share=0.1)[1].alarm is None  # that is what it is for
