"""What holds for every task by being listed: words, options, JSON forms, a name that fits."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from causalrec import ui
from causalrec.cli import main
from causalrec.core.errors import ConflictError, ParamError
from causalrec.core.params import Params
from causalrec.core.results.result import Result
from causalrec.core.words import LANGUAGES, table
from causalrec.runs.record.catalogue import TASKS, word_of
from causalrec.runs.record.runner import run_inline
from causalrec.runs.record.task import Task
from causalrec.ui.kit.pages import PAGES
from causalrec.workspace import Workspace

GENERAL = {"workspace", "json", "lang", "help"}
SHARED = {"lang"}  # a task may take it: the command's own --lang fills it


@pytest.fixture(params=sorted(TASKS))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def extras(params: type[Params]) -> dict[str, dict[str, Any]]:
    return {n: dict(f.json_schema_extra or {}) for n, f in params.model_fields.items()}


def test_there_are_tasks() -> None:
    assert len(TASKS) > 0


def test_is_a_task_of_its_name(name: str) -> None:
    task = TASKS[name]
    assert issubclass(task, Task)
    assert task.name == name
    assert issubclass(task.Params, Params)
    assert issubclass(task.Result, Result)
    assert isinstance(task.heavy, bool)
    assert isinstance(task.shared, bool)
    assert set(task.telling) <= set(task.Params.model_fields)
    assert task.__doc__


def test_it_is_started_where_it_says(name: str) -> None:
    """The task's page, or the kit where pages share it, names its class; others are commands."""
    task = TASKS[name]
    if task.page:
        assert task.page in PAGES
        folders = [Path(ui.__file__).parent / name for name in (task.page, "kit")]
        used = re.compile(rf"\b{task.__name__}\b(?! import)")
        files = [file for folder in folders for file in folder.rglob("*.py")]
        code = "\n".join(file.read_text(encoding="utf-8") for file in files)
        assert re.search(rf"^from {task.__module__} import .*\b{task.__name__}\b", code, re.M)
        assert len(used.findall(code)) > 1
    assert name in TASKS.where(page=task.page)


def test_a_page_that_offers_several_shows_their_icons() -> None:
    offered = [TASKS[name] for name in TASKS.where(page="train")]
    icons = [task.icon for task in offered]
    assert all(icon.startswith(":material/") for icon in icons)
    assert len(set(icons)) == len(icons)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_its_words_exist(name: str, lang: str) -> None:
    for part in ("", "_help"):
        said = TASKS[name].word(part)
        assert said == word_of(name, part)
        assert table(lang)[said.key]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_parameter_is_explained(name: str, lang: str) -> None:
    for parameter, extra in extras(TASKS[name].Params).items():
        assert extra.get("help") in table(lang), f"{name}.{parameter} has no words in {lang}"


def test_no_parameter_hides_a_general_option(name: str) -> None:
    assert not (GENERAL - SHARED) & set(TASKS[name].Params.model_fields)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_help_shows_every_option(name: str, lang: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main([name, "--help", "--lang", lang])
    assert left.value.code == 0
    shown = capsys.readouterr().out
    for parameter in TASKS[name].Params.model_fields:
        assert f"--{parameter.replace('_', '-')}" in shown
    assert all(f"--{option}" in shown for option in GENERAL)


def test_an_unknown_parameter_is_refused(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main([name, "--no-such-parameter", "1"])
    assert left.value.code == 2
    assert "Traceback" not in capsys.readouterr().err


def test_defaults_are_plain_json(name: str) -> None:
    """A run keeps its parameters as JSON: they must come back as they were."""
    params = TASKS[name].Params
    required = {n for n, f in params.model_fields.items() if f.is_required()}
    if required:
        filled = params.model_construct(**dict.fromkeys(required, "x"))
        kept = filled.model_dump(mode="json", exclude=required, warnings=False)
    else:
        made = params.make({})
        kept = made.model_dump(mode="json")
        assert params.make(json.loads(json.dumps(kept))) == made
    json.dumps(kept)


def test_results_say_and_show_themselves(name: str) -> None:
    """A command prints a summary: the result class must have one of its own."""
    assert TASKS[name].Result.summary is not Result.summary


RESUMABLE = sorted(n for n in TASKS if "resume" in TASKS[n].Params.model_fields)


def test_some_tasks_go_on_from_an_earlier_run() -> None:
    assert {"train", "search"} <= set(RESUMABLE)


@pytest.mark.parametrize("name", RESUMABLE)
def test_what_goes_on_from_a_run_can_finish_it_and_takes_no_other_run(
    name: str, tmp_path: Path
) -> None:
    """Such a task has ``finish`` too, and refuses runs of another task and those that still go."""
    assert "finish" in TASKS[name].Params.model_fields
    ws = Workspace.create(tmp_path, "Mine")
    other = ws.register.add("shop", {})
    with pytest.raises(ParamError):
        run_inline(ws, name, {"resume": other})
    waiting = ws.register.add(name, {"dataset": "log"})
    with pytest.raises(ConflictError):
        run_inline(ws, name, {"resume": waiting})
    with pytest.raises(ParamError):
        run_inline(ws, name, {"dataset": "log", "finish": True})
