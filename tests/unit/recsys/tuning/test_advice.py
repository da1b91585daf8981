"""The line of advice: what is named first on logs of several sizes and machines."""

from __future__ import annotations

from typing import Any

import pytest

from causalrec.core.words import table
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
    advice = advise(*size, **machine)
    assert advice.models[:2] == first
    assert set(advice.models) <= set(RECOMMENDERS)


def test_the_line_says_items_and_cores_in_both_languages() -> None:
    advice = advise(100_000, 20_000, 5_000_000, cores=2, memory=16 * GB)
    assert advice.reason.to("en") == (
        f"20,000 items, 2 cores: {table('en')['recsys.model_ease']} or "
        f"{table('en')['recsys.model_ials']} first."
    )
    assert "20,000" in advice.reason.to("zh")
    assert advice.reasons[0].key == "recsys.advice_ease"
    for lang in ("en", "zh"):
        assert advice.summary(lang).startswith(advice.reason.to(lang))


def test_sparse_data_name_the_graph_where_it_can_be_trained() -> None:
    size = (30_000, 41_000, 1_000_000)
    assert "lightgcn" in advise(*size, cores=2, memory=64 * GB).models
    assert "lightgcn" in advise(300_000, 410_000, 10_000_000, cores=2, device="cuda").models
    assert "lightgcn" not in advise(300_000, 410_000, 10_000_000, cores=2, memory=8 * GB).models
    assert "lightgcn" not in advise(943, 1_682, 100_000, cores=2, memory=4 * GB).models


def test_order_is_only_used_where_it_is_known_and_long_enough() -> None:
    known = {"cores": 2, "memory": 4 * GB}
    assert "sasrec" in advise(943, 1_682, 100_000, times=True, **known).models
    assert "sasrec" not in advise(943, 1_682, 100_000, times=False, **known).models
    assert "sasrec" not in advise(50_000, 1_682, 100_000, times=True, **known).models


def test_costs_grow_with_the_catalogue() -> None:
    small = advise(1_000, 2_000, 100_000, cores=2, memory=4 * GB).estimates.set_index("model")
    large = advise(1_000, 4_000, 100_000, cores=2, memory=4 * GB).estimates.set_index("model")
    assert large.loc["ease", "gb"] == pytest.approx(4 * small.loc["ease", "gb"])
    assert large.loc["ease", "seconds"] > 5 * small.loc["ease", "seconds"]
    assert small["fits"]["ease"]


def test_this_machine_is_asked_where_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAUSALREC_MEMORY_GB", "0.001")
    assert advise(5_000, 5_000, 500_000).models[0] == "ials"
    monkeypatch.setenv("CAUSALREC_MEMORY_GB", "8")
    assert advise(5_000, 5_000, 500_000).models[0] == "ease"
