"""The effect on each row: who answers, what new rows get, and what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import causalrec as cr
from causalrec.core.errors import DataError, NotFoundError
from causalrec.core.words import LANGUAGES

ENDS = {"treatment": "t", "outcome": "y"}
COVARIATES = ["age", "kind", "since", "city"]


def world(n: int = 500, seed: int = 0) -> pd.DataFrame:
    """An effect of 3 on kind b, of 1 on a and c; ages in part unknown."""
    rng = np.random.default_rng(seed)
    age = rng.normal(40, 10, n)
    days = pd.to_timedelta(rng.integers(0, 300, n), unit="D")
    frame = pd.DataFrame({"age": age, "kind": rng.choice(list("abc"), n)})
    frame["since"] = pd.Timestamp("2024-01-01") + days
    frame["city"] = [f"c{i}" for i in rng.integers(0, 30, n)]
    frame["t"] = (rng.random(n) < 1 / (1 + np.exp(-(age - 40) / 10))).astype(int)
    frame["y"] = (age - 40) / 10 + frame["t"] * (1 + 2 * (frame["kind"] == "b"))
    frame["y"] += rng.normal(size=n)
    frame.loc[::25, "age"] = np.nan
    return frame


@pytest.fixture(scope="module")
def answer():
    return cr.cate(world(), COVARIATES, **ENDS, learner="dr-learner")


def test_rows_are_told_apart_and_the_average_is_beside_them(answer):
    effects = answer.effects
    b = world()["kind"] == "b"
    # A standard error of .2 each; five errors.
    assert effects["value"][b].mean() == pytest.approx(3, abs=1)
    assert effects["value"][~b].mean() == pytest.approx(1, abs=1)
    assert effects["score"][b].mean() == pytest.approx(3, abs=1)
    assert (effects["low"] < effects["value"]).all()
    assert list(effects["row"]) == list(range(500))
    assert answer.average.low < 5 / 3 < answer.average.high
    assert list(answer.criteria["learner"]) == ["average", "dr-learner"]
    assert answer.criteria["gain"][1] > 0
    for lang in LANGUAGES:
        assert answer.average.summary(lang)[:12] in answer.summary(lang)


def test_new_rows_need_covariates_only_and_what_is_unlike_is_said(answer):
    new = world(6, seed=1)[COVARIATES].set_index(pd.Index(list("uvwxyz")))
    new.loc["u", "kind"] = "never seen"
    new.loc["v", "age"] = 400
    new.loc["w", "city"] = None
    new.loc["x", "age"] = np.nan
    told = answer.predict(new)
    assert list(told.columns) == ["value", "low", "high"]
    assert list(told.index) == list("uvwxyz")
    assert told["value"].notna().all()
    assert list(told["low"].isna()) == [True, True, True, False, False, False]
    flags = told.attrs["causalrec"]["flags"]
    assert sorted(flag.split()[0] for flag in flags) == ["age", "city", "kind"]
    lacking = answer.predict(new.drop(columns="since"))
    assert lacking["value"].notna().all()
    assert lacking["low"].isna().all()


def test_rows_that_taught_are_predicted_as_they_were_told(answer):
    told = answer.predict(world())
    np.testing.assert_allclose(told["value"], answer.effects["value"])
    again = world()[["city", "since", "kind", "age"]].astype({"since": str}).iloc[::-1]
    np.testing.assert_allclose(answer.predict(again)["value"], told["value"].iloc[::-1])


def test_where_nothing_differs_everybody_gets_the_average():
    rng = np.random.default_rng(2)
    x, z = rng.normal(size=(2, 300))
    t = (rng.random(300) < 0.5).astype(int)
    frame = pd.DataFrame({"x": x, "z": z, "t": t, "y": x + t + rng.normal(size=300)})
    told = cr.cate(frame, ["x", "z"], **ENDS)
    assert not told.differs
    assert told.criteria["chosen"].tolist() == [True, *[False] * (len(told.criteria) - 1)]
    predicted = told.predict(frame[["x", "z"]])
    assert set(predicted["low"]) == {told.average.low}
    assert told.band.key == "causal.cate_band_same"


def test_a_tree_says_of_whom_each_leaf_is():
    told = cr.cate(world(), ["age", "kind"], **ENDS, learner="causal-tree")
    first, *_, last = told.tree
    assert sum(branch.n for branch in told.tree) <= 500
    assert "kind is b" in last.summary()
    assert "kind 为 b" in last.summary("zh")
    assert last.value == pytest.approx(3, abs=1)
    assert "kind is not b" in first.where


def test_charts_are_drawn_where_rows_differ(answer):
    assert sum(answer.plot().data[0].y) == 500
    judged = answer.plot("zh", dark=True, show="learners").data[0]
    assert len(judged.y) == len(answer.criteria)


def test_units_stay_whole_and_rows_keep_their_places():
    frame = world(300).assign(who=np.arange(300) % 100)
    frame.loc[3, "y"] = np.nan
    told = cr.cate(frame, ["age", "kind"], **ENDS, learner="dr-learner", cluster="who")
    assert told.clusters == 100
    assert told.n == 299
    assert 3 not in set(told.effects["row"])


def test_what_cannot_be_told_is_refused_in_words(answer):
    frame = world(200)
    frame["number"] = np.arange(200.0)
    slope = cr.cate(frame, ["age"], treatment="number", outcome="y")
    assert slope.refused
    assert slope.reason.key == "causal.cate_slope"
    alone = cr.cate(frame, [], **ENDS)
    assert alone.reason.key == "causal.cate_no_covariates"
    assert cr.cate(frame.assign(t=1), ["age"], **ENDS).reason.key == "causal.refuse_constant"
    for refused in (slope, alone):
        assert str(refused.reason) in refused.summary("en")
        with pytest.raises(DataError) as error:
            refused.predict(frame)
        assert str(refused.reason) in str(error.value.hint)
    with pytest.raises(NotFoundError):
        cr.cate(frame, ["age"], **ENDS, learner="oracle")
    kept = type(answer).revived(answer.model_dump_json())
    assert kept.summary("zh") == answer.summary("zh")
    with pytest.raises(DataError):
        kept.predict(frame)


def test_arms_that_hardly_overlap_have_no_band():
    frame = world(400)
    chance = 1 / (1 + np.exp(-(frame["age"].fillna(40) - 40) / 1.5))
    frame["t"] = (np.random.default_rng(3).random(400) < chance).astype(int)
    told = cr.cate(frame, ["age", "kind"], **ENDS, learner="dr-learner")
    assert told.refused or told.effects["low"].isna().all()
