"""Further questions on Effects: closed blocks, each answered by a run about the current log."""

from __future__ import annotations

import pytest

from causalrec.causal.formats.json_document import to_document
from causalrec.causal.tables.templates import STARTING_GRAPHS
from causalrec.core.words import table
from causalrec.data.storage.store import load_dataset
from causalrec.runs.record.runner import run_inline
from causalrec.tasks.causal.attribution import AttributeChange
from causalrec.tasks.causal.drivers import RankDrivers
from causalrec.tasks.causal.questions import AskQuestions
from causalrec.tasks.causal.selection import SizeSelection

GRAPH = "promotion-purchase"
ASKED = {"dataset": "shop", "graph": GRAPH}


@pytest.fixture
def shop(workspace):
    """A small shop with a graph as the current dataset."""
    asked = {"users": 300, "items": 40, "impressions": 9_000, "seed": 1}
    run_inline(workspace, "shop", asked)
    workspace.set(dataset="shop")
    data = load_dataset(workspace.thing("dataset", "shop").folder)
    bound = STARTING_GRAPHS[GRAPH].bind(data)
    workspace.save_json("graph", GRAPH, to_document(bound.graph))
    return workspace


def opened(app, place, name: str):
    """The page with one block open."""
    test = app("effects", w=place.id, lang="en")
    test.session_state[f"effects-{name}"] = True
    return test.run()


def shown(test) -> str:
    boxes = [*test.markdown, *test.caption, *test.info, *test.success]
    return "\n".join(str(box.value) for box in boxes).replace("\\", "").replace("\u2060", "")


def test_the_blocks_are_closed_at_first(app, shop):
    test = app("effects", w=shop.id)
    assert not test.exception
    labels = [box.label for box in test.expander]
    for name in ("questions", "drivers", "change", "selection"):
        assert table("en")[f"page_effects.{name}"] in labels
        assert table("en")[f"page_effects.{name}_note"] not in shown(test)


def test_what_drives_it_is_asked_and_ranked(app, shop):
    test = opened(app, shop, "drivers")
    assert not test.exception
    test.button(key="effects-drivers-ask").click().run()
    assert not test.exception
    run = shop.register.runs(RankDrivers.name)[0]
    assert run.status == "done"
    assert table("en")["page_effects.drivers_ranks"].format(level=0.95) in shown(test)


def test_what_moved_the_metric_is_asked_by_date_and_by_segment(app, shop):
    test = opened(app, shop, "change")
    assert not test.exception
    test.button(key="effects-change-ask").click().run()
    assert not test.exception
    assert shop.register.runs(AttributeChange.name)[0].params["date"]
    assert "purchase" in shown(test)
    test.selectbox(key="effects-change-by").set_value("device").run()
    test.button(key="effects-change-ask").click().run()
    assert not test.exception
    asked = shop.register.runs(AttributeChange.name)[0].params
    assert asked["by"] == "device"
    assert asked["before"] != asked["after"]


def test_the_selection_of_a_log_is_shown_with_what_would_remove_it(app, shop):
    answer = run_inline(shop, SizeSelection, {"dataset": "shop", "outcome": "purchase"})
    assert answer.method == "at_random"
    assert 0 < answer.seen < answer.n
    test = opened(app, shop, "selection")
    assert not test.exception
    assert table("en")["page_effects.selection_remedies"] in shown(test)


def test_tasks_take_the_marks_of_the_graph_and_the_middle_of_the_log(shop):
    ranking = run_inline(shop, RankDrivers, ASKED)
    assert ranking.outcome == "purchase"
    assert "promotion" in set(ranking.rows["factor"])
    change = run_inline(shop, AttributeChange, ASKED)
    assert change.before.startswith("<")
    assert change.rows["value"].sum() == pytest.approx(change.value)


def test_without_a_graph_the_blocks_say_so(app, workspace):
    run_inline(workspace, "shop", {"users": 60, "items": 20, "impressions": 600, "seed": 1})
    workspace.set(dataset="shop")
    for name in ("drivers", "change"):
        test = opened(app, workspace, name)
        assert not test.exception
        assert table("en")["page_effects.no_graph"] in shown(test)


def test_a_grid_of_questions_is_shown_with_its_lights(app, shop):
    test = opened(app, shop, "questions")
    assert any(box.label == table("en")["causal.param_outcomes_label"] for box in test.multiselect)
    assert test.button(key="effects-questions-ask")
    asked = {"treatments": ("promotion",), "outcomes": ("purchase", "activity"), "unit": "user"}
    answer = run_inline(shop, AskQuestions, ASKED | asked)
    assert len(answer.rows) == 2
    test = opened(app, shop, "questions")
    assert not test.exception
    assert answer.summary("en") in shown(test)
    assert len(test.get("plotly_chart")) == 1
