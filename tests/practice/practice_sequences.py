"""A log in which only the last item tells the next one."""

from __future__ import annotations

import numpy as np
import pandas as pd

import causalrec as cr

MAPPING = cr.ColumnMapping(user="u", item="i", time="t")


def cycle(users: int = 80, items: int = 12, length: int = 9, seed: int = 0) -> pd.DataFrame:
    """After item i comes item i + 1: nothing but the last item tells the next one."""
    rng = np.random.default_rng(seed)
    start = rng.integers(items, size=users)
    taken = (start[:, None] + np.arange(length)) % items
    frame = pd.DataFrame({"u": np.repeat(np.arange(users), length), "i": taken.ravel()})
    frame["t"] = np.tile(np.arange(length), users) + 1_600_000_000
    # The rows' order says nothing of time.
    return frame.sample(frac=1.0, random_state=1).reset_index(drop=True)
