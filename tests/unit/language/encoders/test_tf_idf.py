"""Words weighed by how rare they are: a corpus of its own, few dimensions, the same twice."""

from __future__ import annotations

import numpy as np
import pytest

from causalrec.core.errors import DataError
from causalrec.language.encoders.tf_idf import TfIdf


def test_tf_idf_belongs_to_its_corpus() -> None:
    corpus = [f"film {i} of the {word}" for i, word in enumerate(["sea", "sun", "sky"] * 8)]
    fitted = TfIdf().fit(corpus)
    np.testing.assert_allclose(fitted.encode(corpus), TfIdf().encode(corpus))
    assert fitted.encode(["nothing alike xyz"]).shape == (1, fitted.encode(corpus).shape[1])
    near = fitted.encode(["film 0 of the sea"]) @ fitted.encode(corpus).T
    assert near[0, 0] == pytest.approx(1.0, abs=1e-6)
    assert near[0, 3] > near[0, 1]
    assert fitted.fingerprint != TfIdf().fit(corpus[1:]).fingerprint
    with pytest.raises(DataError):
        TfIdf().encode(["", "…"])


def test_tf_idf_of_many_texts_has_few_dimensions_and_is_the_same_twice() -> None:
    rng = np.random.default_rng(0)
    words = np.array([f"w{i}" for i in range(500)])
    corpus = [" ".join(rng.choice(words, 6)) for _ in range(1_000)]
    first = TfIdf().encode(corpus)
    assert first.shape == (1_000, 256)
    np.testing.assert_array_equal(first, TfIdf().encode(corpus))
