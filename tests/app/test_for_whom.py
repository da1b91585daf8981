"""For whom, on Effects: a run on demand, charts only where there is evidence, and a way on."""

from __future__ import annotations

import pandas as pd
import pytest

from causalrec.causal.effects.effect import Effect
from causalrec.causal.formats.json_document import to_document
from causalrec.causal.heterogeneity.uplift_result import Uplift
from causalrec.causal.tables.templates import STARTING_GRAPHS
from causalrec.core.words import table
from causalrec.data.storage.store import load_dataset
from causalrec.runs.record.runner import run_inline

OPEN = {"effects-for-whom": True}


@pytest.fixture
def shop(workspace):
    """A small shop with an effect of its promotions."""
    asked = {"users": 400, "items": 40, "impressions": 12_000, "seed": 1}
    run_inline(workspace, "shop", asked)
    workspace.set(dataset="shop")
    data = load_dataset(workspace.thing("dataset", "shop").folder)
    graph = STARTING_GRAPHS["promotion-purchase"].bind(data).graph
    workspace.save_json("graph", "promotion-purchase", to_document(graph))
    run_inline(workspace, "estimate", {"dataset": "shop", "graph": "promotion-purchase"})
    return workspace


def differing(effect: Effect) -> Uplift:
    """A verdict that the effect differs, as `uplift` would give it."""
    ends = {"value": 0.2, "low": 0.1, "high": 0.3}
    curve = {"share": [0.0, 1.0], "gain": [0.0, 0.1], "low": [0.0, 0.05], "high": [0.0, 0.2]}
    curve |= {"random": [0.0, 0.1], "effect": [None, 0.1]}
    curve |= {"effect_low": [None, 0.05], "effect_high": [None, 0.2]}
    segments = [{"column": "is_new", "segment": f"is_new={one}", **ends, "p": 0.01, "n": 9}
                for one in (0, 1)]  # fmt: skip
    return Uplift(
        **ends, n=400, held_out=270, effect=effect, curve=pd.DataFrame(curve),
        groups=pd.DataFrame([{"group": one, **ends} for one in range(1, 6)]),
        tests=pd.DataFrame([{"figure": "qini", **ends, "se": 0.05, "p": 0.001}]),
        segments=pd.DataFrame(segments),
        drivers=pd.DataFrame([{"column": "is_new", "spread": 0.1, "p": 0.01}]),
        leaves=pd.DataFrame([{"segment": "is_new=1", "treats": True, "n": 9, **ends}]),
        worth=pd.DataFrame([{"against": one, **ends} for one in ("nobody", "everybody")]),
        treated_share=0.4,
    )  # fmt: skip


def shown(test) -> str:
    boxes = [*test.markdown, *test.caption, *test.info, *test.success, *test.warning]
    return "\n".join(str(box.value) for box in boxes).replace("\\", "").replace("\u2060", "")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_without_evidence_there_is_a_sentence_and_no_chart(app, shop, lang):
    words = table(lang)
    test = app("effects", w=shop.id, lang=lang)
    assert words["page_effects.for_whom_note"] not in shown(test)  # closed, and not drawn
    test = app("effects", w=shop.id, lang=lang, state=OPEN)
    assert not test.exception
    assert any(one.label == words["page_effects.for_whom_ask"] for one in test.button)
    before = len(test.get("plotly_chart"))
    answer = run_inline(
        shop, "for-whom", {"effect": "promotion - purchase", "learner": "t-learner"}
    )
    assert isinstance(answer, Uplift)
    assert not answer.differs
    test = app("effects", w=shop.id, lang=lang, state=OPEN)
    assert not test.exception
    assert answer.summary(lang) in shown(test)
    assert len(test.get("plotly_chart")) == before
    assert any(one.label == words["page_effects.for_whom_again"] for one in test.button)


def test_a_group_becomes_a_scenario(app, shop, monkeypatch):
    effect = Effect.revived(shop.thing("effect", "promotion - purchase").document())
    found = differing(effect)
    monkeypatch.setattr("causalrec.causal.heterogeneity.uplift.uplift", lambda *_, **__: found)
    run_inline(shop, "for-whom", {"effect": "promotion - purchase"})
    test = app("effects", w=shop.id, state=OPEN)
    assert not test.exception
    assert found.summary() in shown(test)
    assert "new users" in shown(test)
    try_it = next(one for one in test.button if one.key == "effects-for-whom-try-0")
    assert "new users" in try_it.label
    try_it.click().run()
    (scenario,) = shop.things("scenario")
    step = scenario.document()["interventions"][0]
    assert step["params"] == {"node": "promotion", "value": 1.0, "segment": "is_new=1"}
    test = app("interventions", w=shop.id, scenario=scenario.name)
    assert not test.exception
    assert "new users" in shown(test) or any("new users" in str(s.value) for s in test.selectbox)
