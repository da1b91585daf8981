"""Every learner on the shelf: the same contract. A new one is run by being listed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from causalrec.causal.learners import LEARNERS
from causalrec.causal.learners.learner import Learner, Lesson
from causalrec.causal.learners.teaching import Course, taught
from causalrec.core.words import LANGUAGES, table


@pytest.mark.parametrize("name", list(LEARNERS))
def test_it_declares_itself(name):
    entry = LEARNERS[name]
    assert issubclass(entry, Learner)
    assert entry.name == name
    assert entry.source
    for lang in LANGUAGES:
        assert {entry.word().key, entry.word("_about").key} <= set(table(lang))
        assert entry.experimental == bool(entry.assumption)
        assert not entry.assumption or entry.assumption in table(lang)


def test_the_readme_lists_the_shelf():
    rows = [f"| `{n}` | {one.word('_about')} | {one.source} |" for n, one in LEARNERS.items()]
    readme = Path(__file__).parents[2] / "README.md"
    assert "\n".join(rows) in readme.read_text(encoding="utf-8")


def lesson(n: int = 300) -> Lesson:
    """An effect of 1 where the first covariate is below 0, of 3 elsewhere; an outcome in cents."""
    rng = np.random.default_rng(4)
    x = rng.normal(size=(n, 3))
    t = (rng.random(n) < 1 / (1 + np.exp(-x[:, 1]))).astype(float)
    y = 500 + 100 * (x[:, 1] + t * (1 + 2 * (x[:, 0] > 0)) + 0.5 * rng.normal(size=n))
    return Lesson(x, t, y, np.arange(n) % 5, seed=1)


# Networks, and what needs signs of a hidden cause, take long and have tests of their own.
@pytest.mark.parametrize("name", LEARNERS.where(lineup=True))
def test_it_learns_in_the_unit_of_the_outcome_and_alike_each_time(name):
    rows, new = lesson(), np.random.default_rng(5).normal(size=(40, 3))
    learned = taught(LEARNERS[name](), [rows])[0]
    effect = learned.effect(new)
    assert effect.shape == (40,)
    assert 100 < effect.mean() < 300
    outcomes = learned.outcomes(new)
    if outcomes is not None:
        assert outcomes.shape == (40, 2)
        assert 400 < outcomes.mean() < 800
        np.testing.assert_allclose(outcomes[:, 1] - outcomes[:, 0], effect)
    np.testing.assert_array_equal(taught(LEARNERS[name](), [rows])[0].effect(new), effect)


@pytest.mark.parametrize("name", LEARNERS.where(lineup=True))
def test_what_it_says_of_a_row_does_not_rest_on_it(name):
    rows, parts = lesson(), np.arange(300) % 3
    held_out = Course.of(rows, parts).held_out(LEARNERS[name]())
    spoiled = rows.outcome.copy()
    first = parts == 0
    spoiled[first] += 1e4 * rows.treatment[first]
    other = Lesson(rows.x, rows.treatment, spoiled, rows.folds, seed=1)
    again = Course.of(other, parts).held_out(LEARNERS[name]())
    np.testing.assert_array_equal(again.effect[first], held_out.effect[first])
    assert np.abs(again.effect[~first] - held_out.effect[~first]).max() > 100
