"""The words, errors, parameters, catalogue and results that every room stands on."""

from __future__ import annotations

import copy
import subprocess
import sys
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pydantic import TypeAdapter, ValidationError

from causalrec.core.catalogue import Catalogue
from causalrec.core.errors import MemoryBudgetError, NotFoundError, ParamError
from causalrec.core.machine.device import memory_budget, require_memory, resolve_device
from causalrec.core.params import Params, param
from causalrec.core.progress import within
from causalrec.core.results.result import Estimate, Frame, Result, Vector
from causalrec.core.seeds import generator
from causalrec.core.words import Text


class Knobs(Params):
    factors: int = param(64, help="core.cancelled", ge=1, le=512)
    loss: str = param("bpr", help="core.cancelled", choices=("bpr", "softmax"))


class Table(Result):
    frame: Frame
    curve: Vector


def test_text_is_english_and_remembers_its_key() -> None:
    inner = Text("core.cancelled")
    outer = Text("core.no_device", device=inner)
    assert "Cancelled." in outer
    assert "已取消" in outer.to("zh")
    assert copy.deepcopy(outer) == outer
    assert copy.deepcopy(outer).to("zh") == outer.to("zh")


def test_text_survives_json_inside_a_result() -> None:
    flag = Text("core.no_device", device=Text("core.cancelled"))
    back = Estimate.model_validate_json(Estimate(value=1.0, flags=(flag,)).model_dump_json())
    assert back.flags[0].to("zh") == flag.to("zh")


def test_text_without_its_value_is_refused() -> None:
    with pytest.raises(KeyError):
        Text("core.no_device")


@pytest.mark.parametrize(
    "document",
    [
        {"key": 5, "values": {}},
        {"key": {}, "values": {}},
        {"key": "core.nowhere", "values": {}},
        {"key": "core.no_device", "values": {}},
        {"key": "core.no_device", "values": 0.5},
        {"key": "core.no_device", "values": {"device": {"key": "core.cancelled"}}},
        {"key": "core.no_device", "values": {"device": ["cpu"]}},
        {"key": "core.no_device", "values": {"device": {"number": "cpu"}}},
        {"key": "core.over_memory", "values": {"what": 1, "needed_gb": None, "budget_gb": 2}},
        {"key": "core.over_memory", "values": {"what": 1, "needed_gb": 10**400, "budget_gb": 2}},
        {"key": "core.no_device", "values": {}, "more": 1},
        "core.cancelled",
        None,
    ],
)
def test_words_of_another_hand_are_refused(document: Any) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Text).validate_python(document)


def test_words_within_words_have_an_end() -> None:
    text: Any = {"key": "core.cancelled", "values": {}}
    for _ in range(200):
        text = {"key": "core.no_device", "values": {"device": text}}
    with pytest.raises(ValidationError):
        TypeAdapter(Text).validate_python(text)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf"), np.float32("nan")])
def test_numbers_that_json_lacks_come_back_in_words(number: float) -> None:
    told = Text("core.over_memory", what="x", needed_gb=number, budget_gb=1.0)
    adapter = TypeAdapter(Text)
    assert adapter.validate_json(adapter.dump_json(told)).to("zh") == told.to("zh")


@pytest.mark.parametrize(
    "document",
    [
        {"frame": {"a": 5}, "curve": []},
        {"frame": {"a": [1], "b": [1, 2]}, "curve": []},
        {"frame": {"a": [{"x": 1}]}, "curve": []},
        {"frame": {"a": {"0": 1}}, "curve": []},
        {"frame": [1, 2], "curve": []},
        {"frame": {}, "curve": {}},
        {"frame": {}, "curve": [None, {}]},
        {"frame": {}, "curve": ["x"]},
        {"frame": {}, "curve": [[1], [1, 2]]},
    ],
)
def test_tables_of_another_hand_are_refused(document: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Table.model_validate(document)


def test_result_with_frame_and_vector_survives_json() -> None:
    table = Table(frame=pd.DataFrame({"a": [1.5, np.nan], "b": ["x", "y"]}), curve=np.arange(3.0))
    back = Table.model_validate_json(table.model_dump_json())
    pd.testing.assert_frame_equal(back.frame, table.frame)
    assert back.curve.tolist() == [0.0, 1.0, 2.0]


@pytest.mark.parametrize(
    ("low", "high", "expected"), [(0.1, 0.2, True), (-0.1, 0.2, False), (None, None, False)]
)
def test_excludes_zero(low: float | None, high: float | None, expected: bool) -> None:
    assert Estimate(low=low, high=high).excludes_zero is expected


def test_params_are_checked() -> None:
    assert Knobs.make({"factors": 8}).factors == 8
    with pytest.raises(ParamError, match="factors"):
        Knobs.make({"factors": 0})
    with pytest.raises(ParamError, match="Did you mean factors"):
        Knobs.make({"factor": 8})
    with pytest.raises(ParamError, match="bpr, softmax"):
        Knobs.make({"loss": "hinge"})


def test_catalogue_imports_when_asked_and_names_the_nearest() -> None:
    shelf = Catalogue("recommender", {"ease": "causalrec.core.seeds:generator"})
    assert shelf["ease"] is generator
    with pytest.raises(NotFoundError, match="Did you mean ease"):
        shelf["eas"]


def test_streams_are_independent_and_repeatable() -> None:
    assert generator(1, "a").random() == generator(1, "a").random()
    assert generator(1, "a").random() != generator(1, "b").random()
    assert generator(1, "a").random() != generator(2, "a").random()


def test_memory_is_refused_before_it_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAUSALREC_MEMORY_GB", "0.5")
    assert memory_budget() == 500_000_000
    require_memory(4e8, "a matrix")
    with pytest.raises(MemoryBudgetError, match=r"about 8\.0 GB"):
        require_memory(8e9, "a matrix")
    monkeypatch.setenv("CAUSALREC_MEMORY_GB", "lots")
    with pytest.raises(ParamError, match="lots"):
        memory_budget()


def test_device_is_checked() -> None:
    assert resolve_device("cpu") == "cpu"
    assert resolve_device("auto") in {"cpu", "cuda"}
    with pytest.raises(ParamError, match="tpu"):
        resolve_device("tpu")


def test_progress_of_a_part_spans_its_share() -> None:
    seen: list[float] = []
    within(lambda f, m=None, /, **k: seen.append(f), 0.2, 0.6)(0.5)
    assert seen == [pytest.approx(0.4)]


def test_a_result_draws_itself_without_anybody_importing_the_charts() -> None:
    code = (
        "import causalrec as cr, pandas as pd\n"
        "frame = pd.DataFrame({'t': [0, 1] * 60, 'y': [0.0, 1.0, 1.0] * 40})\n"
        "effect = cr.estimate(frame, [], treatment='t', outcome='y', estimator='difference')\n"
        "print(len(effect.plot().data))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) > 0
