"""Every word that a person reads: one folder a language, one TOML file a room or a shelf of it.

A word's key is ``<room>.<name>``: ``data.empty_file`` stands in ``data.toml`` or in a file of the
folder ``data/``. A `Text` is an ordinary
English string that remembers its key and values, so that a door can render the
same message in another language.
"""

from __future__ import annotations

import math
import tomllib
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, overload

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from causalrec.core.words.numbers import in_words

__all__ = ["LANGUAGES", "Text", "Worded", "render", "table", "untranslated", "word_of", "worded"]

LANGUAGES = ("en", "zh")
_FOLDER = Path(__file__).parent
_DEEPEST = 20
"""Texts within Texts that are read back; ours have two or three."""


@cache
def table(lang: str) -> dict[str, str]:
    """All words of a language as ``{key: template}``.

    Raises:
        KeyError: the language has no table.
    """
    if lang not in LANGUAGES:
        raise KeyError(lang)
    words: dict[str, str] = {}
    for file in sorted((_FOLDER / lang).rglob("*.toml")):
        room = file.relative_to(_FOLDER / lang).with_suffix("").parts[0]
        entries = tomllib.loads(file.read_text(encoding="utf-8"))
        words.update({f"{room}.{name}": template for name, template in entries.items()})
    return words


def _format(key: str, values: dict[str, object], lang: str) -> str:
    shown = {name: in_words(render(value, lang)) for name, value in values.items()}
    return table(lang)[key].format(**shown)


class Text(str):
    """A message: its English words as a string, with the key and values to say it in any language.

    ``Text("data.empty_file", name="log.csv").to("zh")``. Values may be Texts themselves.

    Raises:
        KeyError: the key is in no table, or a value that its template names is missing.
    """

    __slots__ = ("key", "values")
    key: str
    values: dict[str, Any]  # what each is, its template says

    def __new__(cls, key: str, /, **values: object) -> Text:
        text = super().__new__(cls, _format(key, values, "en"))
        text.key = key
        text.values = values
        return text

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, object]]:
        return (self.key,), self.values

    def to(self, lang: str) -> str:
        """The message in a language ("en" or "zh")."""
        return _format(self.key, self.values, lang)

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            lambda given: _validate(given),
            serialization=core_schema.plain_serializer_function_ser_schema(_serialise),
        )


def _serialise(text: Text) -> dict[str, object]:
    return {
        "key": text.key,
        "values": {
            name: _serialise(value) if isinstance(value, Text) else _plain(value)
            for name, value in text.values.items()
        },
    }


def _plain(value: object) -> object:
    """Numbers of numpy become Python's own, what JSON has no form for becomes its string."""
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return {"number": str(value)}
    return value if isinstance(value, (str, int, float, bool, type(None))) else str(value)


def _validate(value: object, depth: int = 0) -> Text:
    """A Text of what `_serialise` made.

    Raises:
        ValueError: the JSON holds something else.
    """
    if isinstance(value, Text):
        return value
    if not isinstance(value, dict) or set(value) != {"key", "values"} or depth > _DEEPEST:
        raise ValueError("not a Text")
    key, values = value["key"], value["values"]
    if not isinstance(key, str) or key not in table("en") or not isinstance(values, dict):
        raise ValueError("words that are not known here")
    try:
        text = Text(key, **{str(n): _revive(v, depth + 1) for n, v in values.items()})
        for lang in LANGUAGES:
            text.to(lang)
    except (KeyError, IndexError, TypeError, AttributeError, ArithmeticError) as error:
        raise ValueError(f"values that do not fit the words {key}") from error
    return text


def _revive(value: object, depth: int) -> object:
    """A value of a Text: a plain one, a number that JSON has no form for, or a Text."""
    if not isinstance(value, (dict, list)):
        return value
    if isinstance(value, dict) and value.keys() == {"number"}:
        number = float(value["number"])
        if not math.isfinite(number):
            return number
    return _validate(value, depth)


@overload
def render(value: str, lang: str = "en") -> str: ...


@overload
def render(value: object, lang: str = "en") -> object: ...


def render(value: object, lang: str = "en") -> object:
    """A Text in the language; any other value as it is."""
    return value.to(lang) if isinstance(value, Text) else value


@dataclass(frozen=True)
class Worded:
    """``Annotated[str, Worded("causal.who_")]``: a field whose value has a word, none else.

    Attributes:
        prefix: the word's key up to the value; `word_of` gives the word.
    """

    prefix: str

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._checked, handler(source))

    def _checked(self, name: str) -> str:
        if _key_of(self.prefix, name) not in table("en"):
            raise ValueError(f"{name[:40]!r} is none of what is known here")
        return name


def _key_of(prefix: str, name: str) -> str:
    return prefix + name.lower().replace("-", "_").replace(" ", "_")


def word_of(prefix: str, name: str) -> Text:
    """The word of a name: key ``prefix`` and the name in small letters, ``_`` for ``-`` and space.

    Raises:
        KeyError: there is none (a field that is `Worded` has one).
    """
    return Text(_key_of(prefix, name))


def worded(prefix: str, name: str) -> Text | str:
    """As `word_of`; a name without a word (a model of somebody else) stands for itself."""
    return word_of(prefix, name) if _key_of(prefix, name) in table("en") else name


def untranslated() -> set[str]:
    """Keys that some language lacks (a test holds this empty)."""
    counts = Counter(key for lang in LANGUAGES for key in table(lang))
    return {key for key, count in counts.items() if count < len(LANGUAGES)}
