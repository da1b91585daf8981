"""What was asked: the parameters of a question in words, and a key that tells two apart."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple, Self

import pandas as pd
from pydantic import JsonValue
from pydantic.fields import FieldInfo

from causalrec.core.catalogue import Catalogue
from causalrec.core.params import Params
from causalrec.core.results.result import Result
from causalrec.core.words import Text, table

__all__ = ["Asked", "Difference"]

_KEY = 16
"""Letters of a fingerprint: two of a million questions share one once in 10 million workspaces."""


class Difference(NamedTuple):
    """A parameter that two questions ask otherwise: its label, and its values in words."""

    label: Text
    was: Text
    now: Text


class Asked(Result):
    """The parameters of a question.

    Attributes:
        values: each parameter in words, in the order in which they are declared.
        labels: what each is called.
        plain: their plain values, as JSON.
    """

    values: dict[str, Text]
    labels: dict[str, Text]
    plain: dict[str, JsonValue]

    @classmethod
    def of(
        cls,
        *params: Params,
        leave: Collection[str] = (),
        said: Mapping[str, Text] | None = None,
    ) -> Self:
        """What parameters ask.

        Args:
            params: of one question; of a parameter that two of them have, the first counts.
            leave: names of parameters that change no answer (under which name it is kept).
            said: words for values that have none of their own (steps of a scenario).
        """
        values, labels, plain = {}, {}, {}
        for one in params:
            dumped = one.model_dump(mode="json")
            for name, field in type(one).model_fields.items():
                if name in leave or name in plain:
                    continue
                plain[name] = dumped[name]
                labels[name] = _label(name, field)
                values[name] = (said or {}).get(name) or _in_words(dumped[name], field)
        return cls(values=values, labels=labels, plain=plain)

    def to_frame(self) -> pd.DataFrame:
        """One row a parameter: parameter, value, both in words."""
        rows = [(label, self.values[name]) for name, label in self.labels.items()]
        return pd.DataFrame(rows, columns=["parameter", "value"])

    def summary(self, lang: str = "en") -> str:
        """Each parameter with its value."""
        named = ((label, self.values[name]) for name, label in self.labels.items())
        return "; ".join(f"{label.to(lang)}: {value.to(lang)}" for label, value in named)

    @property
    def fingerprint(self) -> str:
        """A key that two questions share if, and only if, they ask the same."""
        text = json.dumps(self.plain, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:_KEY]

    def differences(self, other: Asked) -> tuple[Difference, ...]:
        """What another question asks otherwise, of what both ask: this value, then the other's."""
        return tuple(self._differing(other))

    def _differing(self, other: Asked) -> Iterator[Difference]:
        for name, value in self.plain.items():
            if name in other.plain and other.plain[name] != value:
                now = other.values[name]  # noqa: PD011 - a field, no frame
                yield Difference(self.labels[name], self.values[name], now)


def _extra(field: FieldInfo) -> dict[str, Any]:
    extra = field.json_schema_extra
    return extra if isinstance(extra, dict) else {}


def _label(name: str, field: FieldInfo) -> Text:
    key = f"{_extra(field).get('help')}_label"
    if key in table("en"):
        return Text(key)
    return Text("answer.as_is", value=name.replace("_", " ").capitalize())


def _in_words(value: JsonValue, field: FieldInfo) -> Text:
    """A value as a person reads it: a choice by its word, nothing as "not set"."""
    if value is None or value in ("", [], {}):
        return Text("answer.asked_none")
    if isinstance(value, bool):
        return Text("answer.asked_yes" if value else "answer.asked_no")
    extra = _extra(field)
    key = f"{extra.get('help')}_{str(value).lower()}"
    if key in table("en"):
        return Text(key)
    choices = extra.get("choices")
    if isinstance(choices, Catalogue) and isinstance(value, str):
        return Text("answer.as_is", value=choices[value].word())
    shown = ", ".join(map(str, value)) if isinstance(value, list) else value
    if isinstance(value, float):
        shown = f"{100 * value:g}%" if extra.get("percent") else f"{value:g}"
    return Text("answer.as_is", value=shown)
