"""Who is evaluated: what is known of each user, what was held out, and what items are."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from causalrec.core.errors import DataError, ParamError
from causalrec.core.words import Text
from causalrec.data.dataset.dataset import Dataset
from causalrec.data.splits.split import Split
from causalrec.recsys.interactions.attributes import attribute_matrix
from causalrec.recsys.interactions.disliked import apart, disliked_in, seen
from causalrec.recsys.interactions.interaction_matrix import (
    aligned,
    codes_of,
    of_dataset,
    positives,
    rows_of,
    union,
    weighted,
)
from causalrec.recsys.interactions.row_weights import row_weights
from causalrec.recsys.interactions.segments import Segment, segments_of
from causalrec.recsys.metrics.item_facts import ItemFacts
from causalrec.recsys.model.recommender import Recommender
from causalrec.recsys.policies.policy import Policy

__all__ = ["Asked", "asked", "fingerprint"]

_FEW = 100
_CATEGORIES = ("category", "categories", "genre", "genres")


@dataclass(frozen=True, eq=False)
class Asked:
    """Users to evaluate, those with a known history first, in the codes of a model.

    Attributes:
        codes: model codes, (n,), -1 for users it does not know; user_ids: external, (n,).
        n_warm: how many have a known history.
        history: what is known to be taken, csr (n, n_items): the input of models.
        seen: that and what was rated and not wanted, csr (n, n_items): not listed.
        targets: what was held out and is not known, csr (n, n_items).
        n_targets: the same counted, items that the model does not know included, (n,).
        everyone: what is known of every user of the model, csr (n_users, n_items).
        candidates: items that compete, bool (n_items,).
        met: items that somebody is known to have taken, bool (n_items,).
        inverse: inverse propensities of the targets, csr (n, n_items); None without.
        facts: items as they are known before the lists; its history is of the warm users.
        segments: groups of the warm users.
        notes: who is left out, and what to know.
    """

    codes: np.ndarray
    user_ids: np.ndarray
    n_warm: int
    history: sparse.csr_matrix
    seen: sparse.csr_matrix
    targets: sparse.csr_matrix
    n_targets: np.ndarray
    everyone: sparse.csr_matrix
    candidates: np.ndarray
    met: np.ndarray
    inverse: sparse.csr_matrix | None
    facts: ItemFacts
    segments: tuple[Segment, ...]
    notes: tuple[Text, ...]

    @cached_property
    def n_candidates(self) -> np.ndarray:
        """How many items compete for each user's list, (n,)."""
        if self.candidates.all():
            return np.asarray(len(self.candidates) - np.diff(self.seen.indptr))
        taken = self.seen[:, self.candidates].getnnz(axis=1)
        return np.asarray(self.candidates.sum() - taken)


def asked(model: Recommender | Policy, split: Split, on: str) -> Asked:
    """Users with something held out that is not known of them.

    Raises:
        ParamError: ``on`` is no part.
        DataError: nobody has both, or there is no validation part.
    """
    held, parts = _parts(split, on)
    mine = (np.asarray(held.user_ids), np.asarray(held.item_ids))
    ordered = getattr(model, "takes_order", False)
    past = union(*(of_dataset(part, mine, ordered=ordered) for part in parts), ordered=ordered)
    wanted = union(positives(held))
    unwanted = union(*(disliked_in(part, mine) for part in parts))
    hidden = seen(past, apart(unwanted, past))
    fresh = sparse.csr_matrix(wanted - wanted.multiply(hidden.sign()))
    fresh.eliminate_zeros()
    counts = past.getnnz(axis=1)
    has_target = fresh.getnnz(axis=1) > 0
    warm, cold = (np.flatnonzero(has_target & some) for some in (counts > 0, counts == 0))
    if not len(warm):
        raise DataError(
            "recsys.nothing_to_evaluate",
            hint="recsys.nothing_to_evaluate_hint",
            part=Text(f"recsys.part_{on}"),
        )
    users = warm if isinstance(model, Policy) else np.concatenate([warm, cold])
    theirs = np.asarray(model.item_ids)
    history = _moved(past[users], mine[1], theirs)
    everyone = aligned(past, mine, (np.asarray(model.user_ids), theirs))
    competing = np.ones(len(mine[1]), dtype=bool)
    if on == "test" and split.candidates is not None:
        competing = split.candidates
    weights = _inverse(held, fresh)
    row = codes_of(theirs, mine[1])
    return Asked(
        codes=codes_of(mine[0][users], model.user_ids),
        user_ids=mine[0][users],
        n_warm=len(warm),
        history=history,
        seen=_moved(hidden[users], mine[1], theirs),
        targets=_moved(fresh[users], mine[1], theirs),
        n_targets=fresh[users].getnnz(axis=1),
        everyone=everyone,
        candidates=np.where(row >= 0, competing[row], competing.all()),
        met=np.where(row >= 0, (past.getnnz(axis=0) > 0)[row], False),
        inverse=None if weights is None else _moved(weights[0][users], mine[1], theirs),
        facts=_facts(split.train, everyone, history[: len(warm)], row),
        segments=_segments(split.train, warm, counts),
        notes=(
            *_notes(len(warm), len(cold), int(wanted.nnz - fresh.nnz)),
            *_about_items(competing, weights),
        ),
    )


def fingerprint(split: Split, on: str) -> str:
    """Which rows were held out: equal for equal splits."""
    held = split.test if on == "test" else split.valid
    assert held is not None
    return f"{split.train.fingerprint[:12]}-{held.fingerprint[:12]}"


def _parts(split: Split, on: str) -> tuple[Dataset, list[Dataset]]:
    """The held-out part and the parts that are known history.

    Raises:
        ParamError: ``on`` is no part.
        DataError: there is no validation part.
    """
    if on not in {"test", "valid"}:
        raise ParamError("recsys.unknown_part", hint="recsys.unknown_part_hint", part=on)
    if on == "valid":
        if split.valid is None:
            raise DataError("recsys.no_valid", hint="recsys.no_valid_hint")
        return split.valid, [split.train]
    return split.test, [p for p in (split.train, split.valid) if p is not None]


def _moved(rows: sparse.csr_matrix, item_ids: np.ndarray, theirs: np.ndarray) -> sparse.csr_matrix:
    """Rows in the item codes of the model; items it does not know drop out."""
    if np.array_equal(item_ids, theirs):
        return sparse.csr_matrix(rows)
    here = np.arange(rows.shape[0]).astype(str)
    return aligned(rows, (here, item_ids), (here, theirs))


def _inverse(held: Dataset, fresh: sparse.csr_matrix) -> tuple[sparse.csr_matrix, Text] | None:
    """Inverse propensities of what was held out, and how they were cut."""
    if "propensity" not in held.frame.columns:
        return None
    weights = row_weights(held, "propensity")
    each = weighted(held, weights.values)
    return sparse.csr_matrix(each.multiply(fresh.sign())), weights.note


def _facts(
    train: Dataset, everyone: sparse.csr_matrix, history: sparse.csr_matrix, row: np.ndarray
) -> ItemFacts:
    described = attribute_matrix(train.items, train.n_items)
    names = [feature.column for feature in described.features]
    column = next((names.index(name) for name in _CATEGORIES if name in names), -1)
    mine = np.flatnonzero(described.columns == column)
    return ItemFacts(
        counts=everyone.getnnz(axis=0),
        users=int((everyone.getnnz(axis=1) > 0).sum()),
        history=history.sign(),
        attributes=rows_of(described.matrix, row),
        categories=rows_of(sparse.csr_matrix(described.matrix[:, mine]), row),
    )


def _segments(train: Dataset, warm: np.ndarray, counts: np.ndarray) -> tuple[Segment, ...]:
    table: pd.DataFrame | None = None if train.users is None else train.users.iloc[warm]
    return tuple(segments_of(table, counts[warm]))


def _notes(warm: int, cold: int, repeats: int) -> list[Text]:
    counts: dict[str, int] = {"cold_users": cold, "masked_repeats": repeats}
    notes = [Text(f"recsys.note_{key}", n=n) for key, n in counts.items() if n]
    if warm < _FEW:
        notes.append(Text("recsys.note_few_users", n=warm))
    return notes


def _about_items(
    competing: np.ndarray, weights: tuple[sparse.csr_matrix, Text] | None
) -> list[Text]:
    about: list[tuple[str, dict[str, Any]]] = []
    if not competing.all():
        about.append(("recsys.note_candidates", {"n": int(competing.sum())}))
    if weights is not None:
        about.append(("recsys.note_debiased", {"how": weights[1]}))
    return [Text(key, **values) for key, values in about]
