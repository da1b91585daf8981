"""How far a change of lists goes: whose lists change, and how many impressions move."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from causalrec.core.errors import ParamError
from causalrec.recsys.arrays.topk import chunks
from causalrec.recsys.policies.drawn import Drawn
from causalrec.recsys.policies.policy import Policy

__all__ = ["Reach", "reach"]

_USERS = 400
"""Users looked at: a share of them is known to within 5 percentage points (2 standard errors)."""
_CELLS = 4_000_000
"""Users times items that are looked at: below a second on one core."""


@dataclass(frozen=True)
class Reach:
    """How far a change goes, over users spread evenly over all.

    Attributes:
        n: users looked at.
        lists: share of them whose list changes, 0 to 1.
        impressions: share of their impressions that move to other items, 0 to 1 (the mean total
            variation distance between the two policies' probabilities).
        changed: codes of those whose list changes, (m,), the most typical first: those whose
            number of changed places is nearest to the median.
    """

    n: int
    lists: float
    impressions: float
    changed: np.ndarray


def reach(before: Policy, after: Policy, k: int = 10, *, users: int = _USERS) -> Reach:
    """Compare two policies' lists and probabilities.

    Lists with chance in them are one draw each with common random numbers, so that a place
    changes because of the policy.

    Args:
        before: the unmodified policy.
        after: the changed one, over the same users and items.
        k: length of the lists.
        users: how many are looked at at most.

    Raises:
        ParamError: `k` or `users` is below 1.
    """
    for name, value in (("k", k), ("users", users)):
        if value < 1:
            facts = {"name": name, "value": value, "why": "1"}
            raise ParamError("core.bad_param", hint="core.bad_param_hint", **facts)
    most = max(1, min(users, _CELLS // max(1, before.n_items), before.n_users))
    codes = np.unique(np.linspace(0, before.n_users - 1, most).astype(np.int64))
    lists = [Drawn(policy).top(codes, k) for policy in (before, after)]
    places = (lists[0] != lists[1]).sum(axis=1)
    moved = np.empty(len(codes))
    for part in chunks(len(codes), before.n_items, bytes_each=32):
        ends = [policy.probabilities(codes[part]) for policy in (before, after)]
        moved[part] = 0.5 * np.abs(ends[1] - ends[0]).sum(axis=1)
    hit = places > 0
    typical = np.abs(places[hit] - np.median(places[hit])) if hit.any() else places[hit]
    return Reach(
        n=len(codes),
        lists=float(hit.mean()),
        impressions=float(moved.mean()),
        changed=codes[hit][np.argsort(typical, kind="stable")],
    )
