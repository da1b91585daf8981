"""The command line: options from parameters, JSON, languages, workspaces, no tracebacks."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from practice_runs import FOLDER, practice, ws
from pydantic import BaseModel

from causalrec.causal.effects.effect import Effect
from causalrec.causal.effects.effect_answer import effect_answer
from causalrec.cli import main
from causalrec.core.params import Params, param
from causalrec.runs.record.command_options import given
from causalrec.terminal import say_answer
from causalrec.workspace import Workspace

__all__ = ["practice", "ws"]
pytestmark = pytest.mark.usefixtures("practice")
ROOT = Path(__file__).parents[2]


def run(ws: Workspace, *words: str) -> int:
    return main([*words, "--workspace", str(ws.folder)])


def test_summary_and_table_on_stdout_the_rest_on_stderr(ws: Workspace, capsys) -> None:
    assert run(ws, "count", "--steps", "2") == 0
    seen = capsys.readouterr()
    assert seen.out == "2 Cancelled.\n\n total\n     2\n"
    assert "Mine" in seen.err
    assert "0%  Cancelled." in seen.err
    assert [r.task for r in ws.register.runs()] == ["count"]


def test_json_is_the_whole_output(ws: Workspace, capsys) -> None:
    assert run(ws, "count", "--steps", "2", "--json") == 0
    assert json.loads(capsys.readouterr().out)["total"] == 2


def test_options_of_every_kind_reach_the_task(ws: Workspace) -> None:
    words = ["--k", "5", "--k", "7", "--loud", "--pause", "0.001", "--how", "well", "--extra"]
    assert run(ws, "count", *words, '{"a": [1, "图"]}') == 0
    params = ws.register.runs()[0].params
    assert params["k"] == [5, 7]
    assert params["extra"] == {"a": [1, "图"]}
    assert (params["loud"], params["pause"], params["steps"]) == (True, 0.001, 3)
    assert run(ws, "count", "--no-loud") == 0
    assert ws.register.runs()[0].params["loud"] is False
    assert ws.register.runs()[0].params["k"] == [10, 20]


class Inner(BaseModel):
    a: int


class Kinds(Params):
    plain: str = param("", help="core.cancelled")
    either: float | Literal["auto"] = param("auto", help="core.cancelled")
    path: Path | None = param(None, help="core.cancelled")
    inner: Inner | None = param(None, help="core.cancelled")
    many: tuple[dict[str, Any], ...] = param((), help="core.cancelled")
    pair: tuple[str, int] | None = param(None, help="core.cancelled")
    noted: Annotated[int, "note"] = param(1, help="core.cancelled")
    anything: Any = param(None, help="core.cancelled")


@pytest.mark.parametrize(
    ("asked", "made"),
    [
        ({"plain": "[1]"}, {"plain": "[1]"}),
        ({"either": "0.5"}, {"either": 0.5}),
        ({"either": "auto"}, {"either": "auto"}),
        ({"path": "a/b"}, {"path": Path("a/b")}),
        ({"inner": '{"a": 3}'}, {"inner": Inner(a=3)}),
        ({"many": ['{"x": 1}', '{"y": 2}']}, {"many": ({"x": 1}, {"y": 2})}),
        ({"pair": ["a", "2"]}, {"pair": ("a", 2)}),
        ({"noted": "4"}, {"noted": 4}),
        ({"anything": "not json"}, {"anything": "not json"}),
        ({"anything": "3"}, {"anything": 3}),
        ({"anything": "9" * 5_000}, {"anything": "9" * 5_000}),
        ({"anything": "[" * 100_000}, {"anything": "[" * 100_000}),
    ],
)
def test_words_become_values(asked: dict[str, Any], made: dict[str, Any]) -> None:
    values = Kinds.make(given(Kinds, asked))
    assert {name: getattr(values, name) for name in made} == made


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["cuont"], 2, "count"),
        (["count", "--steps", "-1"], 2, "steps"),
        (["count", "--steps", "many"], 2, "steps"),
        (["count", "--how", "badly"], 2, "foreseen"),
        (["count", "--extra", "{"], 2, "extra"),
        (["count", "--dataset", "nope"], 2, "nope"),
        (["count", "--how", "foreseen"], 1, "Home page"),
        (["count", "--how", "memory"], 1, "memory"),
        (["count", "--how", "unforeseen"], 1, "ZeroDivisionError"),
    ],
)
def test_errors_are_a_sentence_and_a_step(
    ws: Workspace, capsys, words: list[str], status: int, said: str
) -> None:
    assert run(ws, *words) == status
    seen = capsys.readouterr()
    assert said in seen.err
    assert seen.out == ""
    assert "Traceback" not in seen.err


@pytest.mark.parametrize("words", [["count", "--step", "2"], ["count", "--nope"], ["--nope"]])
def test_unknown_options_are_refused(words: list[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(words)
    assert left.value.code == 2


@pytest.mark.parametrize("words", [["--lang", "zh"], ["--lang=zh"]])
def test_messages_in_chinese(ws: Workspace, capsys, words: list[str]) -> None:
    assert run(ws, "count", *words) == 0
    seen = capsys.readouterr()
    assert "3 已取消。" in seen.out
    assert "工作区" in seen.err
    assert main([*words, "count", "--how", "badly", "--workspace", str(ws.folder)]) == 2
    assert "不能为" in capsys.readouterr().err


def test_help_lists_the_tasks(capsys) -> None:
    assert main([]) == 2
    with pytest.raises(SystemExit) as left:
        main(["--lang", "zh", "--help"])
    assert left.value.code == 0
    assert "任务" in capsys.readouterr().out


def test_the_workspace_by_path_by_id_by_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    monkeypatch.setenv("CAUSALREC_WORKSPACE", str(tmp_path))
    assert main(["count"]) == 0, "the first command makes a workspace"
    (made,) = Workspace.all(tmp_path)
    assert main(["count"]) == 0, "the next one uses it"
    assert main(["count", "--workspace", made.id]) == 0
    monkeypatch.chdir(tmp_path)
    assert main(["count", "--workspace", made.id]) == 0
    assert len(made.register.runs()) == 4
    for wrong in ("../..", "nothing", str(tmp_path), "x" * 22):
        assert main(["count", "--workspace", wrong]) == 2
    assert "no such workspace" in capsys.readouterr().err


def command(ws: Workspace, *words: str, path: str = "") -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "causalrec", *words, "--workspace", str(ws.folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(FOLDER), str(ROOT)])},
        # A shell's background job ignores SIGINT, and so would its children.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def test_as_a_command_interrupted(ws: Workspace) -> None:
    started = command(ws, "count", "--steps", "1000", "--pause", "0.05")
    deadline = time.monotonic() + 60
    while not any(r.fraction > 0 for r in ws.register.active()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    started.send_signal(signal.SIGINT)
    out, err = started.communicate(timeout=20)
    assert (started.returncode, out) == (130, "")
    assert err.rstrip().endswith("Cancelled.")
    assert "Traceback" not in err
    assert ws.register.runs()[0].status == "cancelled"


def test_a_registered_run_started_by_hand(ws: Workspace) -> None:
    run_id = ws.register.add("count", {"steps": 1})
    started = command(ws, "run", run_id)
    started.communicate(timeout=60)
    assert started.returncode == 0
    assert ws.register.run(run_id).status == "done"
    again = command(ws, "run", run_id)
    again.communicate(timeout=60)
    assert again.returncode == 130, "a run is run once"


def test_what_says_what_to_do_is_shown_with_its_decision_and_the_step_of_the_rule(capsys):
    figures = {"value": 0.1, "low": 0.07, "high": 0.13, "n": 4000, "outcome_kind": "share"}
    names = {"treatment": "promo", "outcome": "purchase", "arms": ("0", "1"), "unit": "user"}
    effect = Effect(**figures, **names)
    for lang, step in (("en", "Step 13 of 13"), ("zh", "第 13 步")):
        say_answer(effect, lang)
        first, *rest = capsys.readouterr().out.split("\n")
        assert first == effect_answer(effect).summary(lang)
        assert any(step in line for line in rest)
    say_answer(effect, "en")
    seen = capsys.readouterr().out
    assert seen.startswith("Do it. With a promotion: ")


def test_a_task_goes_by_its_other_words_too(capsys):
    with pytest.raises(SystemExit):
        main(["demo", "--help"])
    assert "causalrec journey" in capsys.readouterr().out
