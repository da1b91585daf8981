"""The tree gains most, says whom it treats, and is worth what it is said to be worth."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest

from causalrec.causal.estimation.estimation_problem import Problem, Query
from causalrec.causal.heterogeneity.policy_tree import cuts_of, grow
from causalrec.causal.heterogeneity.treatment_rule import rule_of
from causalrec.core.words.conditions import people
from causalrec.whatif.interventions.policy_attributes import PolicyAttributes

RNG = np.random.default_rng(2)
FRAME = pd.DataFrame(
    {
        "new": RNG.integers(0, 2, 150).astype(float),
        "device": pd.Series(RNG.choice(["phone", "tablet", "web"], 150), dtype=object),
        "age": RNG.uniform(18, 80, 150),
    }
)
EVERY = np.ones(150, dtype=bool)


def best_of_all(cuts, gains: np.ndarray, depth: int) -> float:
    """The most that any tree of a depth gains, by trying them all."""
    if depth == 0:
        return max(float(gains.sum()), 0.0)
    members = [cut.inside for cut in cuts]
    best = max(float(gains.sum()), 0.0)
    for root in members:
        sides = []
        for part in (root, ~root):
            here = gains * part
            ends = [max(here.sum(), 0.0)]
            if depth == 2:
                ends += [max((here * c).sum(), 0) + max((here * ~c).sum(), 0) for c in members]
            sides.append(max(ends))
        best = max(best, sum(sides))
    return best


@pytest.mark.parametrize(("depth", "seed"), list(product((1, 2), range(12))))
def test_no_tree_of_its_depth_gains_more(depth: int, seed: int):
    gains = np.random.default_rng(seed).normal(size=150)
    cuts = cuts_of(FRAME)
    tree = grow(cuts, gains, EVERY, depth)
    assert gains[tree.treated(cuts)].sum() == pytest.approx(best_of_all(cuts, gains, depth))


def test_a_deeper_tree_gains_no_less():
    cuts = cuts_of(FRAME)
    for seed in range(8):
        gains = np.random.default_rng(seed).normal(size=150)
        by_depth = [gains[grow(cuts, gains, EVERY, d).treated(cuts)].sum() for d in (1, 2, 3)]
        assert by_depth == sorted(by_depth)


def test_leaves_are_segments_that_interventions_take():
    gains = np.where((FRAME["new"] == 1) & (FRAME["age"] > 45), 1.0, -1.0)
    cuts = cuts_of(FRAME)
    tree = grow(cuts, gains, EVERY, 2)
    leaves = list(tree.leaves(cuts))
    assert sum(rows.sum() for _, _, rows in leaves) == len(FRAME)
    for segment, _, rows in leaves:
        assert (PolicyAttributes(FRAME, None).user_mask(segment) == rows).all()
        assert people(segment).to("zh")
    (treated,) = [segment for segment, treats, _ in leaves if treats]
    assert "new=1" in treated
    assert "age>" in treated


def test_where_everybody_gains_nobody_is_asked():
    cuts = cuts_of(FRAME)
    for gains, treats in ((np.ones(150), True), (-np.ones(150), False)):
        assert [leaf[:2] for leaf in grow(cuts, gains, EVERY, 2).leaves(cuts)] == [("", treats)]


def world(seed: int, users: int = 1200) -> tuple[Problem, np.ndarray]:
    """Effect +.5 for new users and -.5 for others; treatment by a coin."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"new": rng.integers(0, 2, users) * 1.0, "age": rng.normal(size=users)})
    t = rng.integers(0, 2, users).astype(float)
    y = t * (frame["new"].to_numpy() - 0.5) + rng.normal(size=users)
    query = Query("t", "y", ("new", "age"), seed=seed)
    return Problem(query, frame, t, y, None, "binary", ("0", "1")), (4 * t - 2) * y


def test_the_value_is_that_of_users_it_was_not_learned_from():
    """The rule gains .25 over nobody and over everybody; its interval holds that in .95.

    Of 100: 88 and more pass 99.8 % at .95, 5 % at .82. Valued on the users that it was learned
    from, trees of noise gain .1 and more: the second half of the test.
    """
    held, right = 0, 0
    for seed in range(100):
        problem, scores = world(seed)
        rule = rule_of(problem, scores, ("new", "age"), cost=0.0, depth=1, level=0.95)
        if rule.leaves["segment"].tolist() == ["new=1", "new=0"]:
            right += 1
            held += ((rule.worth["low"] <= 0.25) & (rule.worth["high"] >= 0.25)).sum()
    assert right >= 95
    assert held / 2 >= 0.88 * right
    noise = []
    for seed in range(60):
        problem, _ = world(seed, users=600)
        scores = np.random.default_rng(seed).normal(size=600) * 2
        rule = rule_of(problem, scores, ("new", "age"), cost=0.0, depth=2, level=0.95)
        noise.append(rule.worth["value"].iloc[0])
    assert abs(np.mean(noise)) < 0.06  # its error is .015


def test_a_cost_is_taken_off():
    problem, scores = world(0)
    rule = rule_of(problem, scores, ("new", "age"), cost=2.0, depth=2, level=0.95)
    assert rule.share < 0.2
    free = rule_of(problem, scores, ("new", "age"), cost=-2.0, depth=2, level=0.95)
    assert free.share > 0.8
