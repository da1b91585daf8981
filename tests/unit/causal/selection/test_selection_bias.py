"""Selection bias: each method holds the truth where its assumption does, and is told where not.

Seeds are fixed; each comment says how often a random seed would fail, and what it would catch.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import causalrec as cr
from causalrec.causal.selection.response import Response
from causalrec.causal.selection.worst_case import odds_range
from causalrec.core.errors import DataError, ParamError

TRUTH = 2.0


def log(
    seed: int, n: int = 600, *, own: float = 0.0, asked: int = 0, units: int = 0
) -> pd.DataFrame:
    """Ratings of mean 2 whose givers depend on taste, on a nudge, and on the rating's own part.

    Of `asked` more the rating was asked for by chance; rows of `units` users are alike.
    """
    rng = np.random.default_rng(seed)
    taste, nudge, part, dice = rng.normal(size=(4, n + asked))
    user = np.arange(n + asked)
    if units:
        user = rng.integers(0, units, n + asked)
        part = 0.6 * part + 0.8 * rng.normal(size=units)[user]
    rating = TRUTH + taste + part
    given = -0.3 + 0.8 * taste + 0.8 * nudge + own * part + dice > 0
    chance = np.arange(n + asked) >= n
    table = {"taste": taste, "nudge": nudge, "user": user, "chance": chance}
    return pd.DataFrame({**table, "rating": np.where(given | chance, rating, np.nan)})


def held(draws: int, *, models: bool = True, **world: float) -> dict[str, int]:
    """In how many draws each method's interval holds the mean of all rows."""
    count: dict[str, int] = {}
    for seed in range(draws):
        answer = cr.selection_bias(
            log(seed, **world), outcome="rating",
            covariates=["taste"] if models else [], movers=["nudge"] if models else [],
            uniform="chance" if world.get("asked") else None,
            cluster="user" if world.get("units") else None,
        )  # fmt: skip
        for row in answer.rows.itertuples():
            count[row.method] = count.get(row.method, 0) + int(row.low <= TRUTH <= row.high)
    return count


def test_missing_at_random_is_corrected():
    # 53 of 60 and more (.88): passes 99 % at .95, 73 % at .90, 4 % at .80; the mean of the seen
    # rows is 6 errors off.
    assert held(60)["at_random"] >= 53


def test_what_depends_on_the_rating_is_corrected_by_the_normal_model_only():
    count = held(60, own=0.8)
    assert count["normal"] >= 53
    # Missing at random is about .45 off, five of its errors: holds in .01 of draws.
    assert count["at_random"] <= 5


def test_users_who_are_alike_count_as_units():
    # By rows the interval of the chance rows would hold about .70: passes in 1e-3.
    assert held(75, models=False, own=0.8, asked=300, units=40)["uniform"] >= 64


def test_the_headline_is_what_rests_on_least():
    frame = log(1, asked=80)
    ways = {
        "uniform": {"uniform": "chance", "covariates": ["taste"]},
        "at_random": {"covariates": ["taste"]},
        "worst_case": {},
    }
    for method, options in ways.items():
        rows = frame if method == "uniform" else frame[~frame["chance"]]
        answer = cr.selection_bias(rows, outcome="rating", **options)
        assert answer.method == method
        assert answer.remedies
        assert (answer.value is None) == (method == "worst_case")
        assert answer.summary() != answer.summary("zh")
        row = answer.rows.set_index("method").loc[method]
        assert row["bias_low"] == pytest.approx(answer.low)
    assert answer.reasons["at_random"].key == "causal.selection_no_covariates"
    assert len(answer.to_frame()) == len(answer.rows) + 1


def test_the_bias_is_the_mean_of_the_seen_less_that_of_all():
    frame = log(2, n=3_000, asked=500)
    answer = cr.selection_bias(frame, outcome="rating", uniform="chance")
    seen = frame.loc[~frame["chance"], "rating"].mean()
    drawn = frame.loc[frame["chance"], "rating"].mean()
    assert answer.observed == pytest.approx(seen)
    assert answer.value == pytest.approx(seen - drawn)
    assert answer.sentence.key == "causal.selection_too_high"
    assert (answer.n, answer.seen, answer.uniform) == (
        3_000,
        frame["rating"].notna().sum() - 500,
        500,
    )


def test_no_assumption_leaves_what_the_bounds_leave():
    frame = log(3, n=2_000)
    answer = cr.selection_bias(frame, outcome="rating", bounds=(-4, 8))
    share = frame["rating"].notna().mean()
    mean = frame["rating"].mean()
    row = answer.rows.set_index("method").loc["worst_case"]
    # The ends, and a little for chance.
    assert row["low"] == pytest.approx(share * mean - 4 * (1 - share), abs=0.25)
    assert row["high"] == pytest.approx(share * mean + 8 * (1 - share), abs=0.25)
    assert row["low"] < TRUTH < row["high"]
    with pytest.raises(ParamError):
        cr.selection_bias(frame, outcome="rating", bounds=(0, 1))


def test_the_odds_range_is_the_least_and_largest_of_all_weights():
    rng = np.random.default_rng(4)
    n = 60
    seen = np.arange(n) < 30
    y = rng.normal(size=n)
    response = Response(pd.DataFrame(index=range(n)), (), (), seen, y, None, 0)
    vars(response)["chance"] = np.full(n, 0.5)
    one = odds_range(response, 1.0, 0.95)
    two = odds_range(response, 2.0, 0.95)
    assert two.low < one.low < y[:30].mean() < one.high < two.high
    order = np.sort(y[:30])
    cut = [
        np.average(order, weights=np.where(np.arange(30) < k, 1 + 2.0, 1 + 0.5)) for k in range(31)
    ]
    # The ends' bootstrap is centred on them: within three errors of a mean of 30, .55.
    assert two.low == pytest.approx(min(cut), abs=0.55)


def test_a_model_without_anything_to_go_by_refuses():
    rng = np.random.default_rng(5)
    group = rng.integers(0, 2, 500)
    rating = np.where(rng.random(500) < 0.3 + 0.4 * group, 3.0 + rng.normal(size=500), np.nan)
    frame = pd.DataFrame({"group": group, "rating": rating})
    answer = cr.selection_bias(frame, outcome="rating", covariates=["group"])
    assert answer.reasons["normal"].key == "causal.selection_no_mover"
    assert "normal" not in set(answer.rows["method"])


def test_what_is_known_of_all_shows_who_is_seen():
    answer = cr.selection_bias(log(6, n=2_000), outcome="rating", covariates=["taste", "nudge"])
    differences = answer.differences.set_index("covariate")
    assert (differences["before"] > 0.3).all()
    assert (differences["after"].abs() < 0.15).all()
    assert answer.told_apart > 0.75
    assert answer.worth < answer.seen


@pytest.mark.parametrize(
    ("frame", "key"),
    [(log(0, n=25), "causal.selection_few"), (log(0, n=90).dropna(), "causal.selection_all")],
)
def test_rows_that_say_nothing_are_refused(frame, key):
    answer = cr.selection_bias(frame, outcome="rating", covariates=["taste"])
    assert answer.refused
    assert answer.reason.key == key
    assert answer.summary("zh")


def test_a_mark_says_what_was_seen_and_columns_must_be_there():
    frame = log(7).assign(shown="no")
    frame.loc[:299, "shown"] = "yes"
    frame["rating"] = frame["rating"].fillna(1.0)
    answer = cr.selection_bias(frame, outcome="rating", observed="shown")
    assert answer.seen == 300
    with pytest.raises(DataError):
        cr.selection_bias(frame, outcome="rating", observed="taste")
    with pytest.raises(DataError):
        cr.selection_bias(frame, outcome="rating", covariates=["mood"])
