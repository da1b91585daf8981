"""Words that an answer builds of its own fields: every value that it takes has them."""

from __future__ import annotations

import ast
import inspect
import textwrap
from typing import Any

import pytest
from practice_package import results
from pydantic import BaseModel, Field, create_model

from causalrec.causal.effects.effect import Effect
from causalrec.core.errors import StorageError
from causalrec.core.words import Worded, table, word_of, worded
from causalrec.recsys.evaluation.metric_table import MetricTable

_WORDS = {"Text", "word_of"}


def _fields_in_keys(result: type) -> set[str]:
    """Fields of ``self`` that become part of a word's key."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(result)))
    found: set[str] = set()
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call) or getattr(call.func, "id", "") not in _WORDS:
            continue
        key = call.args if call.func.id == "word_of" else call.args[:1]  # type: ignore[attr-defined]
        if call.func.id == "Text" and not isinstance(call.args[0], ast.JoinedStr):  # type: ignore[attr-defined]
            continue
        found |= {
            part.attr
            for one in key
            for part in ast.walk(one)
            if isinstance(part, ast.Attribute) and getattr(part.value, "id", "") == "self"
        }
    return found & set(result.model_fields) if issubclass(result, BaseModel) else found


def test_a_field_in_a_key_takes_only_what_has_a_word() -> None:
    loose: list[str] = []
    seen = 0
    for result in results():
        for name in _fields_in_keys(result):
            field: Any = result.model_fields[name]  # type: ignore[attr-defined]
            seen += 1
            free = field.annotation is str and not any(
                isinstance(m, Worded) for m in field.metadata
            )
            loose += [f"{result.__name__}.{name}"] if free else []
    assert seen > 8
    assert not loose, f"annotate as Worded(prefix), or say it with worded(): {loose}"


def test_a_kept_answer_with_an_unknown_value_is_refused() -> None:
    kept = Effect(treatment="t", outcome="y", value=1.0, low=0.5, high=1.5, arms=("0", "1"))
    told = kept.model_dump(mode="json")
    assert Effect.revived({**told, "target": "ATT"}).summary("zh")
    for spoilt in ({"target": "0x10"}, {"target": ""}, {"arms": ["0"]}, {"arms": ["0", "1", "2"]}):
        with pytest.raises(StorageError):
            Effect.revived({**told, **spoilt})


def test_parts_and_protocols_of_kept_metrics_are_known_ones() -> None:
    for name in ("on", "protocol"):
        field = MetricTable.model_fields[name]
        one = create_model("One", value=(field.annotation, Field(...)), __base__=BaseModel)
        assert one(value="test")
        worded_as = next(m for m in field.metadata if isinstance(m, Worded))
        with pytest.raises(ValueError, match="known"):
            worded_as._checked("nowhere")


def test_a_name_without_a_word_stands_for_itself() -> None:
    assert worded("recsys.model_", "item-knn") == table("en")["recsys.model_item_knn"]
    assert worded("recsys.model_", "our own model") == "our own model"
    with pytest.raises(KeyError):
        word_of("recsys.model_", "our own model")
