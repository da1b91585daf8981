"""What the command line prints: by rich on a terminal, plain where a program reads it.

rich keeps to the terminal's width and to ``NO_COLOR``; it is imported where it is used, so that a
command starts as fast as before. Names of other people are text on a terminal, too: their markup
is shown, their control characters are not sent.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Self, TextIO

from causalrec.core.errors import CausalRecError
from causalrec.core.results.display import remarks_of, table_of
from causalrec.core.words import Text, render

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console
    from rich.progress import Progress as Bar

    from causalrec.core.results.result import Result

__all__ = ["Progress", "say", "say_answer", "say_error"]

_MOST_ROWS = 60
_TERMINAL_ROWS = 20
_WIDEST_TEXT = 28
"""Letters of a text after which it goes on in the next line of its cell."""


def say(line: str) -> None:
    """A line on stderr."""
    console = _console(sys.stderr)
    if console is None:
        sys.stderr.write(line + "\n")
    else:
        console.print(_text(line), style="dim")


def say_error(error: CausalRecError, lang: str) -> None:
    """What is wrong and the next step, on stderr."""
    console = _console(sys.stderr)
    lines = [(error.text, "bold red"), *([(error.hint, "")] if error.hint else [])]
    for text, style in lines:
        if console is None:
            sys.stderr.write(text.to(lang) + "\n")
        else:
            console.print(_text(text.to(lang)), style=style)


def say_answer(result: Result, lang: str) -> None:
    """The sentence, what to know, then the table where the sentence does not say it all."""
    console = _console(sys.stdout)
    sentence, remarks = _told(result, lang)
    frame = table_of(result, narrow=console is not None)
    if frame is not None:
        frame = frame.map(lambda cell: render(cell, lang))
    if console is None:
        sys.stdout.write("\n".join([sentence, *(f"- {remark}" for remark in remarks)]) + "\n")
        if frame is not None:
            sys.stdout.write(f"\n{frame.to_string(index=False, max_rows=_MOST_ROWS)}\n")
        return
    _say_lines(console, sentence)
    for remark in remarks:
        _say_beside(console, [("•", remark)], style="dim")
    if frame is not None:
        _say_table(console, frame, result.to_frame().shape[1], lang)


def _told(result: Result, lang: str) -> tuple[str, list[str]]:
    """The summary and what to know; of what says what to do, the decision and its rule's step."""
    from causalrec.whatif.forecasts.answers import ANSWERED, answer

    if not isinstance(result, ANSWERED):
        return result.summary(lang), remarks_of(result, lang)
    one = answer(result)
    step = Text("answer.rule_fired", at=one.fired, of=len(one.rule), rule=one.fired_step.words)
    remarks = [*getattr(result, "notes", ()), *one.unknown, step]
    return one.summary(lang), [str(render(remark, lang)) for remark in remarks]


def _console(stream: TextIO) -> Console | None:
    """A console where the stream is a terminal."""
    if not stream.isatty():
        return None
    from rich.console import Console

    return Console(file=stream, highlight=False, markup=False, emoji=False)


def _text(text: str) -> str:
    """Text without what a terminal would obey."""
    return "".join(letter for letter in text if letter.isprintable() or letter in "\n\t")


def _say_lines(console: Console, sentence: str) -> None:
    """A sentence; several of the form "step: answer" with the steps in a column of their own."""
    parts = [line.partition(": ") for line in sentence.splitlines()]
    if len(parts) > 1 and all(colon for _, colon, _ in parts):
        _say_beside(console, [(head, rest) for head, _, rest in parts])
    else:
        console.print(_text(sentence), style="bold")


def _say_beside(console: Console, rows: Sequence[tuple[str, str]], style: str = "") -> None:
    from rich.table import Table

    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(style="bold", no_wrap=True)
    grid.add_column()
    for head, text in rows:
        grid.add_row(_text(head), _text(text), style=style)
    console.print(grid)


def _say_table(console: Console, frame: pd.DataFrame, columns: int, lang: str) -> None:
    """The first rows and as many columns as fit; what is left out is said."""
    from rich.cells import cell_len
    from rich.table import Table

    shown = frame.head(_TERMINAL_ROWS)
    table = Table(box=None, header_style="bold", padding=(0, 2, 0, 0))
    rows: list[list[str]] = []
    room = console.width
    for name in shown:
        cells, number = [_cell(value) for value in shown[name]], _is_number(shown[name])
        widest = max(map(cell_len, [str(name), *cells]))
        room -= 2 + (widest if number else min(widest, _WIDEST_TEXT))
        if room < 0 and rows:
            break
        table.add_column(_text(str(name)), justify="right" if number else "left", overflow="fold")
        rows.append(cells)
    for row in zip(*rows, strict=True):
        table.add_row(*row)
    console.print()
    console.print(table)
    left = {"rows": len(frame) - len(shown), "columns": columns - len(rows)}
    if any(left.values()):
        console.print(Text("cli.left_out", **left).to(lang), style="dim")


def _is_number(values: pd.Series) -> bool:
    return values.dtype.kind in "iuf"


def _cell(value: object) -> str:
    if isinstance(value, str):
        return _text(value)
    if value is None or value != value:  # NaN and NaT are not themselves
        return "–"
    return f"{value:.4g}" if isinstance(value, float) else _text(str(value))


class Progress:
    """Progress on stderr: a bar on a terminal, else a line a second at most."""

    def __init__(self, lang: str) -> None:
        self._lang = lang
        self._told = 0.0
        self._last = ""
        self._bar = _bar()

    def __enter__(self) -> Self:
        if self._bar is not None:
            self._bar.start()
            self._bar.add_task("", total=1.0)
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, fraction: float, message: Text | None = None, /, **metrics: float) -> None:
        said = str(render(message, self._lang)) if message else ""
        if self._bar is not None:
            self._bar.update(self._bar.task_ids[0], completed=fraction, description=_text(said))
            return
        now, line = time.monotonic(), f"{fraction:4.0%}  {said}".rstrip()
        if line == self._last or (now - self._told < 1.0 and fraction < 1.0):
            return
        self._told, self._last = now, line
        sys.stderr.write(line + "\n")
        sys.stderr.flush()


def _bar() -> Bar | None:
    """A bar with the time that passed and what is done now, gone when the work is."""
    console = _console(sys.stderr)
    if console is None:
        return None
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar
    from rich.table import Column

    rest = Column(ratio=1, no_wrap=True, overflow="ellipsis")
    said = TextColumn("{task.description}", markup=False, table_column=rest)
    columns = (TaskProgressColumn(), BarColumn(24), TimeElapsedColumn(), said)
    return Bar(*columns, console=console, transient=True, expand=True, redirect_stdout=False)
