"""Nothing was randomised, but there is a date: the block of Effects, closed, asked and refused."""

from __future__ import annotations

import pytest

from causalrec.core.words import table
from causalrec.runs.record.runner import run_inline
from causalrec.tasks.causal.estimate_design import EstimateDesign


@pytest.fixture
def shop(workspace):
    asked = {"users": 200, "items": 20, "impressions": 6_000, "seed": 1}
    run_inline(workspace, "shop", asked)
    workspace.set(dataset="shop")
    return workspace


def opened(app, place):
    test = app("effects", w=place.id)
    test.session_state["effects-designs"] = True
    return test.run()


def test_it_is_closed_until_somebody_asks_and_answers_at_once(app, shop):
    words = table("en")
    test = app("effects", w=shop.id)
    assert words["page_effects.designs"] in [one.label for one in test.expander]
    assert "designs-ask" not in [one.key for one in test.button]
    test = opened(app, shop)
    assert not test.exception
    test.button(key="designs-ask").click().run()
    assert not test.exception
    (answer,) = shop.things("design")
    said = run_inline(shop, EstimateDesign, answer.meta["asked"]).summary()
    shown = "\n".join(str(box.value) for box in [*test.info, *test.success, *test.warning])
    assert said[:12] in shown.replace("\\", "").replace("\u2060", "")


def test_what_a_design_needs_is_asked_for(app, shop):
    test = opened(app, shop)
    for name in test.selectbox(key="designs-design").options:
        test.selectbox(key="designs-design").select(name).run()
        assert not test.exception
    assert test.number_input
    test.button(key="designs-ask").click().run()
    assert not test.exception
    assert len(shop.things("design")) == 1
