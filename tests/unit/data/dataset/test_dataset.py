"""Datasets: codes, positives, titles."""

import numpy as np
import pandas as pd
import pytest

from causalrec.core.errors import DataError
from causalrec.data.dataset.dataset import Dataset
from causalrec.data.dataset.exposure import exposure_log
from causalrec.data.dataset.mapping import ColumnMapping
from causalrec.data.preparation.checks import find
from causalrec.data.preparation.measure_profile import profile
from causalrec.data.steps.draft import Draft
from causalrec.data.steps.positive import PositiveThreshold
from causalrec.data.storage.store import save_dataset

LOG = pd.DataFrame(
    {
        "who": [10, 2, 2, 10, 7],
        "what": ["b", "a", "b", "c", "a"],
        "when": [100, 200, 300, 400, 500],
        "tap": [1, 0, 1, 0, 0],
        "stars": [5, 1, np.nan, 4, 3],
    }
)
MAPPING = ColumnMapping(
    user="who", item="what", time="when", outcomes={"click": "tap", "rating": "stars"}
)


def data(**changes):
    return Dataset.from_frame(LOG, ColumnMapping(**{**MAPPING.model_dump(), **changes}))


def test_codes_stand_for_sorted_ids():
    made = data()
    assert list(made.user_ids) == ["2", "7", "10"]  # by number, not by text
    assert list(made.item_ids) == ["a", "b", "c"]
    assert made.frame["user"].tolist() == [2, 0, 0, 2, 1]
    assert made.frame["user"].dtype == np.int32
    assert list(made.frame.columns) == ["user", "item", "time", "click", "rating"]
    assert made.frame["time"].iloc[0] == pd.Timestamp("1970-01-01 00:01:40")
    assert made.binary == ("click",)


def test_positives_by_default_are_the_ones_of_a_binary_outcome():
    assert data().positive_mask().tolist() == [True, False, True, False, False]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"rating": 4}, [1, 0, 0, 1, 0]),
        ({"rating": 4, "click": 1}, [1, 0, 1, 1, 0]),
        ("rating", [1, 1, 0, 1, 1]),
        (("click",), [1, 0, 1, 0, 0]),
        (1.0, [1, 0, 1, 0, 0]),
    ],
)
def test_positive_rules(rule, expected):
    assert data(positive=rule).positive_mask().astype(int).tolist() == expected


def test_without_an_outcome_every_row_is_positive():
    made = Dataset.from_frame(LOG, ColumnMapping(user="who", item="what"))
    assert made.positive_mask().all()
    assert not made.has_impressions


def test_matrix_is_binary_even_where_pairs_repeat():
    twice = pd.concat([LOG, LOG])
    made = Dataset.from_frame(twice, MAPPING).matrix()
    assert made.shape == (3, 3)
    assert made.dtype == np.float32
    assert made.toarray().tolist() == [[0, 1, 0], [0, 0, 0], [0, 1, 0]]


def test_ids_with_spaces_are_trimmed_and_inner_spaces_stay():
    frame = pd.DataFrame({"u": [" ann lee ", "ann lee", "bob"], "i": ["x", " x", "y "]})
    made = Dataset.from_frame(frame, ColumnMapping(user="u", item="i"))
    assert list(made.user_ids) == ["ann lee", "bob"]
    assert list(made.item_ids) == ["x", "y"]


def test_rows_without_ids_or_times_are_left_out_and_counted():
    frame = pd.DataFrame(
        {"u": ["a", None, "b", "c"], "i": ["x", "y", "", "z"], "t": ["2020-01-01"] * 3 + ["soon"]}
    )
    made = Dataset.from_frame(frame, ColumnMapping(user="u", item="i", time="t"))
    assert len(made) == 1
    assert made.dropped == {"user": 1, "item": 1, "time": 1}
    assert list(made.item_ids) == ["x"]  # ids that no row has are gone


def test_whole_floats_are_the_same_ids_as_integers():
    frame = pd.DataFrame({"u": [1.0, 2.0, np.nan], "i": [1, 2, 3]})
    made = Dataset.from_frame(frame, ColumnMapping(user="u", item="i"))
    assert list(made.user_ids) == ["1", "2"]


def test_a_propensity_of_zero_is_refused_with_its_count():
    frame = LOG.assign(p=[0.5, 0, 0.5, 1.0, 2.0])
    with pytest.raises(DataError) as caught:
        Dataset.from_frame(frame, ColumnMapping(item="what", outcome="tap", propensity="p"))
    assert caught.value.text.key == "data.bad_propensity"
    assert caught.value.text.values["n"] == 2  # noqa: PD011
    assert "step" in caught.value.hint


def test_events_become_outcomes_and_hold_no_impressions():
    frame = LOG.assign(did=["view", "buy", "view", "cart", "view"])
    made = Dataset.from_frame(frame, ColumnMapping(user="who", item="what", event="did"))
    assert made.outcomes == ("purchase", "cart", "view")
    assert made.frame["purchase"].tolist() == [0, 1, 0, 0, 0]
    assert not made.has_impressions
    with pytest.raises(DataError, match="no impressions"):
        exposure_log(made, "purchase")
    chosen = ColumnMapping(user="who", item="what", event="did", outcomes={"purchase": "buy"})
    assert Dataset.from_frame(frame, chosen).outcomes == ("purchase",)


def test_titles_come_from_the_item_table_whatever_its_columns_are_called():
    items = pd.DataFrame(
        {"k": [9, 8, 7], "code": ["c", "zz", "a"], "Name": ["Cap", "Zip", "<b>Ale</b>"]}
    )
    made = Dataset.from_frame(LOG, MAPPING, items=items)
    assert made.titles([0, 1, 2]) == ["<b>Ale</b>", "b", "Cap"]
    assert len(made.items) == made.n_items
    assert made.titles([2], "zh") == ["Cap"]


def test_an_item_table_of_other_items_is_refused():
    with pytest.raises(DataError) as caught:
        Dataset.from_frame(LOG, MAPPING, items=pd.DataFrame({"id": ["q", "r"]}))
    assert caught.value.text.key == "data.no_id_column"


def test_items_learn_category_and_price_from_the_log():
    frame = LOG.assign(c=["x", "y", "x", "z", "y"], p=[1.0, 2, 3, 4, 2])
    made = Dataset.from_frame(frame, ColumnMapping(item="what", category="c", price="p"))
    assert made.items["category"].tolist() == ["y", "x", "z"]
    assert made.items["price"].tolist() == [2, 2, 4]


def test_names_that_collide_get_a_trailing_underscore():
    frame = LOG.rename(columns={"tap": "item"}).assign(time=1.0)
    made = Dataset.from_frame(
        frame, ColumnMapping(item="what", outcome="item", covariates=("time",))
    )
    assert made.outcomes == ("item_",)
    assert made.covariates == ("time_",)


def test_outcomes_are_found_by_meaning():
    frame = LOG.rename(columns={"tap": "c"})
    made = Dataset.from_frame(frame, ColumnMapping(item="what", outcome="c"))
    assert made.outcome_for("click") == "c"
    assert made.outcome_for("purchase") is None
    assert exposure_log(made).n == 5
    bought = Dataset.from_frame(
        LOG.rename(columns={"tap": "bought"}), ColumnMapping(item="what", outcome="bought")
    )
    assert bought.outcome_for("purchase") == "bought"
    assert bought.outcome_for("click") is None


def test_the_fingerprint_sees_one_changed_cell():
    changed = LOG.copy()
    changed.loc[3, "stars"] = 2
    assert Dataset.from_frame(changed, MAPPING).fingerprint != data().fingerprint


def test_a_log_without_users_refuses_a_matrix_and_serves_exposures():
    made = Dataset.from_frame(LOG, ColumnMapping(item="what", outcome="tap"))
    assert made.n_users == 0
    with pytest.raises(DataError, match="knows no user"):
        made.matrix()
    assert "user" not in exposure_log(made, "tap").frame


def test_unexposed_rows_are_no_impressions():
    frame = LOG.assign(seen=[1, 0, 1, 1, 0])
    made = Dataset.from_frame(frame, ColumnMapping(item="what", outcome="tap", exposed="seen"))
    assert exposure_log(made, "tap").n == 3


def _mixed(column):
    """A log of 60 items and a table whose ids are another order of the row numbers."""
    order = np.random.default_rng(0).permutation(60)
    log = pd.DataFrame({"movieId": np.arange(240) % 60})
    table = pd.DataFrame({column: order, "title": [f"film {i}" for i in order]})
    return log, table, ColumnMapping(item="movieId")


@pytest.mark.parametrize("rows", ["Unnamed: 0", "index", "popularity_rank", "nr"])
@pytest.mark.parametrize("column", ["movieId", "movie_id", "id", "ItemID"])
def test_titles_are_joined_by_name_and_never_by_row_numbers(rows, column):
    log, table, mapping = _mixed(column)
    table.insert(0, rows, np.arange(60))
    made = Dataset.from_frame(log, mapping, items=table)
    assert made.titles(range(60)) == [f"film {i}" for i in made.item_ids]
    assert made.notes[-1].key == "data.finding_items_joined"
    assert f"“{column}”" in made.notes[-1]


def test_a_table_with_row_numbers_only_is_refused():
    log, table, mapping = _mixed("movieId")
    other = pd.DataFrame({"rank": np.arange(60), "title": table["title"]})
    with pytest.raises(DataError) as caught:
        Dataset.from_frame(log, mapping, items=other)
    assert caught.value.text.key == "data.no_id_column"


def test_a_table_that_holds_few_of_the_ids_is_told():
    log, table, mapping = _mixed("movieId")
    made = Dataset.from_frame(log, mapping, items=table.head(10))
    assert made.notes[-1].key == "data.finding_items_joined_few"
    assert "10 of the 60" in made.notes[-1]


@pytest.mark.parametrize("name", ["minutes_listened", "revenue", "plays"])
def test_nothing_of_an_amount_is_an_impression_and_not_wanted_by_the_suggestion(name, tmp_path):
    frame = pd.DataFrame({"u": range(60), "i": [n % 5 for n in range(60)], name: 0.0})
    frame.loc[:24, name] = [0.5 + n for n in range(25)]
    mapping = ColumnMapping(user="u", item="i", outcome=name)
    data = Dataset.from_frame(frame, mapping)
    assert data.has_impressions
    save_dataset(data, tmp_path)
    assert profile(tmp_path).rates.impressions
    assert Draft(frame, mapping).has_zero_outcome()
    assert PositiveThreshold.suggested(Draft(frame, mapping)) == {"at_least": 0.5}
    found = {one.name: one.count for one in find(Draft(frame, mapping)).found}
    assert found["wanted_grades"] == 35
    assert "data.finding_wanted_grades" in [note.key for note in data.notes]
    graded = frame.rename(columns={name: "rating"})
    assert not Dataset.from_frame(graded, ColumnMapping(item="i", outcome="rating")).has_impressions


def test_columns_with_numbers_for_names_are_mapped_by_their_text():
    frame = pd.DataFrame([[1, 7], [2, 7], [2, 8]])
    data = Dataset.from_frame(frame, ColumnMapping(user="0", item="1"))
    assert (data.user_ids.tolist(), data.item_ids.tolist()) == (["1", "2"], ["7", "8"])
