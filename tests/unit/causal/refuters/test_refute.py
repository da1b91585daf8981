"""Each refuter rings for the fault that it is there for, and an answer can be refused a trial."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import causalrec as cr
from causalrec.causal.effects.effect import Effect
from causalrec.core.errors import NotFoundError, ParamError


def ask(frame: pd.DataFrame, covariates: tuple[str, ...], **options: object) -> Effect:
    given = {"treatment": "t", "outcome": "y", "estimator": "ols", "cluster": None}
    return cr.estimate(frame, covariates, **{**given, **options})


def confounded(n: int = 2000) -> pd.DataFrame:
    """A cause that the covariates leave out: the treatment does nothing, `before` neither."""
    rng = np.random.default_rng(0)
    hidden, x = rng.normal(size=(2, n))
    t = (rng.random(n) < 1 / (1 + np.exp(-hidden - 0.2 * x))).astype(int)
    y, before = (hidden + 0.2 * x + rng.normal(size=n) for _ in range(2))
    return pd.DataFrame({"t": t, "y": y, "x": x, "before": before})


def repeated(units: int = 60, rows: int = 40) -> pd.DataFrame:
    """Rows of a unit share their treatment and most of their outcome."""
    rng = np.random.default_rng(1)
    unit = np.repeat(np.arange(units), rows)
    t = rng.integers(0, 2, units)[unit]
    y = rng.normal(size=units)[unit] + t + 0.3 * rng.normal(size=units * rows)
    return pd.DataFrame({"t": t, "y": y, "x": rng.normal(size=units * rows), "unit": unit})


def test_a_hidden_cause_shows_in_an_outcome_that_the_treatment_cannot_reach() -> None:
    frame = confounded()
    found = cr.refute(ask(frame, ("x",)), frame, controls=("before",), cluster=None)
    assert found.failed[-1] == "negative-control"
    row = found.rows.set_index("refuter").loc["negative-control"]
    assert row["about"] == "before"
    assert row["low"] > 0
    assert not found.passed
    assert "did not hold" in found.summary()


def test_a_weak_answer_does_not_stand_a_cause_as_strong_as_a_strong_covariate() -> None:
    rng = np.random.default_rng(2)
    x = rng.normal(size=4000)
    t = (rng.random(4000) < 1 / (1 + np.exp(-x))).astype(int)
    frame = pd.DataFrame({"t": t, "y": 0.2 * t + x + rng.normal(size=4000), "x": x})
    effect = ask(frame, ("x",))
    assert effect.excludes_zero
    found = cr.refute(effect, frame, refuters=("hidden-cause",), cluster=None)
    assert found.failed == ("hidden-cause",)
    assert effect.hidden is not None
    assert effect.hidden.times is not None
    assert effect.hidden.times < 1


def test_an_interval_that_takes_rows_for_independent_is_found_too_narrow() -> None:
    """Rows of a unit are alike: the true error is six times that of independent rows."""
    frame = repeated()
    rows_alone = ask(frame, ("x",), estimator="dowhy-linear", cluster="unit")
    found = cr.refute(rows_alone, frame, refuters=("bootstrap", "data-subset"), cluster="unit")
    assert found.failed == ("bootstrap", "data-subset")
    by_unit = ask(frame, ("x",), cluster="unit")
    assert cr.refute(by_unit, frame, refuters=("bootstrap", "data-subset"), cluster="unit").passed


def test_the_same_seed_gives_the_same_draws_and_another_others() -> None:
    frame = confounded(400)
    effect = ask(frame, ("x",))
    first, again, other = (cr.refute(effect, frame, cluster=None, seed=s) for s in (0, 0, 1))
    assert first.rows.equals(again.rows)
    assert not first.rows["value"].equals(other.rows["value"])


def test_a_difference_and_a_refused_effect_are_not_tried() -> None:
    frame = confounded(400)
    seen = cr.refute(ask(frame, ("x",), estimator="difference"), frame)
    assert seen.refused
    assert not seen.passed
    assert "no effect" in seen.summary()
    refused = ask(frame.assign(t=1), ("x",))
    assert cr.refute(refused, frame).reason == refused.reason


@pytest.mark.parametrize(
    ("options", "error"),
    [({"refuters": ("plcebo",)}, NotFoundError), ({"replicates": 5}, ParamError)],
)
def test_what_is_asked_wrongly_says_so(options: dict, error: type[Exception]) -> None:
    frame = confounded(400)
    with pytest.raises(error):
        cr.refute(ask(frame, ("x",)), frame, **options)


def test_the_page_s_effect_has_been_tried() -> None:
    frame = confounded(400)
    assert ask(frame, ("x",)).refutations is None
    tried = ask(frame, ("x",), compare=True).refutations
    assert tried is not None
    assert len(tried.rows) == 6


def test_a_broken_answer_is_in_doubt_and_a_strong_one_says_how_strong() -> None:
    frame = repeated()
    narrow = ask(frame, ("x",), estimator="dowhy-linear", cluster="unit", compare=True)
    sound = ask(frame, ("x",), cluster="unit", compare=True)
    left = [" ".join(str(one) for one in cr.answer(effect).unknown) for effect in (narrow, sound)]
    assert ["Users drawn anew" in said for said in left] == [True, False]
    assert "hidden cause" in left[1]
