"""Rows that have nobody to be compared with."""

from __future__ import annotations

import numpy as np
import pandas as pd

import causalrec as cr
from causalrec.causal.estimation.counterparts import without_counterparts


def test_rows_are_alone_while_five_counterparts_are_not_expected() -> None:
    chance = np.concatenate([np.full(80, 0.04), np.full(200, 0.01), np.full(500, 0.5)])
    alone = without_counterparts(chance)
    assert alone[80:280].all()  # 2 expected
    assert alone[:80].sum() == 74  # 74 more of .04 make 4.96
    assert not alone[280:].any()
    assert not without_counterparts(np.full(1000, 0.3)).any()
    assert not without_counterparts(np.full(1000, 0.04))[200:].any()


def test_the_alarm_widens_the_interval_and_stays_silent_where_nobody_is_alone() -> None:
    rng = np.random.default_rng(3)
    x = rng.normal(size=1000)
    t = (rng.random(1000) < 1 / (1 + np.exp(1 - x**2))).astype(int)
    y = t + 4 * x**2 + rng.normal(size=1000)
    far = np.abs(x) > 1.5
    frame = pd.DataFrame({"x": x, "t": t, "y": y})
    asked = {"treatment": "t", "outcome": "y", "cluster": None, "estimator": "stratification"}
    alone = cr.estimate(frame, ["x"], **asked)
    among = cr.estimate(frame[~far], ["x"], **asked)
    assert "no-counterpart" in alone.flags
    assert alone.low < 1 < alone.high
    assert "no-counterpart" not in among.flags
    assert among.se < alone.se
    treated = cr.estimate(frame, ["x"], **{**asked, "target": "ATC"})
    assert "no-counterpart" not in treated.flags  # everybody without it has counterparts
