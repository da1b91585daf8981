"""How good lists are: every item competes, every figure has its interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from causalrec.core.device import require_memory
from causalrec.core.errors import DataError, ParamError
from causalrec.core.progress import OnProgress, silent
from causalrec.core.words import Text
from causalrec.data.split import Split
from causalrec.recsys import history as known
from causalrec.recsys.metric_table import (
    MetricComparison,
    MetricTable,
    compare_metrics,
    metric_table,
)
from causalrec.recsys.policies.policy import Policy
from causalrec.recsys.recommender import Recommender
from causalrec.recsys.team import current_team
from causalrec.recsys.topk import best, chunks, hide

__all__ = ["MetricComparison", "MetricTable", "compare_metrics", "evaluate"]

_FEW = 100


def evaluate(
    model_or_policy: Recommender | Policy,
    split: Split,
    on: str = "test",
    k: Sequence[int] | int = (10, 20),
    *,
    seed: int = 0,
    on_progress: OnProgress | None = None,
) -> MetricTable:
    """Rank the whole catalogue for each user and compare with what was held out.

    On "test" the train and validation parts are the known history (on "valid" the train part):
    hidden from the lists, and the input of models that take one. Users without a known
    history, and held-out rows that repeat something known, are left out and counted in the
    notes. Held-out items that the model does not know count as missed. The processes of a team
    share the users out and all get the whole table, so all of them must ask.

    Args:
        model_or_policy: a fitted recommender or a policy (its likeliest items are its list).
        split: the parts; users and items are matched by external id.
        on: "test" or "valid".
        k: lengths of the lists.
        seed: of the bootstrap.
        on_progress: told the share of users done.

    Raises:
        ParamError: ``on`` or ``k`` cannot be used.
        DataError: nobody can be evaluated, or there is no validation part.
    """
    model, lengths = model_or_policy, _lengths(k)
    task = _asked(model, split, on)
    top = max(lengths)
    require_memory(len(task.codes) * top * 40.0, _work(task, model))
    ready = _ready(model, task.everyone)
    return metric_table(
        _all_lists(ready, task, top, on_progress or silent),
        task.targets,
        task.n_targets,
        lengths=lengths,
        item_counts=task.everyone.getnnz(axis=0),
        known_users=int((task.everyone.getnnz(axis=1) > 0).sum()),
        user_ids=task.user_ids,
        about={
            "model": model.name,
            "on": on,
            "protocol": split.protocol,
            "split": _fingerprint(split, on),
            "seed": seed,
            "notes": task.notes,
        },
    )


@dataclass(frozen=True)
class _Asked:
    """Users to evaluate: model codes, external ids, known history, targets (model codes)."""

    codes: np.ndarray
    user_ids: np.ndarray
    history: sparse.csr_matrix
    targets: sparse.csr_matrix
    n_targets: np.ndarray
    everyone: sparse.csr_matrix
    notes: tuple[Text, ...]


def _asked(model: Recommender | Policy, split: Split, on: str) -> _Asked:
    held, parts = _parts(split, on)
    mine = (np.asarray(held.user_ids), np.asarray(held.item_ids))
    ordered = getattr(model, "takes_order", False)
    told = [known.of_dataset(part, mine, ordered=ordered) for part in parts]
    past = known.union(*told, ordered=ordered)
    wanted = known.union(known.positives(held))
    fresh = sparse.csr_matrix(wanted - wanted.multiply(past > 0))
    fresh.eliminate_zeros()
    has_target = fresh.getnnz(axis=1) > 0
    warm = has_target & (past.getnnz(axis=1) > 0)
    users = np.flatnonzero(warm)
    if not len(users):
        raise DataError(
            "recsys.nothing_to_evaluate",
            hint="recsys.nothing_to_evaluate_hint",
            part=Text(f"recsys.part_{on}"),
        )
    codes = known.codes_of(mine[0][users], model.user_ids)
    here = (np.arange(len(users)).astype(str), np.asarray(model.item_ids))
    local = (here[0], mine[1])
    counts = {
        "recsys.note_cold_users": int((has_target & ~warm).sum()),
        "recsys.note_masked_repeats": int(wanted.nnz - fresh.nnz),
    }
    notes = [Text(key, n=n) for key, n in counts.items() if n]
    if len(users) < _FEW:
        notes.append(Text("recsys.note_few_users", n=len(users)))
    return _Asked(
        codes=codes,
        user_ids=mine[0][users],
        history=known.aligned(past[users], local, here),
        targets=known.aligned(fresh[users], local, here),
        n_targets=fresh[users].getnnz(axis=1),
        everyone=known.aligned(past, mine, (np.asarray(model.user_ids), here[1])),
        notes=tuple(notes),
    )


def _parts(split: Split, on: str) -> tuple[Any, list[Any]]:
    """The held-out part and the parts that are known history."""
    if on not in {"test", "valid"}:
        raise ParamError("recsys.unknown_part", hint="recsys.unknown_part_hint", part=on)
    if on == "valid":
        if split.valid is None:
            raise DataError("recsys.no_valid", hint="recsys.no_valid_hint")
        return split.valid, [split.train]
    return split.test, [p for p in (split.train, split.valid) if p is not None]


def _ready(model: Recommender | Policy, everyone: sparse.csr_matrix) -> Recommender | Policy:
    """A policy is told the known history once; a model is given it with each chunk."""
    return model.with_history(everyone) if isinstance(model, Policy) else model


def _all_lists(model: Recommender | Policy, task: _Asked, k: int, tell: OnProgress) -> np.ndarray:
    """The list of each user, (n, k): this process ranks for its share, its team for the rest."""
    team, n = current_team(), len(task.codes)
    lists = np.full((n, k), -1, dtype=np.int64)
    own = team.share(n)
    for part in chunks(own.stop - own.start, model.n_items, bytes_each=24):
        rows = slice(own.start + part.start, own.start + part.stop)
        lists[rows] = _lists(model, task.codes[rows], task.history[rows], k)
        tell(part.stop / (own.stop - own.start))
    return team.gathered(lists)


def _lists(
    model: Recommender | Policy, codes: np.ndarray, history: sparse.csr_matrix, k: int
) -> np.ndarray:
    if isinstance(model, Policy):
        return model.top(codes, k, exclude=history)
    return best(hide(model.score(codes, history), history), k)


def _work(task: _Asked, model: Recommender | Policy) -> Text:
    return Text("recsys.work_evaluate", users=len(task.codes), items=model.n_items)


def _lengths(k: Sequence[int] | int) -> tuple[int, ...]:
    lengths = (k,) if isinstance(k, (int, np.integer)) else tuple(k)
    if not lengths or any(int(one) != one or one < 1 for one in lengths):
        raise ParamError("recsys.bad_k", hint="recsys.bad_k_hint", k=str(k))
    return tuple(dict.fromkeys(int(one) for one in lengths))


def _fingerprint(split: Split, on: str) -> str:
    """Which rows were held out: equal for equal splits."""
    held = split.test if on == "test" else split.valid
    assert held is not None
    return f"{split.train.fingerprint[:12]}-{held.fingerprint[:12]}"
