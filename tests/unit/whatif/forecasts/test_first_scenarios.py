"""What a log is asked first: what it can answer."""

from __future__ import annotations

import numpy as np
import pandas as pd

import causalrec as cr
from causalrec.whatif.forecasts.scenario import default_scenarios
from causalrec.whatif.interventions import INTERVENTIONS
from causalrec.whatif.interventions.intervention_kinds import LIST, TREATMENT

CAUSE = ("graph", "promo", "bought")


def log(bought: np.ndarray) -> cr.Dataset:
    n = len(bought)
    frame = pd.DataFrame({"who": np.arange(n) % 20, "what": np.arange(n) % 7, "promo": 0})
    mapping = cr.ColumnMapping(
        user="who", item="what", outcomes={"purchase": "bought"}, covariates=("promo",)
    )
    return cr.Dataset.from_frame(frame.assign(bought=bought), mapping)


def test_lists_come_first_only_where_the_log_says_what_was_shown() -> None:
    shown, chosen = log(np.arange(100) % 2), log(np.ones(100))
    first, last = (default_scenarios(one, "model", CAUSE)[0].on for one in (shown, chosen))
    assert (first, last) == (LIST, TREATMENT)
    assert {one.on for one in default_scenarios(chosen, "model")} == {LIST}  # no cause is known


def test_a_log_without_users_is_asked_without_a_model() -> None:
    frame = pd.DataFrame({"what": list("aab") * 10, "click": [0, 1, 0] * 10, "chance": 0.5})
    mapping = cr.ColumnMapping(item="what", outcome="click", propensity="chance")
    first = default_scenarios(cr.Dataset.from_frame(frame, mapping), None)[0]
    assert first.model is None
    (change,) = first.changes
    assert INTERVENTIONS[change.name].on == LIST
    assert default_scenarios(log(np.arange(100) % 2), None) == []  # users: a model is needed
