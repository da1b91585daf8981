"""For whom: what a ranking is worth, of a score and of a learner, and when there is no answer."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import causalrec as cr
from causalrec.causal.heterogeneity.uplift_result import Uplift
from causalrec.core.errors import NotFoundError, ParamError


def table(n: int = 1200, seed: int = 0, poor: float = 0.0) -> pd.DataFrame:
    """Effect .2, and 1 more where b > 0; a moves outcome and treatment."""
    rng = np.random.default_rng(seed)
    a, b, noise = rng.normal(size=(3, n))
    t = rng.random(n) < 1 / (1 + np.exp(-(0.7 + poor) * a))
    y = a + t * (0.2 + 1.0 * (b > 0)) + rng.normal(size=n)
    arm = np.where(t, "on", "off")
    return pd.DataFrame({"a": a, "b": b, "noise": noise, "t": arm, "y": y})


FRAME = table()
ASKED = {"treatment": "t", "outcome": "y", "cluster": None}


@pytest.fixture(scope="module")
def by_score() -> Uplift:
    return cr.uplift(FRAME, ["a", "b"], score="b", **ASKED)


def test_a_good_score_is_worth_what_it_is_worth(by_score: Uplift):
    """The truth is 1 x E[(1/2 - U), b > 0] = 1/8; an error of four is 1 in 16,000."""
    assert by_score.differs
    assert abs(by_score.value - 0.125) < 4 * by_score.se
    assert by_score.held_out == len(FRAME)
    assert by_score.learner == ""
    curve = by_score.curve
    assert curve["gain"].iloc[-1] == pytest.approx(curve["random"].iloc[-1])
    assert (curve["low"] <= curve["gain"]).all()
    groups = by_score.groups
    assert np.average(groups["value"]) == pytest.approx(curve["gain"].iloc[-1])
    assert abs(groups["value"].iloc[0] - 1.2) < 4 * (groups["high"] - groups["low"]).iloc[0] / 3.92
    assert abs(groups["value"].iloc[4] - 0.2) < 4 * (groups["high"] - groups["low"]).iloc[4] / 3.92
    assert "differs between users" in by_score.summary()
    assert "因用户而异" in by_score.summary("zh")


def test_a_score_makes_no_segments(by_score: Uplift):
    assert by_score.modifiers == ("a",)  # the score is a ranking, and makes no segments
    assert set(by_score.segments["column"]) == {"a"}


def test_who_should_get_it(by_learner: Uplift):
    """Of 1,200 rows .2 + 1 (b > 0) less a cost of .6: those with b above 0, worth .3 each."""
    assert by_learner.drivers["column"].iloc[0] == "b"
    assert "goes most with “b”" in by_learner.driver_sentence
    treated = by_learner.leaves.loc[by_learner.leaves["treats"], "segment"]
    assert any("b>" in segment for segment in treated)
    worth = by_learner.worth.set_index("against")
    for against, truth in (("nobody", 0.3), ("everybody", 0.2)):
        row = worth.loc[against]
        error = (row["high"] - row["low"]) / 3.92
        assert abs(row["value"] - truth) < 4 * error + 0.05  # the cut is learned, not known
    assert by_learner.rule_sentence.to("zh")


def test_a_score_of_noise_is_worth_nothing():
    answer = cr.uplift(FRAME, ["a", "b"], score="noise", **ASKED)
    assert not answer.differs  # a chance of 1 in 40, at this seed not met
    assert answer.summary().startswith("No evidence that the effect of t on y differs")
    drawn = answer.plot()
    assert not drawn.data
    said = drawn.layout.annotations[0].text.replace("<br>", " ")
    assert said == answer.summary()


@pytest.fixture(scope="module")
def by_learner() -> Uplift:
    return cr.uplift(FRAME, ["a", "b", "noise"], learner="t-learner", cost=0.6, **ASKED)


def test_a_learner_finds_it_too(by_score: Uplift, by_learner: Uplift):
    answer = by_learner
    assert answer.differs
    assert answer.learner == "t-learner"
    assert 0 < answer.held_out < len(FRAME)
    assert answer.se > by_score.se
    assert list(answer.to_frame()["figure"]) == ["qini", "rate", "slope"]
    assert Uplift.revived(answer.model_dump_json()).summary() == answer.summary()
    for show in ("gains", "effects", "groups", "segments"):
        assert answer.plot("zh", dark=True, show=show).data


def test_several_values_are_held_against_the_control_one_by_one():
    frame = FRAME.assign(t=np.where(FRAME.index % 3 == 0, "other", FRAME["t"]))
    answer = cr.uplift(frame, ["a", "b"], score="b", **ASKED)
    arms = answer.arms.set_index("level")
    assert set(arms.index) == {"on", "other"}
    assert (arms["control"] == "off").all()
    assert arms.loc[answer.effect.arms[1], "value"] == answer.value
    # "other" is who came third, whatever t was: half of the effect of "on".
    assert arms.loc["on", "differs"]


def test_who_could_only_be_in_one_group_is_left_out():
    answer = cr.uplift(table(4000, poor=3.5), ["a", "b"], score="b", **ASKED)
    assert "uplift_trimmed" in " ".join(flag.key for flag in answer.flags)
    assert answer.n < 3000
    assert abs(answer.value - 0.125) < 4 * answer.se


def test_a_graph_adds_the_other_causes_of_the_outcome():
    graph = cr.read_graph("dag { a -> t; a -> y; b -> y; t -> m; m -> y; t -> y; y -> late }")
    frame = FRAME.assign(m=0.0, late=1.0)
    answer = cr.uplift(frame, graph, score="b", **ASKED)
    assert answer.modifiers == ("a",)
    assert cr.uplift(frame, graph, **ASKED, score="noise").modifiers == ("a", "b")


@pytest.mark.parametrize(
    ("frame", "more", "reason"),
    [
        (FRAME[:200], {}, "at least 300"),
        (FRAME.assign(t=FRAME["noise"]), {}, "is a number"),
        (FRAME.assign(t="on"), {}, "only one value"),
    ],
)
def test_what_cannot_be_told_is_refused(frame: pd.DataFrame, more: dict[str, str], reason: str):
    answer = cr.uplift(frame, ["a", "b"], **ASKED, **more)
    assert answer.refused
    assert not answer.differs
    assert reason in answer.summary()
    assert answer.summary("zh")
    assert Uplift.revived(answer.model_dump_json()).refused


def test_without_columns_users_are_alike():
    assert "by what users could differ" in cr.uplift(FRAME, [], **ASKED).summary()


def test_wrong_arguments_say_what_would_be_right():
    with pytest.raises(NotFoundError, match="learner"):
        cr.uplift(FRAME, ["a"], learner="t-lerner", **ASKED)
    for score in ("y", "nothing"):
        with pytest.raises(ParamError):
            cr.uplift(FRAME, ["a"], score=score, **ASKED)
