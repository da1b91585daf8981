"""Intervals of effects hold the truth as often as they say, and alarms ring for a reason.

Seeds are fixed, so the outcome is the same at every run. Each comment says how often a test
with other seeds would pass at a true coverage of .95, .90 and .80 (binomial). The full study,
more worlds and every estimator, is tests/benchmarks/effects_coverage.py.
"""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from causalrec.causal.effects.answers import Asking
from causalrec.causal.effects.preconditions import make_problem
from causalrec.causal.estimation.estimation_problem import Query, Refusal
from causalrec.causal.estimation.weights import examine
from causalrec.causal.identification.strategy import Identified
from causalrec.causal.rows.question_rows import rows_of

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "benchmarks"))

import effects_coverage as worlds


def asking(world, seed: int, estimator: str = "aipw") -> tuple[Asking, float]:
    """The checked question of one draw, and its truth."""
    frame, columns, truth, cluster = world(np.random.default_rng(seed))
    query = Query("t", "y", tuple(columns))
    problem = make_problem(rows_of(frame, ("t", "y"), columns, cluster), query)
    return Asking(problem, estimator, Identified("t", "y", tuple(columns))), truth


class Trials(NamedTuple):
    """How often 95 % intervals hold the truth, and how large errors are beside them.

    `square` is the mean square of the errors, each in units of its interval's half-width over
    1.96: over draws, a chi-square over its degrees of freedom times the square of 1.96 over the
    quantile that the intervals reach (1 at a true coverage of .95, 1.42 at .90, .58 at .99).
    """

    hits: int
    square: float


def trials(world, estimators: tuple[str, ...], draws: int) -> dict[str, Trials]:
    """Each estimator's intervals in so many draws of a world."""
    errors: dict[str, list[float]] = {name: [] for name in estimators}
    for seed in range(draws):
        asked, truth = asking(world, seed)
        for name in estimators:
            answer = asked.answer(name)
            off = truth - answer.value
            end = answer.high - answer.value if off > 0 else answer.value - answer.low
            errors[name].append(1.96 * abs(off) / end)
    return {
        name: Trials(int((np.array(z) <= 1.96).sum()), float(np.mean(np.square(z))))
        for name, z in errors.items()
    }


def held(world, estimators: tuple[str, ...], draws: int) -> dict[str, int]:
    """In how many draws each estimator's 95 % interval holds the truth."""
    return {name: one.hits for name, one in trials(world, estimators, draws).items()}


def test_ols_ipw_and_aipw_hold_the_truth():
    count = trials(partial(worlds._linear, n=250), ("ols", "ipw", "aipw"), 200)
    # 181 of 200 and more: passes 99.6 % (.95), 45 % (.90), 2 % (.85). Squares: 98 % (.95), 44 %
    # (.92), 9 % (.90), < 1e-3 (.85), 43 % (.98), 1 % (.99). From .72 on since AIPW, which widens
    # where its models are not settled, is the wider by a twentieth with so few rows.
    assert all(one.hits >= 181 for one in count.values()), count
    assert all(0.72 <= one.square <= 1.23 for one in count.values()), count


OTHERS = ("interacted", "entropy-balancing", "stratification", "matching")
ALWAYS_OVERLAP = ("overlap-weights", "dml")
"""By symmetry those who could be in either group have a mean effect of 1 in that world too."""


def test_the_others_hold_the_truth_where_the_effect_differs_too():
    count = trials(partial(worlds._varying, n=250), (*OTHERS, *ALWAYS_OVERLAP), 120)
    # 108 of 120 and more: passes 99 % (.95), 58 % (.90), 7 % (.85), .3 % (.80). Squares of .71 to
    # 1.33: 98 % (.95), 30 % (.90), 1 % (.85), 8 % (.98), < 1e-3 (.99).
    assert all(one.hits >= 108 for one in count.values()), count
    assert all(0.71 <= one.square <= 1.33 for one in count.values()), count


def test_the_treated_are_told_apart_from_everybody():
    """The effect is 1 + x and the treated have more of x: .41 on average, by integration."""
    draws = []
    for seed in range(12):
        frame, columns, _, cluster = worlds._varying(np.random.default_rng(seed), n=1000)
        query = Query("t", "y", tuple(columns), target="ATT")
        problem = make_problem(rows_of(frame, ("t", "y"), columns, cluster), query)
        asked = Asking(problem, "aipw", Identified("t", "y", tuple(columns)))
        draws.append([asked.answer(name).value for name in OTHERS])
    # The mean of 12 has an error of .03; five errors: false alarm below 1e-6. The effect on
    # everybody is .41 away.
    assert np.abs(np.mean(draws, axis=0) - 1.41).max() < 0.15


def test_strata_and_matching_hold_or_warn_where_some_rows_have_no_counterpart():
    """Of large squares nearly all are treated; their outcomes without it are extrapolated."""
    silent = dict.fromkeys(("stratification", "matching"), 0)
    for seed in range(50):
        asked, truth = asking(partial(worlds._curved, kind="square", n=300), seed)
        for name in silent:
            answer = asked.answer(name)
            silent[name] += not answer.flags and not answer.low <= truth <= answer.high
    # 6 and fewer of 50: passes 98.8 % (.05), .5 % at the .27 without the alarm.
    assert max(silent.values()) <= 6, silent


def _measured(rng, n=250):
    """A number as treatment, of whose variance given x a third is error of measurement."""
    x, own, error, noise = rng.normal(size=(4, n))
    t = x + own
    frame = worlds.pd.DataFrame({"x": x, "t": t + 0.7 * error, "y": t + x + 0.5 * noise})
    return frame, ["x"], 1.0, None


def test_reverse_regression_bounds_what_errors_of_measurement_hide():
    count = held(_measured, ("ols", "reverse-regression"), 60)
    # 57 and more of 60: passes always at the 1.00 of a bound, 65 % at .95, 14 % at .90. The line
    # is flatter by a third of the effect, many errors: it holds the truth in none of 20 draws.
    assert count["reverse-regression"] >= 57, count
    assert count["ols"] <= 6, count


@pytest.mark.parametrize("name", ["wave", "square", "slope"])
def test_dml_holds_where_nothing_is_straight_or_says_that_it_may_not(name):
    """Coverage of econml's LinearDML with two folds of LightGBM is .85 on such worlds."""
    slope = partial(worlds._slope, curve=True, n=300)
    world = slope if name == "slope" else partial(worlds._curved, kind=name, n=300)
    held = 0
    for seed in range(60):
        asked, truth = asking(world, seed, "dml")
        answer = asked.answer("dml")
        warned = {flag.key for flag in answer.flags} & {"causal.flag_leftover",
                                                        "causal.flag_unsettled"}  # fmt: skip
        held += bool(answer.low <= truth <= answer.high or warned)
    # 52 of 60 and more: passes 99.6 % (.95), 85 % (.90), 40 % (.85), 11 % (.80).
    assert held >= 52, held


@pytest.mark.parametrize("name", ["interacted", "entropy-balancing"])
def test_lines_and_balance_are_flagged_where_they_do_not_fit_and_only_there(name):
    def rung(world, draws: int) -> int:
        answers = (asking(world, seed)[0].answer(name) for seed in range(draws))
        keys = {"causal.flag_misfit", "causal.flag_unbalanced"}
        return sum(bool(keys & {flag.key for flag in one.flags}) for one in answers)

    # 9 and fewer of 100: passes 97 % at a false alarm of .05, .02 at .15. Measured .95 to 1 of
    # the curved; 17 of 20: passes 98 % (.95), 1e-3 (.5).
    assert rung(partial(worlds._varying, n=250), 100) <= 9
    for kind in ("square", "wave", "product"):
        assert rung(partial(worlds._curved, kind=kind, n=300), 20) >= 17


@pytest.mark.parametrize("kind", ["mcar", "given z"])
def test_unknown_confounders_are_drawn_without_bias(kind):
    one = trials(partial(worlds._holed, kind=kind, n=250), ("ols",), 60)["ols"]
    # 53 of 60 and more: passes 99 % (.95), 75 % (.90), never at the .07 of an indicator. Squares:
    # 98 % (.95), 76 % (.92), 51 % (.90), 9 % (.85), 1 % (.80).
    assert one.hits >= 53, one
    assert one.square <= 1.41, one


def test_units_as_few_as_two_an_arm_are_covered():
    ten = held(partial(worlds._units, treated=10, rows=10), ("ols",), 300)["ols"]
    # 277 … 292 of 300: passes 97 % (.95), 10 % (.90), 1e-4 (.85), < 1e-6 (.80).
    assert 277 <= ten <= 292
    two = held(partial(worlds._units, treated=2, rows=28), ("ols", "difference"), 120)
    # 108 of 120 and more: passes 99 % (.95), 58 % (.90), 7 % (.85), .3 % (.80); G - 1 degrees
    # gave .72.
    assert min(two.values()) >= 108, two
    with pytest.raises(Refusal):
        asking(partial(worlds._units, treated=1, rows=60), 0)


@pytest.mark.parametrize("n", [60, 100, 240])
def test_the_overlap_alarm_does_not_ring_because_a_sample_is_small(n):
    rung = tried = 0
    for kind in ("even", "good"):
        for seed in range(50):
            try:
                asked, _ = asking(partial(worlds._overlap, n=n, kind=kind), seed)
            except Refusal:
                continue
            tried += 1
            rung += examine(asked.problem, "ATE").poor
    # 9 and fewer of 100: passes 97 % at a false alarm of .05, 2e-3 at .20; it was .8 to 1.
    assert tried >= 95
    assert rung <= 9


def test_the_overlap_alarm_rings_where_arms_hardly_overlap():
    asked = [asking(partial(worlds._overlap, n=150, kind="bad"), seed)[0] for seed in range(20)]
    # Measured .97 to 1 at 60 to 500 rows; 17 of 20: passes > .99 at .97, 1e-3 at .5.
    assert sum(examine(one.problem, "ATE").poor for one in asked) >= 17


def flagged(world, draws: int) -> int:
    """In how many draws a line is told not to fit, or its effect to vary."""
    keys = {"causal.flag_misfit", "causal.flag_varying"}
    answers = (asking(world, seed)[0].answer("ols") for seed in range(draws))
    return sum(bool(keys & {flag.key for flag in answer.flags}) for answer in answers)


def test_a_line_is_flagged_where_it_does_not_fit_and_only_there():
    # 13 and fewer of 150: passes 98 % at a false alarm of .05, .02 at .15.
    assert flagged(partial(worlds._linear, n=200), 150) <= 13
    assert flagged(partial(worlds._slope, curve=False, n=200), 100) <= 9
    # Measured .95 to 1 at 200 rows; 17 of 20: passes 98 % (.95), 1e-3 (.5).
    for kind in ("square", "wave", "product"):
        assert flagged(partial(worlds._curved, kind=kind, n=300), 20) >= 17
    assert flagged(partial(worlds._slope, curve=True, n=300), 20) >= 17
