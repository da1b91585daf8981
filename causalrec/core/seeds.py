"""Random streams: one seed, independent streams by name."""

from __future__ import annotations

import zlib

import numpy as np

__all__ = ["generator"]


def generator(seed: int, *stream: str | int) -> np.random.Generator:
    """A numpy generator for a named stream of a seed; equal arguments give equal draws."""
    words = [zlib.crc32(str(part).encode()) for part in stream]
    return np.random.default_rng([seed & 0xFFFFFFFF, *words])
