"""When a treatment began, and which ready question fits a log."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from practice_logs import GIVEN, campaign_shop

import causalrec as cr
from causalrec.causal.tables.templates import STARTING_GRAPHS, best_start
from causalrec.causal.tables.treatment_start import treatment_start

MAPPING = cr.ColumnMapping(
    user="who", item="what", time="at", outcome="click", covariates=("promo",)
)


def log(promo: np.ndarray) -> cr.Dataset:
    """400 rows of 40 users, an hour apart, from the latest to the first."""
    n = len(promo)
    times = pd.Timestamp("2025-01-01") + pd.to_timedelta(np.arange(n), "h")
    frame = pd.DataFrame({"who": np.arange(n) % 40, "what": np.arange(n) % 7, "at": times})
    frame["click"], frame["promo"] = np.arange(n) % 3 == 0, promo
    return cr.Dataset.from_frame(frame[::-1], MAPPING)


ROWS = np.arange(400)
HALF = ROWS % 2


def test_it_begins_with_the_first_row_that_differs() -> None:
    assert treatment_start(log(HALF * (ROWS >= 160)), "promo") == pd.Timestamp("2025-01-07 17:00")


@pytest.mark.parametrize(
    ("why", "promo"),
    [
        ("never given", 0 * ROWS),
        ("from the beginning", HALF),
        ("row by row", np.random.default_rng(0).integers(0, 2, 400)),
        ("one user after the other", (ROWS % 40 < 20) & (ROWS >= 160 + 2 * (ROWS % 40) * 5)),
        ("in the last rows", HALF * (ROWS >= 390)),
    ],
)
def test_otherwise_it_began_at_no_date(why: str, promo: np.ndarray) -> None:
    assert treatment_start(log(promo * 1), "promo") is None, why
    assert treatment_start(log(promo * 1), "no column") is None


def test_from_its_start_the_effect_is_right_and_from_the_middle_it_is_not() -> None:
    """The truth lies in the one interval and 6 points outside the other, of a fixed draw."""
    rows, _, truth = campaign_shop()
    clean = rows[(rows["customer_id"] != "") & rows["event_time"].str.startswith("2025")]
    mapping = cr.ColumnMapping(
        user="customer_id", item="sku", time="event_time", event="event_type",
        covariates=("promo", "member"),
    )  # fmt: skip
    data = cr.Dataset.from_frame(clean.drop_duplicates(), mapping)
    start = treatment_start(data, "promo")
    assert str(start).startswith(GIVEN)
    assert best_start(data) == "promotion-purchase"
    graph = STARTING_GRAPHS["promotion-purchase"].bind(data).graph
    ends = {"treatment": "promotion", "outcome": "purchase", "compare": False}
    begun, middle = (
        cr.estimate(cr.causal_table(data, "user", date=date), graph, **ends)
        for date in (start, None)
    )
    assert begun.low < truth < begun.high
    assert middle.high < truth


def test_a_log_of_ratings_is_asked_about_ratings() -> None:
    frame = pd.DataFrame({"who": ROWS % 40, "what": ROWS % 7, "at": ROWS, "stars": 1 + ROWS % 5})
    mapping = cr.ColumnMapping(user="who", item="what", time="at", outcomes={"rating": "stars"})
    assert best_start(cr.Dataset.from_frame(frame, mapping)) == "popularity-rating"
    assert best_start(None) == next(iter(STARTING_GRAPHS))
