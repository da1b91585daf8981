"""On worlds with a known effect the intervals of designs hold it, and the naive ones do not.

Seeds are fixed; the probabilities say how likely a correct design was to fail when they were
chosen. The full run, with more worlds, is tests/benchmarks/designs.py.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "benchmarks"))

from designs import answers

DRAWS = {
    "two groups": 60,
    "4 and 12 units": 60,
    "4 a cohort": 30,
    "series": 60,
    "cutoff": 60,
    "factors": 20,
}


@pytest.fixture(scope="module")
def told():
    return {
        world: answers(world, draws, 0.5 if world == "cutoff" else 1.0)
        for world, draws in DRAWS.items()
    }


@pytest.mark.parametrize("world", list(DRAWS))
def test_the_interval_holds_the_truth(told, world) -> None:
    """At most the share that a coverage of .95 misses by chance in one of 300 worlds or fewer.

    Of 60 draws 8 may miss (a true coverage of .95 fails .3 %, of .90 19 %, of .80 88 %, of .70
    99.9 %), of 30 draws 5 (.3 %, 7 %, 57 %, 92 %), of 20 draws 4 (.3 %, 4 %, 37 %, 76 %).
    """
    covers = told[world]["covers"].dropna().astype(bool)
    allowed = {60: 8, 30: 5, 20: 4}[DRAWS[world]]
    assert len(covers) == DRAWS[world]
    assert int((~covers).sum()) <= allowed


@pytest.mark.parametrize("world", list(DRAWS))
def test_answers_are_right_on_average_and_the_naive_ones_are_not(told, world) -> None:
    """Four errors of the mean: a false alarm 6 in 100,000; a bias of one spread is always seen."""
    error = told[world]["error"]
    assert abs(error.mean()) < 4 * error.std() / len(error) ** 0.5
    assert told[world]["naive_covers"].mean() < 0.75


@pytest.mark.parametrize("world", ["two groups", "series", "cutoff"])
def test_where_nothing_happened_nothing_is_found(world) -> None:
    """30 draws: more than 5 clear answers by chance in .3 % at a size of .05, seen 92 % at .3.

    A placebo fails in at most .15 of draws (two of a kind are held together, three kinds at most):
    more than 11 of 30 by chance in .1 %.
    """
    blank = answers(world, 30, 0.0)
    assert int(blank["excludes"].sum()) <= 5
    assert int(blank["failed"].sum()) <= 11
