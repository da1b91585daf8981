"""Smaller variants of a fitted model: rounded, pruned, distilled; and how fast a model scores."""

from __future__ import annotations

import copy
import time
from typing import Any

import numpy as np
from scipy import sparse

from causalrec.core.errors import ParamError
from causalrec.core.progress import OnProgress
from causalrec.data.splits.split import Split
from causalrec.recsys.arrays.storage_formats import pack, unpack
from causalrec.recsys.model.recommender import Recommender
from causalrec.recsys.recommenders import STUDENTS
from causalrec.recsys.variants.variant_table import FORMS

__all__ = ["make_variant", "users_per_second"]

_KEEP_ITEMS, _KEEP_OTHER = 0.1, 0.5
_TRIPLE = ("data", "indices", "indptr")
_BATCH, _USERS, _TIMES = 256, 2_048, 5


def make_variant(
    model: Recommender,
    form: str,
    split: Split,
    *,
    keep: float | None = None,
    factors: int = 64,
    seed: int = 0,
    on_progress: OnProgress,
) -> Recommender:
    """A variant of a fitted model, a model of its own.

    Args:
        model: the original; it is not changed.
        form: one of `FORMS`. "int8", "bf16": its numbers rounded; "pruned": the smallest set to
            0; one of `STUDENTS`: a small student of its scores.
        split: what the student learns from (train), and its validation part.
        keep: share of the numbers that pruning keeps; by default a tenth of weights between
            items, half of others.
        factors: size of the student.
        seed: of the student.
        on_progress: told while the student learns.

    Raises:
        ParamError: there is no such form, or a model has nothing to prune or round.
    """
    if form in STUDENTS:
        student = STUDENTS[form](factors=factors, teacher=model.name)
        student.teacher = model
        student.fit(split.train, split.valid, seed=seed, on_progress=on_progress)
        student.teacher = None
        taught: Recommender = student
        return taught
    smaller = copy.copy(model)
    if form in ("int8", "bf16"):
        smaller.storage = form
        written, formats = pack(model._arrays, form)
        smaller._arrays, changed = unpack(written, formats), list(formats)
    elif form == "pruned":
        smaller.storage = "sparse"
        smaller._arrays, changed = _pruned(model, keep)
    else:
        raise ParamError(
            "core.bad_param",
            hint="core.bad_param_hint",
            name="form",
            value=repr(form),
            why=", ".join(FORMS),
        )
    if not changed:
        raise ParamError(
            "recsys.variant_nothing", hint="recsys.variant_nothing_hint", model=model.label
        )
    return smaller


def users_per_second(*models: Recommender) -> list[float]:
    """How many users' scores of the whole catalogue a second gives, a figure a model.

    The fastest of five rounds each; the models take turns, so that what else the machine does
    meets all of them.
    """
    taken = [[float("inf")] for _ in models]
    sizes = []
    for _ in range(_TIMES):
        for model, seconds in zip(models, taken, strict=True):
            users = np.flatnonzero(model.history.getnnz(axis=1) > 0)[:_USERS]
            started = time.perf_counter()
            for batch in np.array_split(users, max(1, len(users) // _BATCH)):
                model.score(batch)
            seconds.append(time.perf_counter() - started)
            sizes.append(len(users))
    pairs = zip(sizes, taken, strict=False)
    return [size / max(min(seconds), 1e-9) for size, seconds in pairs]


def _pruned(model: Recommender, keep: float | None) -> tuple[dict[str, Any], list[str]]:
    """Arrays with the smallest numbers set to 0, and the names of those changed."""
    arrays: dict[str, Any] = dict(model._arrays)
    changed = []
    if all(name in arrays for name in _TRIPLE):  # weights that are sparse already
        parts = [arrays[name] for name in _TRIPLE]
        n = len(parts[2]) - 1
        near = sparse.csr_matrix(tuple(parts), shape=(n, n)).copy()
        near.data[_small(near.data, keep or _KEEP_OTHER)] = 0.0
        near.eliminate_zeros()
        kinds = [part.dtype for part in parts]
        fewer = (near.data, near.indices, near.indptr)
        arrays.update({n: a.astype(k) for n, a, k in zip(_TRIPLE, fewer, kinds, strict=True)})
        changed.append("data")
    for name, array in model._arrays.items():
        if sparse.issparse(array) or array.ndim != 2 or array.dtype.kind != "f":
            continue
        square = array.shape[0] == array.shape[1] > 1
        part = keep or (_KEEP_ITEMS if square else _KEEP_OTHER)
        less = np.where(_small(array, part), np.float32(0), array)
        arrays[name] = sparse.csr_matrix(less) if name in model.sparse_arrays else less
        changed.append(name)
    return arrays, changed


def _small(values: np.ndarray, keep: float) -> np.ndarray:
    """Where the numbers are that do not belong to the largest ``keep`` of those that are not 0."""
    size = np.abs(values)
    there = size[size > 0]
    if not len(there):
        return np.zeros(values.shape, dtype=bool)
    place = min(round(len(there) * (1.0 - keep)), len(there) - 1)
    return np.asarray(size < np.partition(there, place)[place])
