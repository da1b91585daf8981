"""What two logs that hold the same have in common."""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd

from causalrec.data.dataset.mapping import ColumnMapping

__all__ = ["fingerprint"]


def fingerprint(
    mapping: ColumnMapping, ids: tuple[np.ndarray, np.ndarray], frame: pd.DataFrame
) -> str:
    """32 hex digits of SHA-256 over mapping, ids, columns and rows.

    Args:
        mapping: what each column of the source was.
        ids: external ids of users (n_users,) and items (n_items,).
        frame: the coded rows.
    """
    digest = hashlib.sha256()
    digest.update(mapping.model_dump_json().encode())
    for some in ids:
        digest.update("\x1f".join(map(str, some)).encode())
        digest.update(b"\x1e")
    for column in frame.columns:
        digest.update(str(column).encode())
        values = frame[column]
        plain = values.astype(object) if values.dtype == "category" else values
        digest.update(pd.util.hash_pandas_object(plain, index=False).to_numpy().tobytes())
    return digest.hexdigest()[:32]
