"""Roles guessed from names and values."""

import numpy as np
import pandas as pd
import pytest

from causalrec.core.errors import DataError
from causalrec.data.roles import guess_mapping, guess_roles


def log(n=600, seed=0):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "a": rng.integers(0, 60, n),
            "b": rng.integers(1000, 1040, n),
            "c": rng.integers(0, 2, n),
            "d": 1_600_000_000 + rng.integers(0, 10**6, n),
            "e": rng.uniform(0.01, 0.9, n),
            "f": rng.integers(1, 11, n),
        }
    )


@pytest.mark.parametrize(
    "names",
    [
        ("user_id", "item_id", "click", "timestamp", "propensity_score", "position"),
        ("UserID", "MovieID", "is_click", "ts", "pscore", "rank"),
        ("visitorid", "sku", "clicked", "event_time", "action_prob", "slot"),
        ("用户", "商品", "点击", "时间", "曝光概率", "位置"),
    ],
)
def test_names_in_many_forms(names):
    guess = guess_roles(log().set_axis(list(names), axis=1))
    user, item, click, time, propensity, position = names
    assert guess.roles == {
        "user": user, "item": item, "time": time, "propensity": propensity, "position": position,
    }  # fmt: skip
    assert guess.outcomes == {"click": click}
    assert guess.unsure == ()


def test_values_tell_where_names_do_not():
    guess = guess_roles(log()[["a", "b", "c", "d"]])
    assert guess.roles == {"user": "a", "item": "b", "time": "d"}
    assert guess.outcomes == {"click": "c"}
    assert set(guess.unsure) == {"user", "item", "time", "outcome"}


def test_the_order_of_columns_does_not_matter_where_names_tell():
    frame = log().set_axis(["user_id", "item_id", "click", "time", "p_score", "pos"], axis=1)
    for seed in range(5):
        shuffled = frame.sample(frac=1, axis=1, random_state=seed)
        assert guess_roles(shuffled).roles == guess_roles(frame).roles


def test_features_of_users_and_items_are_no_ids():
    frame = log().assign(user_feature_0=["x", "y"] * 300, item_category_name=["p", "q"] * 300)
    frame = frame.rename(columns={"b": "item_id"}).drop(columns="a")
    guess = guess_roles(frame)
    assert guess.roles["item"] == "item_id"
    assert "user" not in guess.roles
    assert "user_feature_0" in guess.covariates


def test_an_event_column_is_known_by_its_name_and_few_words():
    frame = log()[["a", "b", "d"]].set_axis(["user", "item", "time"], axis=1)
    guess = guess_roles(frame.assign(event=["view", "cart", "buy"] * 200))
    assert guess.roles["event"] == "event"


def test_row_numbers_and_constants_are_left_out_and_long_words_are_text():
    frame = log().assign(row=range(600), flat=1)
    frame["note"] = [f"a rather long remark about the thing number {i}" for i in range(600)]
    guess = guess_roles(frame.rename(columns={"a": "user", "b": "item"}))
    assert set(guess.left) == {"row", "flat"}
    assert guess.text == ("note",)


def test_a_table_without_items_says_so():
    with pytest.raises(DataError, match="item"):
        guess_mapping(pd.DataFrame({"x": np.linspace(0, 1, 50), "y": np.linspace(5, 9, 50)}))
