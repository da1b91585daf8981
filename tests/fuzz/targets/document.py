"""The editor's document: entries left out, doubled, of another kind."""

from __future__ import annotations

import json
from random import Random
from typing import Any

from tests.fuzz.chance import spoilt
from tests.fuzz.targets.graph import SAMPLES, used


def make(r: Random) -> dict[str, Any]:
    base = json.loads(r.choice([text for text in SAMPLES if text.startswith("{")]))
    return {"document": spoilt(r, base, r.choice([0.02, 0.1, 0.2])), "text": r.random() < 0.3}


def run(case: dict[str, Any]) -> None:
    import causalrec as cr

    if case["text"]:
        used(cr.CausalGraph.from_text(json.dumps(case["document"])))
    else:
        used(cr.CausalGraph.from_document(case["document"]))
