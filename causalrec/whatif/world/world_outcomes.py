"""Which outcomes of a log a world plays: what a look leads to, what follows, and its money."""

from __future__ import annotations

import numpy as np

from causalrec.core.errors import DataError
from causalrec.data.dataset.dataset import Dataset
from causalrec.data.dataset.log_outcomes import outcomes_of
from causalrec.data.dataset.outcomes import Outcome
from causalrec.whatif.world.response_fit import Fit
from causalrec.whatif.world.world_features import mean_price

__all__ = ["outcomes_played", "played"]


def played(data: Dataset) -> tuple[str, str | None]:
    """The 0/1 outcome that a look leads to, and one that may follow it (a sale after a click).

    Told by the values: the first that does not itself happen only after another.

    Raises:
        DataError: the log names no users or positions, has no 0/1 outcome, or no impressions.
    """
    for role, key in (("user", "user"), ("position", "position")):
        if not data.has(role) or (role == "user" and data.n_users == 0):
            raise DataError(f"simulate.no_{key}", hint=f"simulate.no_{key}_hint")
    if not data.binary:
        raise DataError(
            "simulate.no_binary",
            hint="simulate.no_binary_hint",
            known=", ".join(data.outcomes) or "-",
        )
    if not data.has_impressions:
        raise DataError("simulate.no_impressions", hint="simulate.no_impressions_hint")
    happens = {name: (data.frame[name] > 0).to_numpy() for name in data.binary}
    after = {
        name: [one for one, seen in happens.items() if one != name and _within(seen, mine)]
        for name, mine in happens.items()
    }
    later = {name for names in after.values() for name in names}
    look = next((name for name in happens if name not in later), next(iter(happens)))
    return look, next(iter(after[look]), None)


def _within(inner: np.ndarray, outer: np.ndarray) -> bool:
    """Whether one happens only where the other does, and more rarely: bool (n,) each."""
    return 0 < inner.sum() < outer.sum() and not bool((inner & ~outer).any())


def outcomes_played(
    outcome: str, data: Dataset, buy: Fit | None, follows: str | None
) -> tuple[Outcome, ...]:
    """What a world plays: the outcome, what follows it, and the money of the last of them."""
    logged = outcomes_of(data)
    names = [outcome] if buy is None or follows is None else [outcome, follows]
    priced = mean_price(data) is not None
    money = [name for name, one in logged.items() if priced and one.source == names[-1]]
    return tuple(logged[name] for name in (*names, *money))
