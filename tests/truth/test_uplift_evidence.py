"""Differences between users are found where they are, and rarely where there are none.

Seeds are fixed. A line is learned in each arm and treatment is dealt with chance one half, so
that a draw takes milliseconds and the scores need no models: what is tested is the dealing into
parts, the figures and their errors. tests/benchmarks/uplift.py has the learners of the shelf.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from causalrec.causal.estimation.estimation_problem import Problem, Query
from causalrec.causal.heterogeneity.evidence import Evidence
from causalrec.causal.heterogeneity.held_out_ranking import dealt, learned
from causalrec.causal.learners.learner import Learned, Learner, Lesson

COLUMNS = ("a", "b")
DRAWS = 400


class Line(Learned):
    def __init__(self, slopes: np.ndarray) -> None:
        self.slopes = slopes

    def effect(self, x: np.ndarray) -> np.ndarray:
        return x @ self.slopes


class Lines(Learner):
    """Least squares of the transformed outcome: a line of the effect."""

    name = "lines"

    def fit(self, lesson: Lesson) -> Learned:
        signed = (4 * lesson.treatment - 2) * lesson.outcome
        return Line(np.linalg.lstsq(lesson.x, signed - signed.mean(), rcond=None)[0])


def world(seed: int, differs: float, users: int = 600, each: int = 2) -> Problem:
    """Rows of users, an outcome that users share, an effect that differs along `a`."""
    rng = np.random.default_rng(seed)
    cluster = np.repeat(np.arange(users), each)
    x = rng.normal(size=(users, 2))[cluster]
    t = rng.integers(0, 2, users)[cluster].astype(float)
    y = t * (0.5 + differs * x[:, 0]) + rng.normal(size=users)[cluster] + rng.normal(size=len(t))
    query = Query("t", "y", COLUMNS, seed=seed)
    frame = pd.DataFrame(x, columns=list(COLUMNS))
    return Problem(query, frame, t, y, cluster, "binary", ("0", "1"))


def scores(problem: Problem) -> np.ndarray:
    return (4 * problem.treatment - 2) * problem.outcome


def evidence(problem: Problem, *, dealings: int = 1) -> Evidence:
    rankings = tuple(
        learned(problem, Lines(), dealt(problem, dealing)) for dealing in range(dealings)
    )
    return Evidence(scores(problem), rankings, problem.cluster)


def test_noise_is_rarely_taken_for_a_difference():
    """One dealing alarms as often as its level says, several no oftener."""
    one = [evidence(world(seed, 0.0)) for seed in range(DRAWS)]
    p = {
        "qini": np.array([each.qini.p for each in one]),
        "rate": np.array([each.rate.p for each in one]),
        "slope": np.array([each.slope.p for each in one]),
    }
    # 8 to 33 of 400 at p < .05: passes 99.7 % at a true rate of .05, 4 % at .11 (what ordinary
    # cross-fitting has here), < 1e-3 at .13. 0 to 20 at .025: passes 99.8 %, 1 % at .08.
    for name, each in p.items():
        assert 8 <= (each < 0.05).sum() <= 33, (name, (each < 0.05).sum())
    assert sum(each.differs for each in one) <= 20
    several = [evidence(world(seed, 0.0), dealings=3) for seed in range(100)]
    assert sum(each.differs for each in several) <= 7  # of 100 at .025 or less: 99.6 %


def test_rows_of_a_user_are_no_evidence_of_their_own():
    """Rows that are the same person's count as one: the error is that of the users."""
    twice = [evidence(world(seed, 0.0, users=300, each=4)) for seed in range(30)]
    alone = [replace(each, cluster=None) for each in twice]
    ratio = np.mean([each.qini.se for each in alone]) / np.mean([each.qini.se for each in twice])
    # Half of a row's variance is its user's: 4 rows are worth 4 / (1 + 3 / 2), of scores that
    # the treatment's own chance widens; rows alone have errors 1.3 times too small and more.
    assert ratio < 0.8


def test_a_difference_is_found_and_sized():
    """Effect .5 + .4 a: the Qini of a perfect ranking is .4 E[a (1/2 - U)] = .4 / (2 root pi)."""
    found = [evidence(world(seed, 0.4), dealings=3) for seed in range(60)]
    # Of 60 at a power of .8: 99.9 %; 8 % at .5 (half of the held-out users thrown away).
    assert sum(each.differs for each in found) >= 36
    truth = 0.4 / (2 * np.sqrt(np.pi))
    mean = np.mean([each.qini.value for each in found])
    # Rankings are learned, not perfect: a little less. Its error over 60 draws is about .005.
    assert 0.85 * truth < mean < 1.1 * truth
    gained = np.mean([each.curve.gain[[9, 19]] for each in found], axis=0)
    # Treating the better half gains E[effect, a > 0] = .25 + .4 * .3989; everybody .5.
    assert abs(gained[1] - 0.5) < 0.05
    assert abs(gained[0] - (0.25 + 0.4 * 0.3989)) < 0.05
