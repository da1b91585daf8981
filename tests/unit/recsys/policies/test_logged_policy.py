"""The policy that a log without users was made by: exact where recorded, else as frequent."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import causalrec as cr
from causalrec.recsys.policies.logged import LoggedPolicy

MAPPING = cr.ColumnMapping(item="item", outcome="click", propensity="chance")


def log_of(chance: np.ndarray | None = None, shown: str = "aabbbc") -> cr.Dataset:
    """Rows of items a, b and c, recorded with chances of .5, .3 and .2 unless told otherwise."""
    own = {"a": 0.5, "b": 0.3, "c": 0.2}
    items = list(shown) * 10
    frame = pd.DataFrame({"item": items, "click": [0, 1] * (len(items) // 2)})
    frame["chance"] = [own[item] for item in items] if chance is None else chance
    return cr.Dataset.from_frame(frame, MAPPING)


def shares_of(policy: cr.Policy) -> dict[str, float]:
    return dict(zip(policy.item_ids, policy.probabilities([-1])[0], strict=True))


def test_recorded_probabilities_are_the_policy_whatever_was_drawn() -> None:
    policy = LoggedPolicy(log_of())
    assert policy.exact
    assert shares_of(policy) == pytest.approx({"a": 0.5, "b": 0.3, "c": 0.2})
    assert policy.propensities(log_of()) == pytest.approx(log_of().frame["propensity"])


def test_where_rows_differ_items_are_as_frequent_as_in_the_log() -> None:
    policy = LoggedPolicy(log_of(np.linspace(0.1, 0.9, 60)))
    assert not policy.exact
    assert shares_of(policy) == pytest.approx({"a": 1 / 3, "b": 1 / 2, "c": 1 / 6})


def test_what_was_never_shown_stays_so_and_the_rest_sums_to_one() -> None:
    log = log_of()
    never = cr.Dataset(**{**vars(log), "item_ids": np.array([*log.item_ids, "d"], dtype=object)})
    shares = shares_of(LoggedPolicy(never))
    assert shares["d"] == 0
    assert sum(shares.values()) == pytest.approx(1)


def test_changes_are_changes_of_these_shares() -> None:
    log = log_of()
    hidden = cr.intervention("hide-items", items=("a",)).apply(LoggedPolicy(log), log)
    assert shares_of(hidden) == pytest.approx({"a": 0, "b": 0.6, "c": 0.4})
    more = cr.intervention("boost-item", item="c", strength=np.log(2)).apply(LoggedPolicy(log), log)
    assert shares_of(more) == pytest.approx({"a": 0.5 / 1.2, "b": 0.3 / 1.2, "c": 0.4 / 1.2})


def test_it_says_what_it_is() -> None:
    frame = LoggedPolicy(log_of()).to_frame()
    assert list(frame["item"]) == ["a", "b", "c"]
    assert frame["probability"].sum() == pytest.approx(1)
    exact, frequent = (LoggedPolicy(one).summary() for one in (log_of(), log_of(np.full(60, 0.2))))
    assert "3 items" in exact
    assert exact == frequent  # equal for every row of an item: recorded, though not as drawn


def test_a_log_that_shows_nothing_has_none() -> None:
    log = log_of()
    with pytest.raises(cr.CausalRecError, match="no impressions"):
        LoggedPolicy(log.with_frame(log.frame.iloc[:0]))
