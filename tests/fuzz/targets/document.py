"""The editor's document: entries left out, doubled, of another kind."""

from __future__ import annotations

import json
from random import Random
from typing import Any

from causalrec.causal.formats.graph_text import read_graph
from causalrec.causal.formats.json_document import from_document
from tests.fuzz.chance import spoilt
from tests.fuzz.targets.graph import SAMPLES, used


def make(r: Random) -> dict[str, Any]:
    base = json.loads(r.choice([text for text in SAMPLES if text.startswith("{")]))
    return {"document": spoilt(r, base, r.choice([0.02, 0.1, 0.2])), "text": r.random() < 0.3}


def run(case: dict[str, Any]) -> None:

    if case["text"]:
        used(read_graph(json.dumps(case["document"])))
    else:
        used(from_document(case["document"]))
