"""Roles guessed from names and values."""

import numpy as np
import pandas as pd
import pytest

from causalrec.core.errors import DataError
from causalrec.data.dataset.dataset import Dataset
from causalrec.data.dataset.mapping import ColumnMapping
from causalrec.data.roles.guess_mapping import guess_mapping, guess_roles


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


@pytest.mark.parametrize("form", ["${:,.2f}", "{:,.2f} €", "{:,.2f}"])
def test_amounts_as_a_shop_writes_them_are_prices(form):
    rng = np.random.default_rng(3)
    rows = log().assign(price=[form.format(one) for one in rng.lognormal(6, 1.5, 600)])
    rows.loc[:9, "price"] = "free"
    assert guess_roles(rows).roles["price"] == "price"
    assert "price" not in guess_roles(rows.assign(price="free")).roles


def test_row_numbers_and_constants_are_left_out_and_long_words_are_text():
    frame = log().assign(row=range(600), flat=1)
    frame["note"] = [f"a rather long remark about the thing number {i}" for i in range(600)]
    guess = guess_roles(frame.rename(columns={"a": "user", "b": "item"}))
    assert set(guess.left) == {"row", "flat"}
    assert guess.text == ("note",)


def test_a_table_without_items_says_so():
    with pytest.raises(DataError, match="item"):
        guess_mapping(pd.DataFrame({"x": np.linspace(0, 1, 50), "y": np.linspace(5, 9, 50)}))


IDS = {
    "barcodes": ("user_id", lambda i: i + 1, lambda i: 4_006_381_330_000 + i * 37),
    "snowflakes": ("user_id", lambda i: 12 * 10**17 + i * 123_457, lambda i: i + 101),
    "ten figures": ("customerId", lambda i: 1_234_567_000 + i * 13, lambda i: i + 101),
    "nine figures": ("uid", lambda i: 345_678_000 + i * 13, lambda i: i + 101),
}


@pytest.mark.parametrize("kind", IDS)
@pytest.mark.parametrize("timed", [True, False])
def test_names_of_ids_win_over_values_that_could_be_times(kind, timed):
    name, user, item = IDS[kind]
    n = np.arange(300)
    frame = pd.DataFrame({name: user(n * 7 % 40), "item_id": item(n * 11 % 60)})
    frame["rating"] = n % 5 + 1
    if timed:
        frame["timestamp"] = 1_600_000_000 + n * 977
    made = guess_mapping(frame)
    right = (name, "item_id", "timestamp" if timed else None)
    assert (made.user, made.item, made.time) == right


def test_an_invoice_is_a_session_a_quantity_no_rating_and_a_row_number_nothing():
    n = np.arange(400)
    frame = pd.DataFrame(
        {
            "Unnamed: 0": n,
            "InvoiceNo": 536_365 + n // 4,
            "StockCode": ["S" + str(i * 7 % 90) for i in n],
            "Quantity": n % 6 + 1,
            "InvoiceDate": pd.date_range("2011-01-01", periods=400, freq="h"),
            "UnitPrice": n % 17 + 0.5,
            "CustomerID": 12_000 + n * 13 % 70,
        }
    )
    guess = guess_roles(frame)
    assert guess.roles == {
        "time": "InvoiceDate",
        "user": "CustomerID",
        "item": "StockCode",
        "session": "InvoiceNo",
        "price": "UnitPrice",
    }
    assert not guess.outcomes
    assert guess.left == ("Unnamed: 0",)


def test_an_order_number_is_no_item_where_nothing_else_is():
    n = np.arange(300)
    frame = pd.DataFrame({"order_id": 10_000_000 + n // 3, "quantity": n % 3 + 1})
    guess = guess_roles(frame)
    assert "item" not in guess.roles
    assert "time" not in guess.roles
    with pytest.raises(DataError):
        guess.mapping()


def test_a_guess_that_could_be_another_is_a_question():
    n = np.arange(400)
    frame = pd.DataFrame(
        {"left": n * 7 % 50, "right": n * 11 % 80, "third": n * 13 % 60, "product_id": n % 30}
    )
    both = guess_roles(frame.assign(sku=n % 31))
    assert both.others["item"] == ("sku",)
    assert any("sku" in note for note in both.notes())
    plain = guess_roles(frame.drop(columns="product_id"))
    assert set(plain.unsure) >= {"user", "item"}
    assert all(note.to("zh") for note in plain.notes())


def test_odd_columns_break_no_guess():
    frame = pd.DataFrame(
        {"item_id": list("abcabc"), "b": [b"\xff"] * 6, "l": [[1]] * 6, "d": [{"a": 1}] * 6}
    )
    assert guess_mapping(frame).item == "item_id"


def test_two_columns_of_one_name_are_refused():
    frame = pd.DataFrame([[1, 2, 3]] * 5, columns=["item_id", "item_id", "user_id"])
    with pytest.raises(DataError) as caught:
        guess_roles(frame)
    assert caught.value.text.key == "data.name_twice"
    with pytest.raises(DataError):
        Dataset.from_frame(frame, ColumnMapping(item="item_id"))


def listened(**more):
    n = np.arange(400)
    frame = {"listener": n * 7 % 50, "track": n * 11 % 80}
    return pd.DataFrame({**frame, "at": pd.date_range("2026-01-01", periods=400, freq="h"), **more})


HALF = np.arange(400) % 2
AMOUNT = np.arange(400) % 37 + 0.25


@pytest.mark.parametrize("given", ["recommended", "promoted", "treated", "is_new", "推荐"])
@pytest.mark.parametrize(
    "name", ["minutes_listened", "dwell_seconds", "watch_time", "revenue", "plays", "观看时长"]
)
def test_what_is_measured_is_the_outcome_and_what_was_done_is_none(given, name):
    guess = guess_roles(listened(**{given: HALF, name: AMOUNT}))
    assert guess.outcomes == {name: name}
    assert guess.covariates == (given,)
    assert (guess.roles["user"], guess.roles["item"]) == ("listener", "track")


@pytest.mark.parametrize("given", ["recommended", "treatment", "is_new", "sponsored", "skipped"])
def test_what_was_done_or_is_unwanted_is_no_click(given):
    guess = guess_roles(listened(**{given: HALF}))
    assert not guess.outcomes
    assert given in guess.covariates


@pytest.mark.parametrize("name", ["ad_click", "liked", "label"])
def test_a_response_by_name_goes_before_what_stands_first(name):
    guess = guess_roles(listened(flag=HALF, recommended=HALF, **{name: HALF}))
    assert guess.outcomes == {"click": name}


@pytest.mark.parametrize(
    "name", ["hour", "minute_of_day", "seconds_since_last", "video_duration", "average_rating"]
)
def test_times_of_day_and_lengths_are_no_outcomes_and_no_times(name):
    guess = guess_roles(listened(**{name: (np.arange(400) * 17 % 240)}))
    assert not guess.outcomes
    assert guess.roles["time"] == "at"
    assert name in guess.covariates


def test_how_long_something_was_watched_is_no_moment():
    whole = np.arange(400) * 13 % 300
    guess = guess_roles(listened(watch_time=whole).drop(columns="at"))
    assert "time" not in guess.roles
    assert guess.outcomes == {"watch_time": "watch_time"}
