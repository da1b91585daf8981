"""What a terminal shows: rich within its width, plain elsewhere, names as text."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import Any

import pandas as pd
import pytest
from practice_runs import practice, ws

from causalrec.cli import main
from causalrec.core.errors import NotFoundError
from causalrec.core.results.result import Frame, Result
from causalrec.core.words import Text
from causalrec.terminal import Progress, say, say_answer, say_error
from causalrec.workspace import Workspace

__all__ = ["practice", "ws"]
HOSTILE = "[red]a[/red]\x1b[2J\x07 $x$"
ANSI = re.compile(r"\x1b\[[0-9;]*m")


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A terminal of 60 columns with colours."""
    stream = Terminal()
    for name, value in {"COLUMNS": "60", "LINES": "24", "TERM": "xterm-256color"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("NO_COLOR", raising=False)
    return stream


@contextmanager
def on(stream: io.StringIO) -> Iterator[None]:
    """Both streams are this one."""
    with redirect_stdout(stream), redirect_stderr(stream):
        yield


class Answer(Result):
    sentence: str
    table: Frame
    notes: tuple[Text, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        return self.table

    def summary(self, lang: str = "en") -> str:
        return self.sentence


def answer(rows: int = 3, columns: int = 3, **more: Any) -> Answer:
    names = {f"column {at}": [at + 0.123456] * rows for at in range(columns)}
    return Answer(
        sentence="It is so.", table=pd.DataFrame({"name": [HOSTILE] * rows, **names}), **more
    )


def lines(stream: Terminal) -> list[str]:
    return ANSI.sub("", stream.getvalue()).splitlines()


def test_an_answer_keeps_to_the_width(terminal: Terminal) -> None:
    note = Text("core.estimate_refused", reason="why " * 40)
    with on(terminal):
        say_answer(answer(rows=50, columns=30, notes=(note,)), "en")
    seen = lines(terminal)
    assert seen[0].strip() == "It is so."
    assert max(map(len, seen)) <= 60
    assert "Further rows: 30 · further columns: " in " ".join(" ".join(seen).split())
    assert any("0.1235" in line for line in seen)


def test_names_are_text(terminal: Terminal) -> None:
    with on(terminal):
        say_answer(answer(), "en")
        say(HOSTILE)
        say_error(NotFoundError("core.unknown_name", kind="node", name=HOSTILE), "en")
    assert "\x1b[2J" not in terminal.getvalue()
    assert "\x07" not in terminal.getvalue()
    assert sum("[red]a[/red]" in line for line in lines(terminal)) == 5


def test_colours_are_left_out_where_asked(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = NotFoundError(
        "core.unknown_name", hint="core.known_names", kind="k", name="n", known="m"
    )
    with on(terminal):
        say_error(error, "en")
    assert re.search(r"\x1b\[[0-9;]*31m", terminal.getvalue()), "red"
    assert lines(terminal) == ["There is no k called “n”.", "Known: m."]
    terminal.truncate(0)
    monkeypatch.setenv("NO_COLOR", "1")
    with on(terminal):
        say_error(error, "en")
    assert not re.search(r"\x1b\[[0-9;]*3[0-7]m", terminal.getvalue())


def test_several_sentences_stand_beside_their_steps(terminal: Terminal) -> None:
    one = Answer(sentence="Data: saved\nEffects: " + "word " * 20, table=pd.DataFrame())
    with on(terminal):
        say_answer(one, "en")
    assert lines(terminal)[0].split() == ["Data", "saved"]
    assert lines(terminal)[1].startswith("Effects  word")
    assert lines(terminal)[2].startswith("         word")


def test_a_bar_that_goes_when_the_work_is_done(terminal: Terminal) -> None:
    with on(terminal), Progress("en") as told:
        told(0.25, Text("core.estimate_refused", reason=HOSTILE))
        time.sleep(0.3)  # it is drawn ten times a second
        told(1.0)
    shown = terminal.getvalue()
    assert "25%" in shown
    assert "[red]a" in shown
    assert "\x1b[2J" not in shown
    assert "\x1b[2K" in shown, "the line is cleared"


@pytest.mark.usefixtures("practice")
def test_json_on_a_terminal_is_the_same_bytes(ws: Workspace, terminal: Terminal) -> None:
    words = ["count", "--steps", "2", "--json", "--workspace", str(ws.folder)]
    plain = io.StringIO()
    for stream in (terminal, plain):
        with redirect_stdout(stream):
            assert main(words) == 0
    assert terminal.getvalue() == plain.getvalue()
    assert plain.getvalue().startswith("{\n")


def test_plain_where_it_is_no_terminal() -> None:
    stream = io.StringIO()
    with on(stream):
        say_answer(answer(rows=1, columns=1), "en")
    assert stream.getvalue().startswith("It is so.\n\n")
    assert "0.123456" in stream.getvalue()
    assert "\x1b[31m" not in stream.getvalue()
