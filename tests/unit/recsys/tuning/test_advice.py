"""The line of advice: what is named first on logs of several sizes and machines."""

from __future__ import annotations

from typing import Any

import pytest

from causalrec.core.words import table
from causalrec.recsys.model.fit_cost import LogSize, Machine
from causalrec.recsys.recommenders import RECOMMENDERS
from causalrec.recsys.tuning.advice import advise

GB = 1e9


@pytest.mark.parametrize(
    ("size", "machine", "first"),
    [
        ((943, 1_682, 100_000), {"cores": 2, "memory": 4 * GB}, ("ease", "ials")),
        ((100_000, 20_000, 5_000_000), {"cores": 2, "memory": 16 * GB}, ("ease", "ials")),
        ((100_000, 20_000, 5_000_000), {"cores": 2, "memory": 2 * GB}, ("ials", "bpr")),
        ((1_000_000, 500_000, 50_000_000), {"cores": 64, "memory": 256 * GB}, ("ials", "bpr")),
        ((30, 40, 300), {"cores": 2, "memory": 4 * GB}, ("popularity", "item-knn")),
        ((1_000, 1_000, 1_500), {"cores": 2, "memory": 4 * GB}, ("popularity", "item-knn")),
    ],
)
def test_what_comes_first(size: Any, machine: dict[str, Any], first: tuple[str, ...]) -> None:
    advice = advise(LogSize(*size), Machine(**machine))
    assert advice.models[:2] == first
    assert set(advice.models) <= set(RECOMMENDERS)


def test_the_line_says_items_and_cores_in_both_languages() -> None:
    advice = advise(LogSize(100_000, 20_000, 5_000_000), Machine(2, memory=16 * GB))
    assert advice.reason.to("en") == (
        f"20,000 items, 2 cores: {table('en')['recsys.model_ease']} or "
        f"{table('en')['recsys.model_ials']} first."
    )
    assert "20,000" in advice.reason.to("zh")
    assert advice.reasons[0].key == "recsys.advice_weights"
    for lang in ("en", "zh"):
        assert advice.summary(lang).startswith(advice.reason.to(lang))


def test_sparse_data_name_the_graph_where_it_can_be_trained() -> None:
    log, large = LogSize(30_000, 41_000, 1_000_000), LogSize(300_000, 410_000, 10_000_000)
    assert "lightgcn" in advise(log, Machine(2, memory=64 * GB)).models
    assert "lightgcn" in advise(large, Machine(2, "cuda")).models
    assert "lightgcn" not in advise(large, Machine(2, memory=8 * GB)).models
    dense = LogSize(943, 1_682, 100_000)
    assert "lightgcn" not in advise(dense, Machine(2, memory=4 * GB)).models


def test_order_is_only_used_where_it_is_known_and_long_enough() -> None:
    machine = Machine(2, memory=4 * GB)
    assert "sasrec" in advise(LogSize(943, 1_682, 100_000, times=True), machine).models
    assert "sasrec" not in advise(LogSize(943, 1_682, 100_000), machine).models
    assert "sasrec" not in advise(LogSize(50_000, 1_682, 100_000, times=True), machine).models


def test_attributes_name_what_reads_them_and_why() -> None:
    advice = advise(LogSize(943, 1_682, 100_000, attributes=True), Machine(2, memory=4 * GB))
    assert advice.models[-1] == "content"
    assert advice.reasons[-1].key == "recsys.advice_attributes"
    assert table("en")["recsys.model_content"] in advice.reasons[-1].to("en")


def test_costs_grow_with_the_catalogue() -> None:
    machine = Machine(2, memory=4 * GB)
    small = advise(LogSize(1_000, 2_000, 100_000), machine).estimates.set_index("model")
    large = advise(LogSize(1_000, 4_000, 100_000), machine).estimates.set_index("model")
    assert large["gb"]["ease"] == pytest.approx(4 * small["gb"]["ease"])
    assert large["seconds"]["ease"] > 5 * small["seconds"]["ease"]
    assert small["fits"]["ease"]


def test_this_machine_is_asked_where_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAUSALREC_MEMORY_GB", "0.001")
    assert advise(LogSize(5_000, 5_000, 500_000)).models[0] == "ials"
    monkeypatch.setenv("CAUSALREC_MEMORY_GB", "8")
    assert advise(LogSize(5_000, 5_000, 500_000)).models[0] == "ease"
