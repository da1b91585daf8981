"""Causal tables: only what was known before, ties, renamed columns, starting graphs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import causalrec as cr
from causalrec.causal.identification.adjustment_report import analyse
from causalrec.causal.tables.causal_table import earlier
from causalrec.causal.tables.question_unit import question_unit
from causalrec.causal.tables.templates import STARTING_GRAPHS
from causalrec.core.errors import CausalRecError


def log(n: int = 800, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "who": rng.integers(0, 40, n),
            "what": rng.integers(0, 25, n),
            "at": 1_600_000_000 + rng.integers(0, 200, n) * 3600,
            "tap": rng.integers(0, 2, n),
            "slot": rng.integers(1, 6, n),
            "activity": 99,
        }
    )


def data(frame: pd.DataFrame) -> cr.Dataset:
    mapping = cr.ColumnMapping(
        user="who", item="what", time="at", outcomes={"click": "tap"}, position="slot",
        covariates=("activity",),
    )  # fmt: skip
    return cr.Dataset.from_frame(frame, mapping)


def test_features_count_strictly_earlier_rows_only():
    made = data(log())
    table = cr.causal_table(made)
    rows = made.frame
    for i in np.random.default_rng(1).choice(len(rows), 60, replace=False):
        row = rows.iloc[i]
        before = rows[rows["time"] < row["time"]]
        mine = before[before["user"] == row["user"]]
        assert table["activity"].iloc[i] == len(mine)
        assert table["past_click"].iloc[i] == mine["click"].sum()
        same = before[(before["item"] == row["item"]) & (before["click"] == 1)]
        assert table["popularity"].iloc[i] == len(same)
    assert (table["activity_"] == 99).all()
    assert table.attrs["causalrec"]["cluster"] == "user"


def test_the_future_changes_no_feature():
    frame = log()
    middle = frame["at"].median()
    changed = frame.copy()
    late = changed["at"] >= middle
    changed.loc[late, "tap"] = 1 - changed.loc[late, "tap"]
    names = ["activity", "popularity", "past_click"]
    first, second = (cr.causal_table(data(f))[names] for f in (frame, changed))
    early = (frame["at"] <= middle).to_numpy()
    pd.testing.assert_frame_equal(first[early], second[early])


def test_a_models_score_learns_from_earlier_rows_only():
    class Counter:
        """Scores an item by how often it was taken."""

        def fit(self, dataset):
            assert dataset.frame["time"].max() < limit["now"]
            self.counts = np.bincount(dataset.frame["item"], minlength=dataset.n_items)

        def score(self, users):
            return np.tile(self.counts, (len(users), 1)).astype(float)

    made = data(log())
    limit = {"now": pd.Timestamp.max}
    table = cr.causal_table(made, model=Counter(), blocks=4)
    scored = table["model_score"].notna()
    assert 0.65 < scored.mean() < 0.85
    times = made.frame["time"]
    edges = np.unique(np.quantile(times.astype("int64"), [0.25, 0.5, 0.75]))
    i = int(np.flatnonzero(scored)[-1])
    start = edges[np.searchsorted(edges, int(times.astype("int64")[i]), side="right") - 1]
    past = made.frame[times.astype("int64") < start]
    assert table["model_score"][i] == (past["item"] == made.frame["item"][i]).sum()
    with pytest.raises(CausalRecError):
        cr.causal_table(made, model="ease")


def test_before_and_after_a_date_by_user():
    frame = log()
    made = data(frame)
    date = pd.Timestamp(1_600_000_000 + 100 * 3600, unit="s")
    table = cr.causal_table(made, unit="user", date=date)
    rows = made.frame
    for i in range(len(table)):
        user = table["user"].iloc[i]
        mine = rows[rows["user"] == user]
        before, after = mine[mine["time"] < date], mine[mine["time"] >= date]
        assert table["activity"].iloc[i] == len(before)
        assert table["past_click"].iloc[i] == before["click"].sum()
        assert table["click"].iloc[i] == float((after["click"] > 0).any())
    counted = cr.causal_table(made, unit="user", date=str(date), measure="count")
    assert (counted["click"] >= table["click"]).all()
    for wrong in ({"date": "never"}, {"date": "1999-01-01"}, {"unit": "item"}, {"measure": "max"}):
        with pytest.raises(CausalRecError):
            cr.causal_table(made, **{"unit": "user", **wrong})


def test_what_was_decided_at_the_date_is_read_after_it():
    frame = log()
    frame["promo"] = ((frame["at"] >= 1_600_000_000 + 100 * 3600) & (frame["who"] % 2)).astype(int)
    mapping = cr.ColumnMapping(
        user="who", item="what", time="at", outcome="tap", covariates=("promo",)
    )
    made = cr.Dataset.from_frame(frame, mapping)
    date = pd.Timestamp(1_600_000_000 + 100 * 3600, unit="s")
    table = cr.causal_table(made, unit="user", date=date)
    odd = np.array([int(made.user_ids[u]) % 2 for u in table["user"]])
    assert (table["promo"] == odd).all()
    with pytest.raises(CausalRecError):
        cr.causal_table(made, unit="user", date=date, from_window=["nope"])


def test_earlier_sums_by_brute_force():
    rng = np.random.default_rng(5)
    codes, times, values = rng.integers(0, 4, 80), rng.integers(0, 10, 80), rng.normal(size=80)
    expected = [values[(codes == c) & (times < t)].sum() for c, t in zip(codes, times, strict=True)]
    np.testing.assert_allclose(earlier(codes, times, values), expected, atol=1e-12)
    assert len(earlier(codes[:0], times[:0], values[:0])) == 0


@pytest.mark.parametrize(
    ("treatment", "unit"),
    [
        *(("activity", "user"), ("past_click", "user"), ("position", "impression")),
        *(("popularity", "impression"), ("model_score", "impression")),
    ],
)
def test_the_unit_follows_the_question_and_the_log(treatment, unit):
    assert question_unit(data(log()), treatment) == unit
    no_users = cr.Dataset.from_frame(
        log(), cr.ColumnMapping(item="what", outcomes={"click": "tap"}, covariates=("activity",))
    )
    assert question_unit(no_users, treatment) == "impression"


def test_starting_graphs_bind_by_role_and_say_what_is_missing():
    made = data(log())
    position = STARTING_GRAPHS["position-click"].bind(made, model=True)
    assert position.graph.bindings["position"] == "position"
    assert position.graph.bindings["click"] == "click"
    assert not position.missing
    without = STARTING_GRAPHS["position-click"].bind(made)
    assert [m.key for m in without.missing] == ["causal.lacks_model_score"]
    exposure = STARTING_GRAPHS["exposure-click"].bind(made, model=True)
    assert [m.key for m in exposure.missing] == ["causal.lacks_exposure"]
    promotion = STARTING_GRAPHS["promotion-purchase"].bind(made)
    assert "causal.lacks_promotion" in [m.key for m in promotion.missing]
    assert "causal.lacks_purchase" in [m.key for m in promotion.missing]
    for start in STARTING_GRAPHS.values():
        bound = start.bind(None)
        analysis = analyse(bound.graph, bound.treatment, bound.outcome)
        assert analysis.suggested is not None
        assert analysis.identified == (not start.selected)
        assert start.title.to("zh") != str(start.title)


def test_ratings_without_impressions_are_flagged():
    frame = log().rename(columns={"tap": "stars"})
    frame["stars"] += 3
    mapping = cr.ColumnMapping(user="who", item="what", time="at", outcomes={"rating": "stars"})
    made = cr.Dataset.from_frame(frame, mapping)
    bound = STARTING_GRAPHS["popularity-rating"].bind(made)
    assert not bound.missing
    effect = cr.estimate(
        cr.causal_table(made), bound.graph, treatment="popularity", outcome="rating"
    )
    assert effect.kind == "continuous"
    assert {"causal.flag_chosen", "causal.flag_selected"} <= {f.key for f in effect.flags}
