"""Compare without a browser: empty states, verdict, refusals, downloads, both languages."""

from __future__ import annotations

import pytest

from causalrec.core.results.result import Estimate
from causalrec.core.words import Text, table
from causalrec.whatif.changes.comparison import Compared, compare
from causalrec.whatif.changes.metric_change import MetricChange
from causalrec.whatif.changes.verdict import Guardrail
from causalrec.whatif.forecasts.scenario import Scenario

RAILS = (
    Guardrail(metric="ndcg", allowed=0.05),
    Guardrail(metric="coverage", allowed=0.2),
    Guardrail(metric="revenue", allowed=0.02),
)

WORDS = {lang: table(lang) for lang in ("en", "zh")}
BEFORE = Text("compare.before_model", model="ease")
NAME = "More *toys* <b>now</b>"


def figure(metric: str, source: str, about: tuple[float, float, float] | None, **more):
    if about is None:
        none = Estimate(refused=True, reason=Text("whatif.no_impressions_known"))
        parts = {"before": none, "after": none, "change": none}
    else:
        value, low, high = about
        parts = {
            "before": Estimate(value=0.1, low=0.09, high=0.11, n=900),
            "after": Estimate(value=0.1 + value, low=0.09, high=0.12, n=900),
            "change": Estimate(value=value, low=low, high=high, n=900),
        }
    return MetricChange(metric=metric, source=source, before_name=BEFORE, **parts, **more)


def keep(workspace, rows, name: str = NAME, segments=()) -> None:
    """A scenario and its comparison, as the tasks leave them."""
    scenario = Scenario(name=name, dataset="log", model="ease")
    thing = workspace.save_json("scenario", name, scenario.model_dump(mode="json"))
    compared = Compared(
        name=name,
        before_name=BEFORE,
        after_name=Text("compare.policy", name=name),
        what=Text("whatif.say_nothing"),
        currency="EUR",
    )
    made = compare(compared, rows, guardrails=RAILS, segments=segments)
    made = made.model_copy(update={"split_by": "segment"})
    workspace.save_json(
        "comparison",
        name,
        made.model_dump(mode="json"),
        made_from=[thing.ref],
        meta={"dataset": "log", "scenario": name, "asked": {"scenario": name}},
    )


ROWS = (
    figure("click", "off-policy-snips", (0.02, 0.01, 0.03)),
    figure("click", "simulator", (0.015, 0.012, 0.018)),
    figure("revenue", "off-policy-snips", (0.01, -0.01, 0.03)),
    figure("ndcg", "split", (-0.001, -0.003, 0.001), k=10, unit="list"),
    figure("coverage", "split", (0.01, 0.0, 0.02), k=10, unit="list"),
)
SEGMENTS = tuple(
    figure("click", "off-policy-snips", (0.02, 0.0, 0.04), segment=name) for name in ("a", "b")
)


def shown(test) -> str:
    boxes = [*test.markdown, *test.caption, *test.info, *test.error, *test.warning]
    return "\n".join(str(box.value) for box in boxes).replace("\\", "").replace("\u2060", "")


def test_without_a_scenario_it_points_to_interventions(app, workspace):
    test = app("compare", w=workspace.id)
    assert not test.exception
    assert WORDS["en"]["page_compare.no_scenario"] in shown(test)


def test_a_scenario_not_compared_yet_offers_to(app, workspace):
    workspace.save_json("scenario", "plan", {"name": "plan", "dataset": "log"})
    test = app("compare", w=workspace.id)
    assert not test.exception
    assert "plan" in shown(test)
    assert test.button(key="compare-start").label == WORDS["en"]["page_compare.compare"]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_verdict_stands_on_top_and_everything_under_it(app, workspace, lang):
    keep(workspace, ROWS, segments=SEGMENTS)
    test = app("compare", w=workspace.id, lang=lang)
    assert not test.exception
    text, words = shown(test), WORDS[lang]
    assert f"science: {words['answer.decision_test_it_first']}]" in text
    assert f"**{words['answer.rule_rails']}**" in text  # the step of the rule that decided
    assert f"**{words['answer.rule_better']}**" not in text
    assert NAME in text
    assert "<b>now</b>" not in "".join(m.value for m in test.markdown)  # escaped, not drawn
    assert next(metric.label for metric in test.metric) == words["outcome.name_click"]
    assert len(test.get("plotly_chart")) == 3
    assert [one.key for one in test.get("download_button")] == [
        *("card-report", "next-report", "next-table")
    ]
    assert words["page_compare.guardrails_note"] in text
    assert ".." not in text
    assert "。。" not in text
    assert len(test.dataframe[0].value) == len(ROWS)
    assert "Traceback" not in text


def test_refusals_say_their_reason(app, workspace):
    rows = [figure(metric, "off-policy-snips", None) for metric in ("click", "purchase", "revenue")]
    keep(workspace, [*rows, ROWS[3]])
    test = app("compare", w=workspace.id)
    assert not test.exception
    assert WORDS["en"]["answer.decision_cannot_tell"] in shown(test)
    folded = next(
        one for one in test.expander if one.label == WORDS["en"]["page_compare.cannot_tell"]
    )
    lines = [one.value.replace("\\", "") for one in folded.markdown]
    assert len(lines) == 1  # one reason, though three metrics have it
    for metric in ("Click rate", "Conversion", "Revenue per 1,000 impressions"):
        assert f"{metric} (Off-policy (SNIPS))" in lines[0]
    assert "The log does not say what was shown" in lines[0]
    assert len(test.dataframe[0].value) == 1


def test_an_older_form_is_said_and_can_be_made_again(app, workspace):
    thing = workspace.save_json("scenario", "plan", {"name": "plan", "dataset": "log"})
    workspace.save_json("comparison", "plan", {"of": "old"}, made_from=[thing.ref])
    test = app("compare", w=workspace.id)
    assert not test.exception
    assert WORDS["en"]["page_compare.unreadable"] in shown(test)


def test_a_changed_scenario_makes_its_comparison_stale(app, workspace):
    keep(workspace, ROWS)
    scenario = Scenario(name=NAME, dataset="log", model="bpr")
    workspace.save_json("scenario", NAME, scenario.model_dump(mode="json"))
    test = app("compare", w=workspace.id)
    assert not test.exception
    assert test.button(key=f"redo-comparison-{NAME}").label == WORDS["en"]["ui.redo"]


def test_the_simulator_is_one_click_away_where_it_was_not_asked(app, workspace):
    keep(workspace, [ROWS[0], *ROWS[2:]])
    test = app("compare", w=workspace.id)
    assert not test.exception
    assert [one for one in test.button if one.key == "compare-simulate"]
    keep(workspace, ROWS)
    test = app("compare", w=workspace.id)
    assert not [one for one in test.button if one.key == "compare-simulate"]
    keep(workspace, [figure("purchase", "effect", (0.02, 0.01, 0.03), unit="user")])
    test = app("compare", w=workspace.id)
    assert not [one for one in test.button if one.key == "compare-simulate"]


def test_kept_forecasts_are_made_again_when_the_simulator_is_asked_too(workspace, monkeypatch):
    from causalrec.tasks.whatif.compare import CompareParams, _answers
    from causalrec.tasks.whatif.forecast import ForecastScenario
    from causalrec.whatif.forecasts.forecast import Forecast, ForecastSet

    why = Text("whatif.no_propensity")
    kept = ForecastSet(
        scenario="plan",
        before=BEFORE,
        after=BEFORE,
        forecasts=(Forecast.none("off-policy-snips", "click", why),),
        outcomes=("click",),
    )
    document = Scenario(name="plan", dataset="log", model="ease").model_dump(mode="json")
    thing = workspace.save_json("scenario", "plan", document)
    body = kept.model_dump(mode="json")
    workspace.save_json("forecast", "plan", body, made_from=[thing.ref])
    asked = []
    monkeypatch.setattr(
        ForecastScenario,
        "run",
        lambda self, place, on_progress: asked.append(self.params.simulate) or kept,
    )
    for simulate in (False, True):
        wanted = CompareParams.make({"scenario": "plan", "simulate": simulate})
        _answers(workspace, thing, wanted, lambda *_: None)
    assert asked == [True]


def test_a_link_opens_its_scenario_and_another_choice_moves_the_address(app, address, workspace):
    for name in ("first", "second"):
        keep(workspace, ROWS, name=name)
    test = app("compare", w=workspace.id)
    assert address(test, "scenario") == "second"
    test = app("compare", w=workspace.id, scenario="first")
    assert test.selectbox(key="compare-scenario").value == "first"
    test.selectbox(key="compare-scenario").select("second").run()
    assert not test.exception
    assert address(test, "scenario") == "second"
    test = app("compare", w=workspace.id, scenario="gone")
    assert WORDS["en"]["ui.no_scenario"].format(name="gone") in shown(test)


def test_other_guardrails_than_were_asked_are_said_and_asked_again(app, workspace, monkeypatch):
    from causalrec.ui.kit import comparing

    keep(workspace, ROWS, name="plan")
    started = []

    class Launcher:
        def start(self, place, task, params):
            started.append((task, params["scenario"], params["money_may_lose"]))

    monkeypatch.setattr(comparing, "launcher", Launcher)
    test = app("compare", w=workspace.id)
    assert WORDS["en"]["ui.outdated"] not in shown(test)
    test.number_input(key="compare-plan-money_may_lose").set_value(10.0).run()
    text = shown(test)
    assert WORDS["en"]["ui.outdated"] in text
    assert f"{WORDS['en']['compare.param_money_label']}: 2% → 10%" in text
    test.button(key="compare-again").click().run()
    assert not test.exception
    assert started == [("compare", "plan", 0.1)]


def test_scenarios_stand_side_by_side_and_open_at_a_click(app, address, workspace):
    for name in ("first", "second"):
        keep(workspace, ROWS, name=name)
    test = app("compare", w=workspace.id)
    assert WORDS["en"]["page_compare.board"] in [one.value for one in test.header]
    test.button(key="board-first").click().run()
    assert not test.exception
    assert address(test, "scenario") == "first"
    assert [one for one in test.button if one.key == "board-second"]
