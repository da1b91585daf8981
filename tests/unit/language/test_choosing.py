"""Which encoder is taken and why; nothing is fetched, nothing heavy loaded."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

import causalrec as cr
from causalrec.core.errors import NotFoundError
from causalrec.language.encoders.transformer import Transformer

ENGLISH = ["Space war (1977). Genres: Action", "A galaxy battle", "Cooking pasta at home", ""]


CHINESE = [
    "绿茶化妆水（干性肌适用）",
    "胡桃木花瓶（铁锈红）",
    "保湿化妆水（油性肌适用）",
    "玻璃花瓶",
]


@pytest.fixture(scope="module")
def minilm() -> Transformer:
    encoder = cr.text_encoder("auto", device="cpu")
    assert isinstance(encoder, Transformer)
    return encoder


def test_best_present_is_taken_and_said(minilm: Transformer) -> None:
    assert minilm.title == "all-MiniLM-L6-v2"
    assert minilm.reason.key == "language.reason_best"
    assert minilm.title in minilm.reason.to("zh")
    vectors = minilm.encode(ENGLISH)
    assert vectors.shape == (4, 384)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), [1, 1, 1, 0], atol=1e-5)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.1
    by_name = cr.text_encoder("sentence-transformers/all-MiniLM-L6-v2", device="cpu")
    assert by_name.fingerprint == minilm.fingerprint
    assert by_name.reason.key == "language.reason_asked"


def test_without_a_model_words_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("causalrec.language.choosing.bundled_folder", lambda: None)
    encoder = cr.text_encoder()
    assert encoder.title == "TF-IDF"
    assert encoder.reason.key == "language.reason_no_model"
    with pytest.raises(NotFoundError) as caught:
        cr.text_encoder("all-MiniLM-L6-v2")
    assert caught.value.text.key == "language.model_absent"


def test_chinese_titles() -> None:
    encoder = cr.text_encoder("auto", texts=CHINESE)
    assert encoder.title == "TF-IDF"
    assert encoder.reason.key == "language.reason_chinese"
    vectors = encoder.encode(CHINESE)
    near = vectors @ vectors.T
    np.fill_diagonal(near, -1.0)
    assert near.argmax(axis=1).tolist() == [2, 3, 0, 1]
    assert cr.text_encoder("auto", texts=ENGLISH).title == "all-MiniLM-L6-v2"


@pytest.mark.parametrize("name", ["nobody/no-such-model", "../no/such", "a b", "x/../y"])
def test_a_model_that_is_not_here_is_not_fetched(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import socket

    def refuse(*given: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    with pytest.raises(NotFoundError) as caught:
        cr.text_encoder(name)
    assert caught.value.text.key == "language.model_absent"


def test_choosing_an_encoder_loads_nothing_heavy() -> None:
    code = (
        "import sys, causalrec as cr\n"
        "cr.text_encoder('auto'), cr.text_encoder('tf-idf')\n"
        "print(sorted({'torch', 'transformers', 'sklearn', 'jieba'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
