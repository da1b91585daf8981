"""Vectors of texts are made as a model's own folder says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from causalrec.core.errors import DataError
from causalrec.language.encoders.pooling import Recipe, pooled, recipe_of

STATES = torch.arange(24, dtype=torch.float32).reshape(2, 4, 3)
#: The second text has two tokens, padded on either side.
RIGHT = torch.tensor([[1, 1, 1, 1], [1, 1, 0, 0]])
LEFT = torch.tensor([[1, 1, 1, 1], [0, 0, 1, 1]])


@pytest.mark.parametrize(
    ("mode", "of"),
    [
        ("cls", lambda rows: rows[0]),
        ("lasttoken", lambda rows: rows[-1]),
        ("mean", lambda rows: rows.mean(axis=0)),
        ("max", lambda rows: rows.max(axis=0)),
        ("mean_sqrt_len_tokens", lambda rows: rows.sum(axis=0) / np.sqrt(len(rows))),
        ("weightedmean", lambda rows: np.average(rows, axis=0, weights=1 + np.arange(len(rows)))),
    ],
)
@pytest.mark.parametrize("mask", [RIGHT, LEFT])
def test_each_mode_looks_at_the_tokens_only(mode: str, of: Any, mask: torch.Tensor) -> None:
    made = pooled(STATES, mask, (mode,)).numpy()
    for row, states, there in zip(made, STATES.numpy(), mask.numpy() > 0, strict=True):
        np.testing.assert_allclose(row, of(states[there]), rtol=1e-6)


def test_several_modes_stand_side_by_side() -> None:
    made = pooled(STATES, RIGHT, ("cls", "max"))
    assert made.shape == (2, 6)
    assert torch.equal(made[:, :3], pooled(STATES, RIGHT, ("cls",)))


def folder(place: Path, pooling: Any = None, modules: Any = None, length: Any = None) -> Path:
    (place / "1_Pooling").mkdir()
    kinds = ["Transformer", "Pooling"] if modules is None else modules
    told = [
        {"type": f"sentence_transformers.models.{k}", "path": f"{n}_{k}" if n else ""}
        for n, k in enumerate(kinds)
    ]
    (place / "modules.json").write_text(json.dumps(told))
    (place / "1_Pooling" / "config.json").write_text(json.dumps(pooling or {}))
    if length is not None:
        (place / "sentence_bert_config.json").write_text(json.dumps(length))
    return place


@pytest.mark.parametrize(
    ("pooling", "modes"),
    [
        ({"pooling_mode_cls_token": True, "pooling_mode_mean_tokens": False}, ("cls",)),
        ({"pooling_mode_mean_tokens": True, "word_embedding_dimension": 16}, ("mean",)),
        ({"pooling_mode_lasttoken": True}, ("lasttoken",)),
        ({"pooling_mode": "cls"}, ("cls",)),
        ({"pooling_mode_cls_token": True, "pooling_mode_max_tokens": True}, ("cls", "max")),
    ],
)
def test_the_folder_is_asked(pooling: Any, modes: tuple[str, ...], tmp_path: Path) -> None:
    length = {"max_seq_length": 512, "do_lower_case": True}
    made = recipe_of(folder(tmp_path, pooling, length=length), "x")
    assert made == Recipe(modes, 512, lower=True)


def test_without_a_word_the_mean(tmp_path: Path) -> None:
    assert recipe_of(tmp_path, "x") == Recipe(("mean",), 256)


@pytest.mark.parametrize(
    "odd",
    [
        {"pooling": {"pooling_mode_attention": True}},
        {"pooling": {"pooling_mode_mean_tokens": False}},
        {"pooling": [1]},
        {"modules": ["Transformer", "Pooling", "Dense"]},
        {"modules": ["Transformer", "../Pooling"]},
        {"length": {"max_seq_length": "long"}},
        {"length": {"max_seq_length": 10**9}},
        {"length": {"max_seq_length": 0}},
        {"length": {"max_seq_length": True}},
        {"length": [5]},
    ],
)
def test_what_is_not_done_here_is_refused(odd: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(DataError) as error:
        recipe_of(folder(tmp_path, **odd), "x")
    assert error.value.hint is not None


def test_a_sentence_model_without_a_length_reads_as_much_as_it_takes(tmp_path: Path) -> None:
    mean = {"pooling_mode_mean_tokens": True}
    assert recipe_of(folder(tmp_path, mean, length={"max_seq_length": None}), "x").tokens == 8_192


@pytest.mark.parametrize("kind", ["roberta", "xlm-roberta", "distilbert"])
def test_the_length_stands_under_the_kind_of_model(kind: str, tmp_path: Path) -> None:
    place = folder(tmp_path, {"pooling_mode_mean_tokens": True})
    (place / f"sentence_{kind}_config.json").write_text('{"max_seq_length": 128}')
    assert recipe_of(place, "x").tokens == 128


def test_a_prompt_that_always_stands_before_is_put_there(tmp_path: Path) -> None:
    about = {"prompts": {"query": "Query: "}, "default_prompt_name": "query"}
    for place, pooling in (("plain", {}), ("without", {"include_prompt": False})):
        (tmp_path / place).mkdir()
        made = folder(tmp_path / place, {"pooling_mode_mean_tokens": True, **pooling})
        (made / "config_sentence_transformers.json").write_text(json.dumps(about))
    assert recipe_of(tmp_path / "plain", "x").ready(["Sun"]) == ["Query: Sun"]
    with pytest.raises(DataError, match="include_prompt"):
        recipe_of(tmp_path / "without", "x")
