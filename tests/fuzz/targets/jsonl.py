"""Lines of JSON: late keys, nested values, big numbers, arrays in place of lines."""

from __future__ import annotations

import json
from random import Random
from typing import Any

from tests.fuzz.chance import cut_or_twist, json_value
from tests.fuzz.targets._tables import cells, journey, taken

_WHOLE = [
    *("[" * 4_000, '{"a":' * 2_000 + "1" + "}" * 2_000, "{}", "[]", "[{}]", "{", "[1,2]", '"x"'),
    *('{"a":1}{"a":2}', '{"":1}\n{"":2}', '{"a":1,"a":2}', '{"A":1,"a":2}', "null\nnull"),
]


def make(r: Random) -> dict[str, Any]:
    calm = r.random() < 0.6
    names, rows = cells(r, calm=calm)
    odd = r.choice([0.0, 0.01] if calm else [0.0, 0.05, 0.2])
    told = [{n: _value(r, v, odd) for n, v in zip(names, row, strict=True)} for row in rows]
    for one in told:
        if one and r.random() < (0.005 if calm else 0.05):
            one.pop(r.choice(list(one)))
    if r.random() < 0.1:
        text = json.dumps(told, ensure_ascii=r.random() < 0.5)
    else:
        text = "\n".join(json.dumps(one, ensure_ascii=r.random() < 0.5) for one in told)
    if r.random() < 0.05 and not calm:
        text = r.choice(_WHOLE)
    codes = ["utf-8"] * (60 if calm else 6) + ["utf-8-sig", "utf-16", "cp1252"]
    raw = text.encode(r.choice(codes), errors="replace")
    if r.random() < (0.02 if calm else 0.2):
        raw = cut_or_twist(r, raw)
    options = {"kind": "jsonl"} if r.random() < 0.3 else {}
    name = r.choice(["log.jsonl", "log.jsonl", "log.json", "log.ndjson"])
    packed = r.choice(["", "", "gz"])
    return {"raw": raw, "name": name, "packed": packed, "options": options, "journey": journey(r)}


def _value(r: Random, text: str, odd: float) -> Any:
    if r.random() < odd:
        return json_value(r)
    if text.isascii() and text.isdecimal() and r.random() < 0.6:
        return int(text) if r.random() < 0.7 else float(text)
    return text


run = taken
