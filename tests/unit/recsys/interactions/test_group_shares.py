"""Shares of groups: each at least as asked for."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from causalrec.core.errors import ParamError
from causalrec.recsys.interactions.group_shares import least_shares, target_shares


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0.01, 1.0), min_size=1, max_size=6), st.integers(0, 2**31))
def test_target_shares_are_met(sizes: list[float], seed: int) -> None:
    shares = np.array(sizes) / np.sum(sizes)
    least = np.random.default_rng(seed).random(len(sizes))
    least *= 0.95 / max(least.sum(), 0.95)
    targets = target_shares(shares, least)
    assert targets.sum() == pytest.approx(1.0)
    assert (targets >= least - 1e-9).all()
    above = targets > least + 1e-9  # those that are not raised shrink alike
    ratios = targets[above] / shares[above]
    assert len(ratios) == 0 or np.ptp(ratios) < 1e-9


def test_least_shares_go_to_named_groups_with_rows() -> None:
    names, shares = np.array(["", "a", "b", "c"]), np.array([0.2, 0.5, 0.3, 0.0])
    np.testing.assert_allclose(least_shares(names, shares, None), [0.0, 0.25, 0.25, 0.0])
    np.testing.assert_allclose(least_shares(names, shares, 0.4), [0.0, 0.4, 0.4, 0.0])
    np.testing.assert_allclose(least_shares(names, shares, {"b": 0.6}), [0.0, 0.0, 0.6, 0.0])
    with pytest.raises(ParamError) as error:
        least_shares(names, shares, {"c": 0.1})  # nothing of it can weigh more
    assert "a, b" in str(error.value.hint)
