"""The finished journey fills every page, answers one scenario and refuses another."""

from __future__ import annotations

import pytest

from causalrec.core.progress import silent
from causalrec.runs.record.runner import load_result, run_inline
from causalrec.tasks.journey import Journey
from causalrec.workspace import Workspace

SMALL = {"users": 1500, "items": 200, "impressions": 60_000}


@pytest.fixture(scope="module")
def walked(tmp_path_factory):
    workspace = Workspace.create(tmp_path_factory.mktemp("journey"), "Journey")
    seen: list[float] = []

    def told(fraction, message=None, /, **metrics):
        seen.append(fraction)
        silent(fraction, message, **metrics)

    return workspace, run_inline(workspace, Journey, SMALL, told), seen


def test_every_page_has_something_to_show(walked):
    workspace, result, _ = walked
    for kind in ("dataset", "model", "graph", "effect", "scenario", "forecast", "comparison"):
        assert workspace.things(kind), kind
        assert not any(workspace.stale(thing) for thing in workspace.things(kind))
    assert workspace.settings()["dataset"] == "shop"
    assert workspace.things("comparison")[0].name == result.comparison
    assert len(workspace.things("model")) >= 2


def test_one_scenario_is_answered_and_another_refused(walked):
    workspace, _, _ = walked
    verdicts = {thing.name: thing.meta["verdict"] for thing in workspace.things("comparison")}
    told = set(verdicts.values())
    assert "cannot tell" in {code.replace("_", " ").replace("-", " ") for code in told}
    assert len(told) > 1


def test_progress_never_goes_back_and_every_step_answers_in_both_languages(walked):
    workspace, result, seen = walked
    assert seen == sorted(seen)
    assert {"data", "train", "graph", "effects", "interventions", "compare"} == set(result.steps)
    assert result.summary("en").count("\n") == len(result.steps) - 1
    assert "对比" in result.summary("zh")
    assert list(result.to_frame().columns) == ["step", "answer"]
    (run,) = workspace.register.runs("journey")
    assert load_result(workspace, run.id) == result
    assert {ref.kind for ref in run.made} >= {"dataset", "model", "comparison"}
