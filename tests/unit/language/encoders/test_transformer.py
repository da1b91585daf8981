"""A model in a folder: what it may load, how texts are pooled, what is kept."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

import causalrec as cr
from causalrec.core.errors import DataError, NotFoundError
from causalrec.language.encoders import model_files
from causalrec.language.encoders.model_files import bundled_folder
from causalrec.language.encoders.transformer import Transformer

ENGLISH = ["Space war (1977). Genres: Action", "A galaxy battle", "Cooking pasta at home", ""]


@pytest.fixture(scope="module")
def minilm() -> Transformer:
    encoder = cr.text_encoder("auto", device="cpu")
    assert isinstance(encoder, Transformer)
    return encoder


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
