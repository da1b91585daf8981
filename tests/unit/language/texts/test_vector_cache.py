"""Vectors kept on disk, by several writers, where the file is damaged, where there is none."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from causalrec.language.texts.vector_cache import VectorCache, cache_folder


def test_cache_of_several_writers_a_damaged_and_an_absent_one(tmp_path: Path) -> None:
    folder = cache_folder()
    assert folder is not None
    texts = [f"text {i}" for i in range(1_200)]
    vectors = np.arange(2_400, dtype=np.float32).reshape(-1, 2)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: VectorCache("m", folder).keep(texts, vectors), range(4)))
    found = VectorCache("m", folder).find([*texts, "another"])
    assert len(found) == 1_200
    np.testing.assert_array_equal(np.stack([found[text] for text in texts]), vectors)
    assert VectorCache("another model", folder).find(texts) == {}
    for file in folder.iterdir():
        file.write_bytes(b"not a database, but long enough to be looked at" * 100)
    cache = VectorCache("m", folder)
    assert cache.find(texts) == {}
    cache.keep(texts[:1], vectors[:1])
    assert set(cache.find(texts)) == {"text 0"}
    nowhere = VectorCache("m", None)
    nowhere.keep(texts, vectors)
    assert nowhere.find(texts) == {}
