"""Effects without a browser: empty states, question to answer, truth, refusal, both languages."""

from __future__ import annotations

import pandas as pd
import pytest

import causalrec as cr
from causalrec.causal.formats.json_document import to_document
from causalrec.core.words import table
from causalrec.data.storage.store import load_dataset
from causalrec.runs.record.runner import register_run, run_inline
from causalrec.tasks.causal.estimate import EstimateEffect
from causalrec.workspace.disk.process import Process

WORDS = table("en")
PROMOTION = {"dataset": "shop", "graph": "promotion-purchase"}


@pytest.fixture
def shop(workspace):
    """A small shop as the current dataset."""
    asked = {"users": 400, "items": 40, "impressions": 12_000, "seed": 1}
    run_inline(workspace, "shop", asked)
    workspace.set(dataset="shop")
    return workspace


def keep_graph(workspace, name: str = "promotion-purchase") -> None:
    from causalrec.causal.tables.templates import STARTING_GRAPHS

    data = load_dataset(workspace.thing("dataset", "shop").folder)
    bound = STARTING_GRAPHS[name].bind(data)
    workspace.save_json("graph", name, to_document(bound.graph))


def shown(test) -> str:
    boxes = [*test.markdown, *test.caption, *test.info, *test.error, *test.warning, *test.success]
    return "\n".join(str(box.value) for box in boxes).replace("\\", "").replace("\u2060", "")


def test_without_a_dataset_it_points_to_data(app, workspace):
    test = app("effects", w=workspace.id)
    assert not test.exception
    assert WORDS["page_effects.no_dataset"] in shown(test)


def test_a_ready_question_becomes_a_graph_and_an_answer(app, shop):
    test = app("effects", w=shop.id)
    assert not test.exception
    assert WORDS["page_effects.no_graph"] in shown(test)
    test.button(key="effects-start-use").click().run()
    assert not test.exception
    assert shop.find("graph", "promotion-purchase") is not None
    test.button(key="effects-estimate").click().run()
    assert not test.exception
    effect = shop.find("effect", "promotion - purchase")
    assert effect is not None
    assert "promotion" in shown(test)
    assert WORDS["page_effects.estimand"] not in shown(test)  # closed, and not drawn
    for block in ("evidence", "method"):
        test.session_state[f"effects-{block}"] = True
    test.run()
    assert not test.exception
    assert WORDS["page_effects.estimand"] in shown(test)
    assert WORDS["page_effects.overlap"] in shown(test)
    assert "cr.estimate(" in test.code[0].value
    assert test.latex[0].value
    assert [ref.kind for ref in effect.made_from] == ["dataset", "graph"]
    test.toggle(key="effects-truth").set_value(True).run()
    assert not test.exception
    assert "because" in shown(test) or "made up" in shown(test)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_refusal_has_a_reason_and_no_chart(app, shop, lang):
    graph = cr.CausalGraph(
        [("wish", "promotion"), ("wish", "purchase"), ("promotion", "purchase")],
        latent=["wish"],
        roles={"promotion": ["treatment"], "purchase": ["outcome"]},
    )
    shop.save_json("graph", "promotion-purchase", to_document(graph))
    effect = run_inline(shop, EstimateEffect, PROMOTION)
    assert effect.refused
    test = app("effects", w=shop.id, lang=lang)
    assert not test.exception
    assert effect.reason.to(lang) in shown(test)
    assert table(lang)["page_effects.refused"] in shown(test)
    assert not [one for one in test.toggle if one.key == "effects-truth"]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_an_estimator_that_refuses_says_why_beside_the_others(app, shop, lang):
    asked = {"dataset": "shop", "covariates": ("device",), "unit": "impression"}
    asked |= {"treatment": "position", "outcome": "click"}
    effect = run_inline(shop, EstimateEffect, asked)
    assert list(effect.refusals) == ["ipw"]
    test = app("effects", w=shop.id, lang=lang)
    assert not test.exception
    assert effect.refusals["ipw"].to(lang) in shown(test)


def test_a_run_shows_answers_as_they_come(app, shop):
    keep_graph(shop)
    asked = {**PROMOTION, "treatment": "promotion", "outcome": "purchase"}
    run_id = register_run(shop, "estimate", asked, process=Process.current())
    numbers = {"ols value": 0.1, "ols low": 0.05, "ols high": 0.15, "of share": 1.0}
    shop.register.beat(run_id, 0.6, None, [numbers])
    test = app("effects", w=shop.id)
    assert not test.exception
    assert WORDS["page_effects.arriving"] in shown(test)


def test_a_chinese_answer(app, shop):
    keep_graph(shop)
    run_inline(shop, "estimate", PROMOTION)
    test = app("effects", w=shop.id, lang="zh", state={"effects-method": True})
    assert not test.exception
    assert table("zh")["page_effects.assumptions"] in shown(test)


def test_a_question_that_the_log_cannot_ask_says_which_role_is_missing(app, shop):
    test = app("effects", w=shop.id)
    test.radio(key="effects-start").set_value("exposure-click").run()
    assert not test.exception
    assert WORDS["causal.lacks_exposure"] in shown(test)


def test_a_changed_form_says_what_differs_and_asks_again(app, shop):
    keep_graph(shop)
    run_inline(shop, "estimate", PROMOTION)
    test = app("effects", w=shop.id)
    assert WORDS["ui.outdated"] not in shown(test)
    measure = next(one for one in test.button_group if one.key == "effects-measure")
    measure.set_value("count")
    test.date_input(key="effects-date").set_value(pd.Timestamp("2026-02-10").date())
    test.run()
    text = shown(test)
    assert WORDS["ui.outdated"] in text
    was, now = (WORDS[f"causal.param_measure_{name}"] for name in ("any", "count"))
    assert f"{WORDS['causal.param_measure_label']}: {was} → {now}" in text
    assert "2026-02-04 → 2026-02-10" in text
    test.button(key="effects-again").click().run()
    assert not test.exception
    asked = shop.thing("effect", "promotion - purchase").meta["asked"]
    assert (asked["measure"], asked["date"]) == ("count", "2026-02-10")
    assert WORDS["ui.outdated"] not in shown(test)
    line = next(one.label for one in test.expander if "promotion" in one.label)
    assert "2026" in line
    assert WORDS["page_effects.measure_count"] in line


def test_a_link_opens_its_effect_with_the_form_that_asked_it(app, address, shop):
    keep_graph(shop)
    run_inline(shop, "estimate", {**PROMOTION, "measure": "count", "name": "counted"})
    run_inline(shop, "estimate", {**PROMOTION, "name": "any"})
    test = app("effects", w=shop.id, effect="counted")
    assert not test.exception
    assert WORDS["ui.outdated"] not in shown(test)
    measure = next(one for one in test.button_group if one.key == "effects-measure")
    assert measure.value in ("count", ["count"])
    test.selectbox(key="effects-shown").select("any").run()
    assert address(test, "effect") == "any"
    assert WORDS["ui.outdated"] not in shown(test)
    test = app("effects", w=shop.id, effect="gone")
    assert WORDS["ui.no_effect"].format(name="gone") in shown(test)
    assert address(test, "effect") == "any"


def test_a_ready_question_is_asked_by_the_unit_that_can_answer_it(app, shop):
    keep_graph(shop, "position-click")
    keep_graph(shop)
    test = app("effects", w=shop.id)
    unit = next(one for one in test.button_group if one.key == "effects-unit")
    assert unit.value in ("user", ["user"])
    test.selectbox(key="effects-graph").select("position-click").run()
    assert not test.exception
    unit = next(one for one in test.button_group if one.key == "effects-unit")
    assert unit.value in ("impression", ["impression"])
