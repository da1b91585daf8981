"""A grid of questions: what is clear after the correction, what is refused, and the words."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

import causalrec as cr
from causalrec.core.errors import ParamError
from causalrec.core.statistics.p_values import holm


def log(n: int = 600, seed: int = 0, effect: float = 0.8) -> pd.DataFrame:
    """Only the first treatment moves anything, and only the first outcome."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    t, other = ((rng.random(n) < 1 / (1 + np.exp(-x))).astype(int) for _ in range(2))
    y, z = x + effect * t + rng.normal(size=n), x + rng.normal(size=n)
    return pd.DataFrame({"t": t, "other": other, "y": y, "z": z, "x": x, "still": 1.5})


@pytest.fixture(scope="module")
def grid():
    told: list[float] = []
    answer = cr.questions(
        log(), ["x"], treatments=["t", "other"], outcomes=["y", "z", "still"], cluster=None,
        on_progress=lambda part, _: told.append(part),
    )  # fmt: skip
    assert told == sorted(told)
    assert len(told) == 6
    return answer


def test_what_is_clear_is_what_there_is(grid):
    """An effect of ten errors; that one of the three nulls is clear beside it has probability .05
    at most, and the seed is fixed."""
    rows = grid.rows
    assert list(rows.loc[rows["clear"], ["treatment", "outcome"]].itertuples(index=False)) == [
        ("t", "y")
    ]
    refused = rows[rows["refused"]]
    assert set(refused["outcome"]) == {"still"}
    assert refused["p"].isna().all()
    assert set(refused["light"]) == {"red"}


def test_each_answer_is_that_of_its_question_alone_and_p_is_holms(grid):
    alone = cr.estimate(log(), ["x"], treatment="t", outcome="y", cluster=None, compare=True)
    assert grid.rows.iloc[0]["value"] == alone.value
    assert grid.rows.iloc[0]["low"] == alone.low
    halves = [(e.high - e.low) / 2 for e in grid.effects if not e.refused]
    values = [e.value for e in grid.effects if not e.refused]
    z = np.abs(values) / np.array(halves) * norm.ppf(0.975)
    answered = ~grid.rows["refused"].to_numpy(dtype=bool)
    np.testing.assert_allclose(grid.rows["p"][answered], holm(2 * norm.sf(z)), atol=1e-12)


def test_it_says_itself_in_both_languages_and_survives_json(grid):
    assert "1 of 6" in grid.summary()
    assert "t → y" in grid.summary("zh")
    again = type(grid).model_validate_json(grid.model_dump_json())
    pd.testing.assert_frame_equal(again.rows, grid.rows)
    nothing = cr.questions(log(200, effect=0.0), ["x"], treatments=["t"], outcomes=["z"])
    assert nothing.sentence.key == "causal.questions_none"


def test_nothing_to_ask_is_refused():
    with pytest.raises(ParamError):
        cr.questions(log(60), ["x"], treatments=["t"], outcomes=["t"])
