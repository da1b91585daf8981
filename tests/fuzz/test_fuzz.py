"""A short campaign of every target at a fixed seed: answers and refusals in words, no faults."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.fuzz.campaign import TARGETS, Worker, campaign
from tests.fuzz.shrink import smaller
from tests.fuzz.worker import from_line, to_line

#: Cases a target; together about forty seconds.
CASES = {
    "words": 300,
    "params": 150,
    "graph": 150,
    "document": 150,
    "model": 60,
    "folders": 60,
    "policy": 100,
    "estimate": 60,
    "csv": 25,
    "jsonl": 12,
    "parquet": 25,
    "zip": 25,
    "questions": 12,
    "command": 6,
}


def test_every_target_is_tried() -> None:
    assert sorted(CASES) == TARGETS


@pytest.mark.parametrize("target", TARGETS)
def test_no_faults(target: str) -> None:
    told = campaign(target, cases=CASES[target], seed=7, shrink=False)
    assert told.faults.total() == 0, f"{told}\n{[trace for _, trace in told.smallest.values()]}"
    assert told.answers + told.refusals == CASES[target]


def test_a_worker_that_dies_or_fails_is_a_fault() -> None:
    with Worker("words") as worker:
        assert worker.do({"document": 5})["how"] == "answer"
        told = worker.do({"key": "core.nowhere", "values": {}})
        assert told["key"] == "KeyError@causalrec/core/words/__init__.py:_format"
        assert worker.process is not None
        worker.process.kill()
        assert worker.do({"document": 5})["how"] == "fault"
        assert worker.do({"document": 5})["how"] == "answer"


def test_cases_come_back_from_a_line_and_get_smaller() -> None:
    case = {"raw": b"\x00\xff", "n": 5, "list": [1, "word", {"a": None}]}
    assert from_line(to_line(case)) == case
    size = len(json.dumps(str(case)))
    made: Iterator[dict[str, object]] = smaller(case)
    assert all(len(json.dumps(str(one))) <= size for one in made)
    assert {"raw": b"", "n": 5, "list": [1, "word", {"a": None}]} in list(smaller(case))
