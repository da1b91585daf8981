"""Text encoders: which one and why, what they may load, what is kept."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import causalrec as cr
from causalrec.core.errors import DataError, NotFoundError
from causalrec.language import clean_text, item_texts
from causalrec.language.encoders import model_files
from causalrec.language.encoders.model_files import bundled_folder
from causalrec.language.encoders.tf_idf import TfIdf
from causalrec.language.encoders.transformer import Transformer
from causalrec.language.texts.vector_cache import VectorCache, cache_folder

ENGLISH = ["Space war (1977). Genres: Action", "A galaxy battle", "Cooking pasta at home", ""]
CHINESE = [
    "绿茶化妆水（干性肌适用）",
    "胡桃木花瓶（铁锈红）",
    "保湿化妆水（油性肌适用）",
    "玻璃花瓶",
]


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAUSALREC_CACHE", str(tmp_path / "cache"))


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


def test_pooling_is_the_mean_over_a_text_whatever_its_batch(minilm: Transformer) -> None:
    """One text alone and among longer ones: padding takes no part."""
    alone = minilm._pooled(["cat"])[0]
    among = minilm._pooled(["a much longer text about something else " * 5, "cat"])[1]
    np.testing.assert_allclose(alone, among, atol=1e-5)
    import torch

    tokenizer, model, _ = minilm._loaded
    with torch.inference_mode():
        states = model(**tokenizer("cat", return_tensors="pt")).last_hidden_state
    np.testing.assert_allclose(alone, states[0].mean(dim=0).numpy(), atol=1e-5)


def test_known_texts_need_no_model(minilm: Transformer, monkeypatch: pytest.MonkeyPatch) -> None:
    first = minilm.encode(ENGLISH)
    again = cr.text_encoder("auto")
    assert isinstance(again, Transformer)

    def refuse(self: Transformer, texts: list[str]) -> np.ndarray:
        raise AssertionError(f"the model was asked for {texts}")

    monkeypatch.setattr(Transformer, "_pooled", refuse)
    np.testing.assert_array_equal(again.encode(ENGLISH[::-1]), first[::-1])
    with pytest.raises(AssertionError, match="something new"):
        again.encode([*ENGLISH, "something new"])


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


def test_weights_that_can_run_code_are_refused(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "bert"}')
    (tmp_path / "pytorch_model.bin").write_bytes(b"cos\nsystem\n(S'true'\ntR.")
    with pytest.raises(DataError, match=r"pytorch_model\.bin") as caught:
        cr.text_encoder(tmp_path)
    assert caught.value.text.key == "language.unsafe_weights"
    (tmp_path / "pytorch_model.bin").unlink()
    with pytest.raises(DataError) as caught:
        cr.text_encoder(tmp_path)
    assert caught.value.text.key == "language.no_weights"
    (tmp_path / "config.json").unlink()
    with pytest.raises(NotFoundError) as missing:
        cr.text_encoder(tmp_path)
    assert missing.value.text.key == "language.no_model"


def test_changed_weights_of_the_package_are_not_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_files, "digest_of", lambda file: "0" * 64)
    with pytest.raises(DataError) as caught:
        cr.text_encoder("auto")
    assert caught.value.text.key == "language.bundled_changed"


def test_damaged_or_foreign_model_is_named(tmp_path: Path) -> None:
    source = bundled_folder()
    assert source is not None
    for name in ("config.json", "tokenizer.json", "tokenizer_config.json", "vocab.txt"):
        shutil.copy(source / name, tmp_path)
    from safetensors.numpy import save_file

    weights = tmp_path / "model.safetensors"
    weights.write_bytes(b"not tensors at all")
    with pytest.raises(DataError) as caught:
        cr.text_encoder(tmp_path).encode(["a"])
    assert caught.value.text.key == "language.unreadable_model"
    small = json.loads((tmp_path / "config.json").read_text()) | {"num_hidden_layers": 1}
    (tmp_path / "config.json").write_text(json.dumps(small))
    save_file({"a": np.zeros(2, dtype=np.float32)}, weights)
    with pytest.raises(DataError) as caught:
        cr.text_encoder(tmp_path).encode(["a"])
    assert caught.value.text.key == "language.unreadable_model"


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


def test_texts_of_items() -> None:
    n = 30
    table = pd.DataFrame(
        {
            "title": ["Toy\x00 Story (1995)", "Alien\u202e", None, *["x" * 300] * (n - 3)],
            "title_zh": ["玩具总动员"] * n,
            "category": ["Animation|Comedy", ["Horror", "SF"], None, *["Drama"] * (n - 3)],
            "year": [1995, 1979, None, *[2000] * (n - 3)],
            "price": np.linspace(1, 9, n),
            "code": [f"A{i}" for i in range(n)],
            "image": ["https://example.com/1.png"] * n,
            "plot_outline": ["Toys come to life.", None, "", *["A story."] * (n - 3)],
        }
    )
    texts = item_texts(table, range(n))
    assert texts[0] == (
        "Toy Story (1995). Category: Animation, Comedy. Plot outline: Toys come to life."
    )
    assert texts[1] == "Alien (1979). Category: Horror, SF"
    assert texts[2] == ""
    assert texts[3].startswith("x" * 200 + " (2000). Category")
    assert item_texts(None, range(3)) == [""] * 3
    assert item_texts(table[["title_zh"]], range(n))[0] == "玩具总动员"


def test_clean_text() -> None:
    assert clean_text("a\tb\r\n c\x1b[0m\u200b") == "a b c [0m"
    assert len(clean_text("y" * 10_000, 200)) == 200
