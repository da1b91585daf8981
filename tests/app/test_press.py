"""A press does what the form says: a value changed with it counts, and no press is lost."""

from __future__ import annotations

from functools import partial

import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

import causalrec as cr
from causalrec.causal.formats.json_document import to_document
from causalrec.causal.tables.templates import STARTING_GRAPHS
from causalrec.core.words import table
from causalrec.data.storage.store import load_dataset, save_dataset
from causalrec.runs.record.runner import run_inline
from causalrec.ui.data import source
from causalrec.ui.kit import comparing, press
from causalrec.ui.train.start import live_runs as going

WORDS = table("en")
pytestmark = pytest.mark.usefixtures("components")
SHOP = {"users": 300, "items": 40, "impressions": 9_000, "seed": 1}
FORM = """
import streamlit as st
from causalrec.ui.kit import press

press.carry_out()
count = st.number_input("count", 1, key="count")
held = st.checkbox("held", key="held")

def act(value):
    st.session_state.setdefault("done", []).append(value)
    st.session_state["count"] = 100 + value

if st.session_state.get("cut_short"):
    del st.session_state["cut_short"]
    st.rerun()
if not st.session_state.get("gone"):
    press.button(f"Do {count}", key="go", act=act, args=(count,), disabled=held)
st.checkbox("below", key="below")
press.leave()
"""


class Started(list):
    """A launcher that only notes what it is asked to start."""

    def start(self, place, task, params):
        self.append((task, params))
        return str(len(self))

    def warm(self):
        pass


@pytest.fixture
def started(monkeypatch):
    found = Started()
    for module in (going, comparing, source):
        monkeypatch.setattr(module, "launcher", lambda: found)
    monkeypatch.setattr(going, "_run", lambda run_id: None)
    return found


@pytest.fixture
def shop(workspace):
    run_inline(workspace, "shop", SHOP)
    workspace.set(dataset="shop")
    return workspace


def form(**state) -> AppTest:
    test = AppTest.from_string(FORM, default_timeout=60)
    for name, value in state.items():
        test.session_state[name] = value
    return test.run()


def pressed_with(test: AppTest, **state) -> AppTest:
    for name, value in state.items():
        test.session_state[name] = value
    return test.button(key="go").click().run()


def control(test, key):
    return next(one for one in test.button_group if one.key == key)


def test_a_press_takes_the_value_that_came_with_it_though_it_changes_the_label():
    test = form()
    test.checkbox(key="below").set_value(True)
    test.number_input(key="count").set_value(7)
    pressed_with(test)
    assert not test.exception
    assert test.session_state["done"] == [7]
    assert test.number_input(key="count").value == 107  # the action may set what fields show
    assert test.checkbox(key="below").value  # and what stands below the button is kept
    assert not test.toast
    test.run()
    assert test.session_state["done"] == [7]


def test_a_press_outlives_a_run_that_is_cut_short():
    test = pressed_with(form(), cut_short=True)
    assert test.session_state["done"] == [1]


@pytest.mark.parametrize("why", ["gone", "held"])
def test_a_press_that_has_no_effect_is_said_and_not_done_later(why):
    test = form()
    if why == "held":
        test.checkbox(key="held").set_value(True)
        pressed_with(test)
        test.checkbox(key="held").set_value(False)
    else:
        pressed_with(test, gone=True)
        test.session_state["gone"] = False
    assert [one.value for one in test.toast] == [WORDS["ui.press_lost"].format(button="Do 1")]
    test.run()
    assert "done" not in test.session_state
    assert not test.toast


def test_both_halves_of_a_double_click_are_one_press(monkeypatch):
    done: list[str] = []
    state = {press._PRESSED: {"go": ("Go", None)}, press._DUE: ("go", lambda: done.append("go"))}
    monkeypatch.setattr(st, "session_state", state)
    press.carry_out()
    press.carry_out()
    assert done == ["go"]
    assert state == {press._PRESSED: {}}


def test_train_starts_the_models_that_are_chosen_at_the_press(app, shop, started):
    test = app("train", w=shop.id)
    models = control(test, "train-model")
    assert list(models.value) == ["popularity"]
    models.set_value(["popularity", "item-knn"])
    test.button(key="train-start").click().run()
    assert not test.exception
    assert [params["model"] for _, params in started] == ["popularity", "item-knn"]


def test_the_shop_is_made_as_large_as_the_form_says(app, workspace, started):
    test = app("data", w=workspace.id)
    control(test, "data-way").set_value("shop")
    test.run()
    test.number_input(key="shop-users").set_value(321)
    test.button(key="make-shop").click().run()
    assert not test.exception
    assert [params["users"] for _, params in started] == [321]


def keep_graph(workspace) -> None:
    data = load_dataset(workspace.thing("dataset", "shop").folder)
    bound = STARTING_GRAPHS["promotion-purchase"].bind(data)
    workspace.save_json("graph", "promotion-purchase", to_document(bound.graph))


def test_an_effect_is_estimated_as_the_question_reads(app, shop):
    keep_graph(shop)
    test = app("effects", w=shop.id)
    control(test, "effects-measure").set_value("count")
    test.button(key="effects-estimate").click().run()
    assert not test.exception
    assert shop.thing("effect", "promotion - purchase").meta["asked"]["measure"] == "count"


def test_a_ready_question_is_the_one_that_is_chosen(app, shop):
    test = app("effects", w=shop.id)
    names = list(STARTING_GRAPHS)
    test.radio(key="effects-start").set_value(names[0])
    test.button(key="effects-start-use").click().run()
    assert not test.exception
    assert [thing.name for thing in shop.things("graph")] == names[:1]


def test_a_graph_is_saved_under_the_name_that_is_written(app, shop):
    test = app("graph", w=shop.id)
    test.session_state["graph-menu-new"] = True
    test.run()
    test.radio(key="graph-start-name").set_value("promotion-purchase")
    test.button(key="graph-start").click().run()
    assert not test.exception
    field = next(one for one in test.text_input if one.key.startswith("graph-name-"))
    assert field.value == WORDS["causal.start_promotion_purchase"]
    field.set_value("Mine")
    test.button(key="graph-save").click().run()
    assert not test.exception
    assert [thing.name for thing in shop.things("graph")] == ["Mine"]


@pytest.fixture
def scenario(app, shop):
    """Interventions with a new, empty scenario."""
    run_inline(shop, "train", {"dataset": "shop", "model": "popularity"})
    test = app("interventions", w=shop.id)
    return test.button(key="scenario-new").click().run()


def field(boxes, label: str):
    return next(box for box in boxes if box.label == WORDS[label])


def test_a_scenario_is_saved_and_forecast_as_it_reads(shop, scenario, started):
    field(scenario.text_input, "page_interventions.name").set_value("First")
    scenario.run()
    field(scenario.text_input, "page_interventions.name").set_value("Second")
    before = next(one.key for one in scenario.button_group if "before" in one.key)
    control(scenario, before).set_value("log")
    scenario.button(key="scenario-ask").click().run()
    assert not scenario.exception
    assert [params["scenario"] for _, params in started] == ["Second"]
    assert shop.thing("scenario", "Second").json()["before"] == "log"


def test_each_cross_removes_the_change_beside_it_though_others_go_at_once(scenario):
    kind = field(scenario.selectbox, "page_interventions.add")
    kind.select("popularity-penalty").run()
    for strength in (0.25, 0.5, 0.75):
        number = next(b for b in scenario.number_input if "popularity-penalty" in b.key)
        number.set_value(strength)
        scenario.button(key="scenario-add").click().run()
        assert not scenario.exception
    crosses = [one for one in scenario.button if str(one.key).startswith("scenario-remove")]
    crosses[0].click()
    crosses[1].click()
    scenario.run()
    told = " ".join(box.value for box in scenario.markdown).replace("\\", "")
    assert "popularity penalty 0.75" in told
    assert "popularity penalty 0.5" not in told


def test_rows_are_appended_to_the_dataset_that_is_chosen(app, shop, monkeypatch):
    frame = pd.DataFrame({"user": ["a", "b"], "item": ["x", "y"]})
    data = cr.Dataset.from_frame(frame, cr.ColumnMapping(user="user", item="item"), name="log")
    shop.save("dataset", "log", partial(save_dataset, data))
    found = Started()
    monkeypatch.setattr("causalrec.ui.data.saved.launcher", lambda: found)
    shop.set(dataset="log")
    test = app("data", w=shop.id)
    monkeypatch.setattr("causalrec.ui.kit.widgets.run_status", lambda *_, **__: None)
    test.get("file_uploader")[0].upload("more.csv", b"user,item\na,y\n", "text/csv")
    test.selectbox(key="dataset").select("shop")
    test.run()
    assert not test.exception
    assert [params["dataset"] for _, params in found] == ["shop"]
