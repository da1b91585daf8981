"""Home: steps with their state, the finished journey, workspaces."""

from __future__ import annotations

import pytest

from causalrec.core.words import table
from causalrec.ui.home.steps import read_steps
from causalrec.workspace import Ref, Workspace
from causalrec.workspace.disk.process import Process

WORDS = table("en")


def states(workspace: Workspace) -> dict[str, str]:
    return {step.page.name: step.state for step in read_steps(workspace)}


def test_an_empty_workspace_has_one_next_step(workspace):
    found = states(workspace)
    assert found.pop("data") == "next"
    assert set(found.values()) == {"missing"}


def test_a_model_of_an_older_dataset_is_out_of_date(workspace):
    workspace.save_json("dataset", "log", {"v": 1})
    assert states(workspace)["data"] == "done"
    assert states(workspace)["train"] == "next"
    workspace.save_json("model", "ease", {}, made_from=[Ref("dataset", "log", 1)])
    assert states(workspace)["train"] == "done"
    workspace.save_json("dataset", "log", {"v": 2})
    assert states(workspace)["train"] == "old"


def test_home_draws_every_step_and_no_chart(app, workspace):
    workspace.save_json("dataset", "my *log*", {"v": 1})
    test = app(w=workspace.id)
    assert not test.exception
    assert not test.error
    text = "\n".join(box.value for box in test.markdown)
    assert r"my \*log\*" in text
    assert WORDS["page_home.state_next"] in text
    assert not test.get("plotly_chart")


def test_rename_keeps_the_workspace_and_delete_asks_first(app, workspace, workspace_root):
    test = app(w=workspace.id)
    test.text_input(key=f"name-{workspace.id}").set_value("Spring")
    next(b for b in test.button if b.label == WORDS["page_home.save"]).click().run()
    assert Workspace.open(workspace_root, workspace.id).name == "Spring"
    test.button(key=f"delete-{workspace.id}").click().run()
    assert workspace.id not in {one.id for one in Workspace.all(workspace_root)}
    assert not test.exception


def test_a_workspace_with_a_live_run_is_not_deleted(app, workspace, workspace_root):
    run_id = workspace.register.add("self-check", {})
    workspace.register.claim(run_id)
    workspace.register.set_process(run_id, Process.current(), own=False)
    test = app(w=workspace.id)
    test.button(key=f"delete-{workspace.id}").click().run()
    assert not test.exception
    assert WORDS["workspace.has_runs"] in test.error[0].value.replace("\\", "")
    assert workspace.id in {one.id for one in Workspace.all(workspace_root)}


@pytest.mark.parametrize("name", ["  ", "Ünï <b>", "夏季促销"])
def test_a_new_workspace_opens_at_once(address, app, workspace, workspace_root, name):
    test = app(w=workspace.id)
    test.text_input(key="new-name").set_value(name)
    next(b for b in test.button if b.label == WORDS["page_home.create"]).click().run()
    assert not test.exception
    now = Workspace.open(workspace_root, address(test, "w"))
    assert now.id != workspace.id
    assert now.name == (name.strip() or WORDS["ui.first_workspace"])


def test_home_leads_with_the_newest_answer_and_a_link_to_its_evidence(app, workspace):
    import causalrec as cr

    effect = cr.estimate(
        cr.sample_shop(users=200, items=30, impressions=3_000, seed=1).frame,
        ["position"],
        treatment="price",
        outcome="click",
    )
    workspace.save_json("effect", "price - click", effect.model_dump(mode="json"))
    test = app(w=workspace.id)
    assert not test.exception
    told = "\n".join(box.value for box in test.markdown).replace("\\", "").replace("\u2060", "")
    assert str(cr.answer(effect).decided) in told
    assert WORDS["page_home.open_answer"] in [one.label for one in test.get("page_link")]
