"""What the arrays of a saved model must be, and whether they are: checked before any is used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy import sparse

from causalrec.core.untrusted.documents import ForeignError

__all__ = ["Need", "check_arrays", "csr_needs", "need", "within"]

_KINDS = {"f": "fractions", "i": "whole numbers", "b": "yes or no"}


@dataclass(frozen=True)
class Need:
    """What one array must be.

    Attributes:
        shape: its sizes. A name ("rank") stands for a size that only the arrays tell: the same
            wherever the name stands.
        kind: "f", "i" or "b": what it holds.
        below: whole numbers lie between 0 and this, itself left out; None: anywhere.
        ends: it holds where rows start and end in arrays of this named size: from 0, never
            falling, to that size.
        optional: whether a model may lack it.
    """

    shape: tuple[int | str, ...]
    kind: str = "f"
    below: int | None = None
    ends: str = ""
    optional: bool = False


def need(*shape: int | str, kind: str = "f", below: int | None = None) -> Need:
    """What an array of a shape must be, see `Need`."""
    return Need(shape, kind, below)


def csr_needs(rows: int, columns: int, *, size: str = "entries") -> dict[str, Need]:
    """The three arrays of a csr matrix (rows, columns) that is kept as such."""
    return {
        "data": Need((size,)),
        "indices": Need((size,), "i", below=columns),
        "indptr": Need((rows + 1,), "i", ends=size),
    }


def within(needs: Mapping[str, Need], owner: str) -> dict[str, Need]:
    """The needs of a part, its arrays' names and the names of its sizes led by ``owner``."""
    return {f"{owner}{name}": _owned(one, owner) for name, one in needs.items()}


def _owned(one: Need, owner: str) -> Need:
    shape = tuple(f"{owner}{s}" if isinstance(s, str) else s for s in one.shape)
    return replace(one, shape=shape, ends=one.ends and f"{owner}{one.ends}")


def check_arrays(arrays: Mapping[str, Any], needs: Mapping[str, Need]) -> None:
    """Check arrays (csr matrices among them) against what is needed, and against each other.

    Raises:
        ForeignError: one is missing, unknown, of another kind or shape, or holds what it must not.
    """
    missing = sorted(n for n, one in needs.items() if n not in arrays and not one.optional)
    strangers = sorted(set(arrays) - set(needs))
    if missing or strangers:
        raise ForeignError(f"arrays: -{missing[:3]} +{strangers[:3]}")
    sizes: dict[str, int] = {}
    for name, array in arrays.items():
        _check_shape(name, array.shape, needs[name].shape, sizes)
    for name, array in arrays.items():
        _check_values(name, array.data if sparse.issparse(array) else array, needs[name], sizes)


def _check_shape(
    name: str, given: tuple[int, ...], wanted: tuple[int | str, ...], sizes: dict[str, int]
) -> None:
    """Sizes are those wanted; a name takes the first size that it meets.

    Raises:
        ForeignError: a size is another.
    """
    fits = len(given) == len(wanted)
    for one, size in zip(given, wanted, strict=False):
        fits &= one == (size if isinstance(size, int) else sizes.setdefault(size, one))
    if not fits:
        shown = tuple(sizes.get(s, s) if isinstance(s, str) else s for s in wanted)
        raise ForeignError(f"{name}: {given} ≠ {shown}")


def _check_values(name: str, values: np.ndarray, one: Need, sizes: dict[str, int]) -> None:
    """Numbers are of the type wanted, finite, and point to what is there.

    Raises:
        ForeignError: they are not.
    """
    kind = values.dtype.kind.replace("u", "i")
    if kind != one.kind:
        raise ForeignError(f"{name}: {values.dtype} ≠ {_KINDS[one.kind]}")
    if kind == "f" and not np.isfinite(values).all():
        raise ForeignError(f"{name}: NaN, ∞")
    outside = one.below is not None and values.size and not _between(values, one.below)
    broken = one.ends and not _pointers(values, sizes.get(one.ends, 0))
    if outside or broken:
        raise ForeignError(f"{name}: index")


def _between(values: np.ndarray, below: int) -> bool:
    return bool(values.min() >= 0 and values.max() < below)


def _pointers(values: np.ndarray, end: int) -> bool:
    """Whether they start at 0, never fall, and end where the entries do."""
    return bool(values[0] == 0 and values[-1] == end and (values[1:] >= values[:-1]).all())
