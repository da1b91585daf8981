"""The Runs page: every run in full, run again, delete; other people's words stay words."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from causalrec.core.errors import CausalRecError
from causalrec.core.words import Text, table
from causalrec.runs.record.catalogue import TASKS
from causalrec.runs.record.runner import run_inline
from causalrec.workspace import Workspace
from causalrec.workspace.disk.process import Process

PRACTICE = Path(__file__).parents[1] / "practice"
WORDS = table("en")


@pytest.fixture(autouse=True)
def practice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(PRACTICE))
    monkeypatch.setenv("PYTHONPATH", str(PRACTICE))
    from practice_tasks import ENTRIES, add_words

    add_words()
    for name, place in ENTRIES.items():
        monkeypatch.setitem(TASKS._entries, name, place)


def everything(test) -> str:
    """All words that stand on the page."""
    parts = [
        *(box.value for box in [*test.markdown, *test.caption, *test.subheader, *test.code]),
        *(box.value for box in [*test.error, *test.info, *test.success]),
        *(frame.value.to_csv() for frame in test.dataframe),
    ]
    return "\n".join(map(str, parts))


def chosen(test) -> str:
    """The run that the URL names."""
    asked = test.query_params["run"]
    return asked if isinstance(asked, str) else asked[0]


def clean(test):
    assert not test.exception
    return test


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_an_empty_workspace_says_where_to_start(app, workspace, lang):
    test = clean(app("runs", w=workspace.id, lang=lang))
    assert table(lang)["page_runs.none"] in everything(test)


def test_a_finished_run_in_full(app, workspace):
    data = workspace.save_json("dataset", "log", [1])
    run_inline(workspace, "count", {"dataset": "log", "save": "my graph", "seed": 11})
    run = workspace.register.runs()[0]
    test = clean(app("runs", w=workspace.id))
    shown = everything(test)
    for word in (
        "11",
        data.fingerprint,
        "my graph",
        run.versions["torch"],
        "cpu",
        WORDS["ui.run_done"],
    ):
        assert word in shown
    assert "3 Cancelled" in shown, "the result's own sentence"
    assert '"seed": 11' in test.code[0].value, "the log"
    assert chosen(test) == run.id


def test_a_failed_run_says_why_and_what_next_in_the_pages_language(app, workspace):
    with pytest.raises(CausalRecError):
        run_inline(workspace, "count", {"how": "unforeseen"})
    shown = everything(clean(app("runs", w=workspace.id, lang="zh")))
    assert Text("core.unexpected", kind="ZeroDivisionError").to("zh") in shown.replace("\\", "")
    assert workspace.register.runs()[0].reference in shown


def test_a_link_shows_its_run_and_a_wrong_one_the_newest(app, workspace):
    for seed in (21, 22):
        run_inline(workspace, "count", {"seed": seed})
    newest, oldest = workspace.register.runs()
    assert chosen(clean(app("runs", w=workspace.id, run=oldest.id))) == oldest.id
    assert chosen(clean(app("runs", w=workspace.id, run="../x"))) == newest.id


def test_filters(app, workspace):
    run_inline(workspace, "count", {"seed": 1})
    with pytest.raises(CausalRecError):
        run_inline(workspace, "count-heavy", {"how": "foreseen"})
    test = clean(app("runs", w=workspace.id))
    assert len(test.dataframe[0].value) == 2
    test.multiselect(key="runs-tasks").select("count-heavy").run()
    assert len(clean(test).dataframe[0].value) == 1
    test.button_group(key="runs-state").select("done").run()
    assert WORDS["page_runs.no_match"] in everything(clean(test))


def test_run_again_and_delete(app, workspace):
    run_inline(workspace, "count", {"seed": 31})
    first = workspace.register.runs()[0]
    test = clean(app("runs", w=workspace.id))
    test.button(key="run-again").click().run()
    clean(test)
    second = workspace.register.runs()[0]
    assert second.id != first.id
    assert second.params == first.params
    assert chosen(test) == second.id
    deadline = time.monotonic() + 60
    while workspace.register.run(second.id).active:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    test.run()
    test.button(key="run-delete").click().run()
    assert [r.id for r in workspace.register.runs()] == [first.id]
    assert chosen(clean(test)) == first.id


def test_a_live_run_is_on_top_and_cannot_be_deleted(app, workspace):
    run_id = workspace.register.add("count", {"dataset": "log"})
    workspace.register.claim(run_id)
    workspace.register.set_process(run_id, Process.current(), own=False)
    workspace.register.beat(run_id, 0.25, Text("core.cancelled"))
    test = clean(app("runs", w=workspace.id))
    assert WORDS["page_runs.now"] in everything(test)
    assert [b.key for b in test.button if b.key and b.key.startswith("cancel")] == [
        f"cancel-{run_id}"
    ]
    assert not [b for b in test.button if b.key == "run-delete"]
    test.button(key=f"cancel-{run_id}").click().run()
    assert workspace.register.run(run_id).cancelling
    workspace.register.finish(run_id, "cancelled")


def test_a_dead_run_is_shown_as_failed(app, workspace):
    run_id = workspace.register.add("count", {})
    workspace.register.claim(run_id)
    workspace.register.set_process(run_id, Process(2**22 + 1, 1.0), own=True)
    time.sleep(2.1)
    shown = everything(clean(app("runs", w=workspace.id)))
    assert WORDS["workspace.run_lost"] in shown.replace("\\", "")
    assert WORDS["page_runs.running"] not in shown


def test_a_run_of_a_task_that_is_no_more(app, workspace):
    run_id = workspace.register.add("gone-task", {"a": "<b>x</b>", "dataset": "[x](http://a)"})
    workspace.register.claim(run_id)
    workspace.register.finish(run_id, "done")
    test = clean(app("runs", w=workspace.id))
    shown = everything(test)
    assert "gone-task" in shown
    assert "[x](http://a)" not in "\n".join(box.value for box in [*test.markdown, *test.subheader])
    test.button(key="run-again").click().run()
    assert "gone\\-task" in clean(test).error[0].value or "gone-task" in test.error[0].value


def test_the_launcher_of_the_page_takes_over_waiting_runs(app, workspace):
    run_id = workspace.register.add("count", {"steps": 1})
    app("runs", w=workspace.id)
    deadline = time.monotonic() + 60
    while workspace.register.run(run_id).status != "done":
        assert time.monotonic() < deadline, workspace.register.run(run_id).log()
        time.sleep(0.05)


def test_workspaces_do_not_see_each_others_runs(app, workspace, workspace_root):
    other = Workspace.create(workspace_root, "Other")
    run_inline(other, "count", {"seed": 1})
    run = other.register.runs()[0]
    assert WORDS["page_runs.none"] in everything(clean(app("runs", w=workspace.id, run=run.id)))


@pytest.mark.parametrize(
    ("task", "estimator", "said"),
    [
        ("compare", "snips", {"en": "Off-policy (SNIPS)", "zh": "离线评估（SNIPS）"}),
        ("estimate", "aipw", {"en": "AIPW", "zh": "AIPW"}),
    ],
)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_an_estimator_is_told_by_its_words(app, workspace, task, estimator, said, lang):
    run_id = workspace.register.add(task, {"scenario": "Toys", "estimator": estimator})
    workspace.register.claim(run_id)
    workspace.register.finish(run_id, "done")
    titles = [box.value for box in clean(app("runs", w=workspace.id, lang=lang)).subheader]
    assert any(title.replace("\\", "").endswith(f" · {said[lang]}") for title in titles)
