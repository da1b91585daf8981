"""Learnt numbers in fewer bytes: how arrays are written to a saved model, and read back.

What was packed is unpacked when the model is loaded, so that every model scores by its own
code; only "sparse" weights may stay sparse, where the model says that it can score with them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
from scipy import sparse

from causalrec.core.untrusted.documents import ForeignError
from causalrec.recsys.arrays.array_needs import Need, check_arrays, csr_needs, need

__all__ = ["STORAGES", "dense", "pack", "unpack"]

STORAGES = ("plain", "int8", "bf16", "sparse")

_FEWEST = 256
"""Arrays with fewer numbers (biases, norms) are written as they are."""
_BLOCK = 64
"""Numbers of a vector that share a scale."""

Matrix: TypeAlias = np.ndarray | sparse.csr_matrix
"""An array as a model keeps it."""


def pack(
    arrays: Mapping[str, Any], storage: str
) -> tuple[dict[str, np.ndarray], dict[str, dict[str, Any]]]:
    """Arrays as they are written, and what `unpack` must know of each that was changed.

    Args:
        arrays: float arrays are packed, others are kept; a csr matrix is always written sparse.
        storage: one of `STORAGES`. "int8": each row (a vector: each 64 numbers) times one scale,
            symmetric around 0; "bf16": the upper half of each float32, rounded to the nearest;
            "sparse": the numbers that are not 0, where that is smaller.
    """
    written: dict[str, np.ndarray] = {}
    formats: dict[str, dict[str, Any]] = {}
    for name, array in arrays.items():
        form = _form(array, storage)
        if form == "plain":
            written[name] = array
            continue
        parts = _PACK[form](array)
        written.update({f"{name}.{part}": values for part, values in parts.items()})
        formats[name] = {"form": form, "shape": list(array.shape), "csr": sparse.issparse(array)}
    return written, formats


def unpack(
    arrays: Mapping[str, np.ndarray], formats: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """What `pack` was given (rounded as the storage rounds).

    Raises:
        ForeignError: the arrays are not those that ``formats`` says.
    """
    whole: dict[str, Any] = dict(arrays)
    for name, how in formats.items():
        shape = tuple(how["shape"])
        parts = {part: whole.pop(f"{name}.{part}", None) for part in _PARTS[how["form"]]}
        given = {part: array for part, array in parts.items() if array is not None}
        check_arrays(given, _written(how["form"], shape))
        value = _UNPACK[how["form"]](given, shape)
        whole[name] = value if how["csr"] or not sparse.issparse(value) else value.toarray()
    return whole


def _written(form: str, shape: tuple[int, ...]) -> dict[str, Need]:
    """What the parts of a packed array of a shape must be.

    Raises:
        ForeignError: a sparse array is no matrix.
    """
    if form == "bf16":
        return {"bf16": need(*shape, kind="i")}
    if form == "sparse":
        if len(shape) != 2:
            raise ForeignError(f"sparse: {shape}")
        return csr_needs(*shape)
    width = shape[-1] if len(shape) > 1 else _BLOCK
    rows = math.prod(shape[:-1]) if len(shape) > 1 else -(-math.prod(shape) // _BLOCK)
    return {"int8": need(rows, width, kind="i"), "scale": need(rows)}


def dense(product: Matrix) -> np.ndarray:
    """A matrix as an array, whether it is sparse or not."""
    return product if isinstance(product, np.ndarray) else np.asarray(product.toarray())


def _form(array: Matrix, storage: str) -> str:
    if sparse.issparse(array):
        return "sparse"
    if storage == "plain" or array.dtype.kind != "f" or array.size < _FEWEST:
        return "plain"
    if storage == "sparse":
        each = 6 if array.shape[-1] <= 2**16 else 8  # a number and where it stands
        worth = array.ndim == 2 and each * np.count_nonzero(array) < 4 * array.size
        return "sparse" if worth else "plain"
    return storage


def _rows(array: np.ndarray) -> np.ndarray:
    """The array as rows that share a scale: (rows, width)."""
    if array.ndim > 1:
        return array.reshape(-1, array.shape[-1])
    padded = np.zeros(-(-len(array) // _BLOCK) * _BLOCK, dtype=np.float32)
    padded[: len(array)] = array
    return padded.reshape(-1, _BLOCK)


def _to_int8(array: np.ndarray) -> dict[str, np.ndarray]:
    rows = _rows(np.asarray(array, dtype=np.float32))
    scale = np.abs(rows).max(axis=1) / np.float32(127)
    steps = np.divide(rows, scale[:, None], out=np.zeros_like(rows), where=scale[:, None] > 0)
    return {"int8": np.rint(steps).astype(np.int8), "scale": scale}


def _of_int8(parts: dict[str, np.ndarray], shape: tuple[int, ...]) -> np.ndarray:
    rows = parts["int8"].astype(np.float32) * parts["scale"][:, None]
    return np.ascontiguousarray(rows.ravel()[: int(np.prod(shape))].reshape(shape))


def _to_bf16(array: np.ndarray) -> dict[str, np.ndarray]:
    bits = np.ascontiguousarray(array, dtype=np.float32).view(np.uint32)
    # Half of the part cut off, one less where the last bit kept is 0: ties go to even.
    rounded = bits + np.uint32(0x7FFF) + ((bits >> np.uint32(16)) & np.uint32(1))
    return {"bf16": (rounded >> np.uint32(16)).astype(np.uint16)}


def _of_bf16(parts: dict[str, np.ndarray], shape: tuple[int, ...]) -> np.ndarray:
    bits = parts["bf16"].astype(np.uint32) << np.uint32(16)
    return bits.view(np.float32).reshape(shape)


def _to_sparse(array: Matrix) -> dict[str, np.ndarray]:
    matrix = sparse.csr_matrix(array, dtype=np.float32)
    narrow = np.uint16 if matrix.shape[1] <= 2**16 else np.int32
    return {
        "data": matrix.data,
        "indices": matrix.indices.astype(narrow),
        "indptr": matrix.indptr.astype(np.int64),
    }


def _of_sparse(parts: dict[str, np.ndarray], shape: tuple[int, ...]) -> sparse.csr_matrix:
    indices = parts["indices"].astype(np.int32)
    return sparse.csr_matrix((parts["data"], indices, parts["indptr"]), shape=shape)


_PACK = {"int8": _to_int8, "bf16": _to_bf16, "sparse": _to_sparse}
_UNPACK: dict[str, Any] = {"int8": _of_int8, "bf16": _of_bf16, "sparse": _of_sparse}
_PARTS = {"int8": ("int8", "scale"), "bf16": ("bf16",), "sparse": ("data", "indices", "indptr")}
