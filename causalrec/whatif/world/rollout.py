"""Playing policies in a world: expected outcomes for its users, by member and group of users."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from causalrec.core.errors import ParamError
from causalrec.core.progress import OnProgress
from causalrec.core.seeds import generator
from causalrec.data.values.ids import labels
from causalrec.recsys.interactions.interaction_matrix import codes_of
from causalrec.whatif.world.any_policy import AnyPolicy
from causalrec.whatif.world.response_model import Array, Codes
from causalrec.whatif.world.world import World

__all__ = ["everybody", "groups", "play", "players", "whole"]

_PAIRS = 6_000_000
_PIECE = 400_000


def players(world: World, seed: int) -> Codes:
    """Users played, shape (m,): all who were seen, else a sample of light and heavy users alike.

    The sample is systematic in the order of their impressions, its start drawn from the seed.
    """
    seen = np.flatnonzero(world.impressions > 0)
    most = max(200, _PAIRS // max(len(world.item_ids), 1))
    if len(seen) <= most:
        return seen
    ordered = seen[np.argsort(world.impressions[seen], kind="stable")]
    step = len(seen) / most
    start = generator(seed, "players").random() * step
    return np.sort(
        ordered[(start + step * np.arange(most)).astype(np.int64).clip(0, len(seen) - 1)]
    )


def everybody(world: World) -> Codes:
    """One group of all users, shape (n_users,)."""
    return np.zeros(len(world.user_ids), dtype=np.int64)


def groups(world: World, segment: str | None) -> tuple[Codes, list[str]]:
    """The group of each user by a column of the user table, shape (n_users,), and their names.

    Users of whom the column knows nothing are a group without a name.

    Raises:
        ParamError: there is no such column.
    """
    if segment is None:
        return everybody(world), []
    if world.users is None or segment not in world.users.columns:
        columns = "-" if world.users is None else ", ".join(map(str, world.users.columns))
        raise ParamError(
            "simulate.no_segment", hint="simulate.no_segment_hint", name=segment, known=columns
        )
    codes, names = pd.factorize(labels(world.users[segment]), sort=True)
    return codes.astype(np.int64), [str(name) for name in names]


def whole(world: World, values: Array, users: Codes, groups: Codes) -> Array:
    """Everybody's values (arms, 1 + members, outcomes) from the groups'."""
    weight = np.bincount(groups[users], world.impressions[users], minlength=values.shape[2])
    return np.asarray(np.einsum("amgo,g->amo", values, weight / weight.sum()))


def play(
    world: World,
    policies: Sequence[AnyPolicy | None],
    users: Codes,
    groups: Codes,
    *,
    on_progress: OnProgress,
) -> Array:
    """Mean outcome of one impression: (arms, 1 + members, groups, outcomes); 0 is the mode."""
    shape = (len(policies), 1 + world.members, int(groups.max()) + 1, len(world.outcomes))
    total = np.zeros(shape)
    size = max(1, _PIECE // max(len(world.item_ids), 1))
    maps = [_item_codes(world, policy) for policy in policies]
    for start in range(0, len(users), size):
        piece = users[start : start + size]
        shares = [_shares(world, p, m, piece) for p, m in zip(policies, maps, strict=True)]
        group = groups[piece]
        for member in range(-1, world.members):
            earned = _earned(world, shares, piece, member)  # (arms, m, outcomes)
            for arm in range(len(policies)):
                for o in range(shape[3]):
                    weighted = world.impressions[piece] * earned[arm][:, o]
                    total[arm, member + 1, :, o] += np.bincount(group, weighted, shape[2])
        on_progress(min(1.0, (start + size) / len(users)))
    weight = np.bincount(groups[users], world.impressions[users], minlength=shape[2])
    total /= np.maximum(weight, 1e-12)[None, None, :, None]
    looked = np.array([world.looked(member) for member in range(-1, world.members)])
    return np.asarray(total * looked[None, :, None, None])


def _earned(world: World, shares: Sequence[Array], users: Codes, member: int) -> list[Array]:
    """Expected outcomes of one looked-at impression, (m, outcomes) for each arm."""
    relevance = world.relevance(users, member)
    tables = [relevance]
    if world.buy is not None:
        conversion = world.conversion(users, member)
        assert conversion is not None
        tables.append(relevance * conversion)
    if any(outcome.money for outcome in world.outcomes):
        assert world.price is not None
        tables.append(tables[-1] * world.price.astype(np.float32))
    return [
        np.stack([np.einsum("ui,ui->u", share, one) for one in tables], axis=1) for share in shares
    ]


def _item_codes(world: World, policy: AnyPolicy | None) -> Codes | None:
    """Where each item of the policy is in the world; None: the same items in the same order.

    Raises:
        ParamError: the world does not know some of them.
    """
    if policy is None or np.array_equal(policy.item_ids, world.item_ids):
        return None
    codes = codes_of(policy.item_ids, world.item_ids)
    if (codes < 0).any():
        raise ParamError(
            "simulate.unknown_items", hint="simulate.unknown_items_hint", n=int((codes < 0).sum())
        )
    return codes


def _shares(world: World, policy: AnyPolicy | None, codes: Codes | None, users: Codes) -> Array:
    """P(item | user) of a policy for the world's users (m,), float32 (m, n_items)."""
    if policy is None:
        return _logged(world, users)
    theirs = users
    if not np.array_equal(policy.user_ids, world.user_ids):
        theirs = codes_of(world.user_ids[users], policy.user_ids)
    shown = np.asarray(policy.probabilities(theirs), dtype=np.float32)
    if codes is None:
        return shown
    placed = np.zeros((len(users), len(world.item_ids)), dtype=np.float32)
    placed[:, codes] = shown
    return placed


def _logged(world: World, users: Codes) -> Array:
    """What the log showed each user, as shares, float32 (m, n_items)."""
    shown = np.zeros((len(users), len(world.item_ids)), dtype=np.float32)
    for row, (low, high) in enumerate(
        zip(
            np.searchsorted(world.user, users, side="left"),
            np.searchsorted(world.user, users, side="right"),
            strict=True,
        )
    ):
        np.add.at(shown[row], world.item[low:high], 1.0 / max(high - low, 1))
    return shown
