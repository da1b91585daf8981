"""Words: values of every kind, in and out of JSON, and JSON of another hand."""

from __future__ import annotations

import copy
import string
from random import Random
from typing import Any

from causalrec.core.words import LANGUAGES, Text, table
from tests.fuzz.chance import ODD, json_value, spoilt

#: As the files have them: tests that ran before in this process may have added words of their own.
_WORDS = {lang: table.__wrapped__(lang) for lang in LANGUAGES}
_NUMBERS = [0, 1, -1, 10**30, 0.5, -0.0, 1e308, 5e-324, True]
_ENDLESS = ["nan", "inf", "-inf"]


def make(r: Random) -> dict[str, Any]:
    key = r.choice(sorted(_WORDS["en"]))
    if r.random() < 0.5:
        return {
            "key": key,
            "values": {name: _value(r, spec) for name, spec in _fields(key).items()},
        }
    document = {
        "key": key,
        "values": {name: r.choice([1, 0.5, "x", {"number": "nan"}]) for name in _fields(key)},
    }
    if r.random() < 0.3:
        document = {"key": "core.no_device", "values": {"device": document}}
    return {"document": json_value(r) if r.random() < 0.1 else spoilt(r, document, 0.15)}


def _fields(key: str) -> dict[str, str]:
    """The names in a word's templates, and how each is shown."""
    found: dict[str, str] = {}
    for lang in LANGUAGES:
        for _, name, spec, _ in string.Formatter().parse(_WORDS[lang][key]):
            if name:
                found[name] = found.get(name) or spec or ""
    return found


def _value(r: Random, spec: str) -> Any:
    if not spec:
        return r.choice([*ODD, "{x}", "{", "}", "{0}", "%s", "a" * 5_000, None, 5, 0.5])
    return (
        r.choice(_NUMBERS)
        if r.random() < 0.8 or spec.endswith("d")
        else {"float": r.choice(_ENDLESS)}
    )


def run(case: dict[str, Any]) -> None:
    from pydantic import TypeAdapter, ValidationError

    adapter = TypeAdapter(Text)
    if "document" in case:
        try:
            text = adapter.validate_python(case["document"])
        except ValidationError:
            return
    else:
        values = {
            n: float(v["float"]) if isinstance(v, dict) else v for n, v in case["values"].items()
        }
        text = Text(case["key"], **values)
    back = adapter.validate_json(adapter.dump_json(text))
    twin = copy.deepcopy(text)
    for lang in LANGUAGES:
        assert back.to(lang) == text.to(lang) == twin.to(lang), text.key
