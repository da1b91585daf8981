"""How far a change goes, on policies whose lists and probabilities are known."""

from __future__ import annotations

import numpy as np
import pytest

from causalrec.core.errors import ParamError
from causalrec.recsys.policies.policy import Policy
from causalrec.whatif.interventions.reach import reach


class Table(Policy):
    """A policy that is a table of logits, its lists the ranking."""

    def __init__(self, logits: np.ndarray) -> None:
        users, items = (np.array([str(i) for i in range(n)]) for n in logits.shape)
        super().__init__(users, items, "table")
        self.table, self.ranked = logits, True

    def logits(self, users) -> np.ndarray:
        return self.table[np.atleast_1d(users)]


def pair() -> tuple[Table, Table]:
    """Of 8 users, the last two get another first item: all of the mass of one moves there."""
    before = np.log(np.tile([0.6, 0.3, 0.1], (8, 1)))
    after = before.copy()
    after[6:] = np.log([0.1, 0.3, 0.6])
    return Table(before), Table(after)


def test_shares_of_lists_and_impressions_are_exact():
    far = reach(*pair(), k=2)
    assert (far.n, far.lists) == (8, 0.25)
    assert far.impressions == pytest.approx(0.25 * 0.5)
    assert far.changed.tolist() == [6, 7]


def test_a_change_of_nothing_reaches_nobody():
    before, _ = pair()
    far = reach(before, before)
    assert (far.lists, far.impressions, len(far.changed)) == (0.0, 0.0, 0)


def test_the_most_typical_change_comes_first():
    before, after = pair()
    after.table[5] = np.log([0.3, 0.6, 0.1])  # two places of three change, as of nobody else
    after.table[4] = after.table[5]
    after.table[3] = after.table[5]
    assert reach(before, after, k=3).changed.tolist()[:3] == [3, 4, 5]


def test_few_users_are_spread_over_all():
    far = reach(*pair(), users=2)
    assert (far.n, far.changed.tolist()) == (2, [7])


@pytest.mark.parametrize("bad", [{"k": 0}, {"users": 0}])
def test_nothing_to_look_at_is_refused(bad):
    with pytest.raises(ParamError):
        reach(*pair(), **bad)
