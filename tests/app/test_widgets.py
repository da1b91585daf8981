"""The parts that pages are made of: figures in words, forms, notes, the live run."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from causalrec.core.words import Text, table

WORDS = table("en")
pytestmark = pytest.mark.usefixtures("components")


def run(body: str, **state: object) -> AppTest:
    test = AppTest.from_string(body, default_timeout=60)
    for key, value in state.items():
        test.session_state[key] = value
    return test.run()


@pytest.mark.parametrize(
    ("value", "unit", "signed", "expected"),
    [
        (None, "%", False, WORDS["ui.no_number"]),
        (0.1234, "%", False, "12.34%"),
        (0.0123, "pp", True, "+1.23 pp"),
        (-0.0123, "pp", True, "−1.23 pp"),
        (1234.5, "€", False, "1,234 €"),
        (0.34061, "", False, "0.341"),
        (0.0, "", True, "0"),
    ],
)
def test_figures_for_people(value, unit, signed, expected):
    from causalrec.ui.kit.widgets import number

    assert number(value, unit, signed=signed) == expected


def test_an_estimate_shows_value_interval_and_n():
    test = run(
        "from causalrec.core.results.result import Estimate\n"
        "from causalrec.core.words import Text\n"
        "from causalrec.ui.kit.widgets import estimate_card\n"
        "flag = (Text('ui.no_workspace'),)\n"
        "estimate_card('CTR', Estimate(value=.1, low=.08, high=.12, n=12345, flags=flag), '%')\n"
    )
    assert test.metric[0].value.replace("\\", "") == "10.00%"
    notes = "".join(box.value for box in test.caption).replace("\\", "")
    assert "8.00% to 12.00%" in notes
    assert "12,345" in notes
    assert Text("ui.no_workspace")[:15] in notes


def test_a_refused_estimate_shows_its_reason_and_no_number():
    test = run(
        "from causalrec.core.results.result import Estimate\n"
        "from causalrec.core.words import Text\n"
        "from causalrec.ui.kit.widgets import estimate_card\n"
        "estimate_card('CTR', Estimate(refused=True, reason=Text('ui.run_died'), n=3))\n"
    )
    assert test.metric[0].value == WORDS["ui.no_number"]
    assert "without a word" in test.caption[0].value


FORM = """
import streamlit as st
from causalrec.core.params import Params, param
from causalrec.ui.kit.forms import params_form
from causalrec.ui.kit.frame import caught

class P(Params):
    factors: int = param(64, help="ui.language", ge=1, le=512)
    rate: float = param(0.05, help="ui.language", ge=0, le=1)
    device: str = param("auto", help="ui.language", choices=("auto", "cpu"))
    k: tuple[int, ...] = param((10, 20), help="ui.language")
    days: int | None = param(None, help="ui.language", advanced=True)
    clip: bool = param(True, help="ui.language", advanced=True)
    nested: dict[str, int] = param({}, help="ui.language")
    dataset: str = param(help="ui.language")

with caught():
    st.session_state.given = params_form(P, key="f", skip=("dataset",), values={"factors": 8})
    st.session_state.made = P.make({**st.session_state.given, "dataset": "log"})
"""


def test_a_form_gives_what_its_class_takes():
    test = run(FORM)
    assert not test.exception
    assert not test.error
    assert test.session_state.given == {
        "factors": 8,
        "rate": 0.05,
        "device": "auto",
        "k": (10, 20),
        "days": None,
        "clip": True,
    }
    assert test.number_input(key="f-factors").max == 512
    test.text_input(key="f-k").set_value("5\uff0c 50")
    test.number_input(key="f-days").set_value(3)
    test.run()
    assert test.session_state.given["k"] == (5, 50)
    assert test.session_state.made.days == 3


def test_a_list_that_is_none_is_told():
    test = run(FORM)
    test.text_input(key="f-k").set_value("five")
    test.run()
    assert not test.exception
    assert "five" in test.error[0].value


LIVE = """
import streamlit as st
from causalrec.ui.kit.frame import caught
from causalrec.ui.kit.widgets import run_status
with caught():
    st.session_state.setdefault("done", [])
    run_status(st.session_state.run, on_done=lambda run: st.session_state.done.append(run.id))
"""


@pytest.fixture
def claimed(workspace):
    """A run that this process has claimed, so that no launcher takes it."""
    from causalrec.workspace.disk.process import Process

    run_id = workspace.register.add("self-check", {})
    workspace.register.claim(run_id)
    workspace.register.set_process(run_id, Process.current(), own=False)
    return run_id


def test_a_live_run_shows_progress_and_metrics_and_its_end_is_told_once(workspace, claimed):
    import causalrec.plots  # noqa: F401 - registers the charts

    register, state = workspace.register, {"causalrec_workspace": workspace.id, "run": claimed}
    register.beat(
        claimed, 0.4, Text("ui.run_running"), [{"epoch": e, "loss": 1 / e} for e in (1, 2)]
    )
    test = run(LIVE, **state)
    assert not test.exception
    assert not test.error
    assert test.button(key=f"cancel-{claimed}")
    assert test.get("arrow_vega_lite_chart") or test.get("vega_lite_chart")
    assert test.session_state.done == []
    register.finish(claimed, "done")
    test.run()
    test.run()
    assert test.session_state.done == [claimed]
    assert not test.button


def test_a_failed_run_says_why_and_what_to_do(workspace, claimed):
    text, hint = Text("ui.run_died"), Text("ui.no_workspace_hint")
    workspace.register.finish(claimed, "failed", error=text, hint=hint)
    test = run(LIVE, causalrec_workspace=workspace.id, run=claimed, causalrec_lang="zh")
    shown = test.error[0].value.replace("\\", "")
    assert text.to("zh") in shown
    assert hint.to("zh") in shown


def test_a_thing_of_older_inputs_says_so_and_can_be_made_again(workspace):
    from causalrec.workspace import Ref

    workspace.save_json("dataset", "log", {})
    workspace.save_json("model", "ease", {}, made_from=[Ref("dataset", "log", 1)])
    body = (
        "import streamlit as st\n"
        "from causalrec.ui.kit import session, widgets\n"
        "thing = session.workspace().thing('model', 'ease')\n"
        "st.session_state.stale = widgets.stale_note(thing, redo=lambda: None)\n"
    )
    test = run(body, causalrec_workspace=workspace.id)
    assert test.session_state.stale is False
    workspace.save_json("dataset", "log", {"more": 1})
    test = run(body, causalrec_workspace=workspace.id)
    assert test.session_state.stale is True
    assert "log" in test.warning[0].value
    assert test.button[0].label == WORDS["ui.redo"]
