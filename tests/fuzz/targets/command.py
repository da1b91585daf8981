"""The command line: odd options, missing files, JSON that is none. In a child's own folder."""

from __future__ import annotations

import contextlib
import io
import os
import tempfile
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from tests.fuzz.chance import ODD
from tests.fuzz.targets._saved import place

_VALUES = [
    *("shop", "ease", "popularity", "{}", "[]", '{"a":', '{"epochs": -1}', '{"user": 5}', "../x"),
    *("a" * 300, "1", "0", "-5", "1e9", "nan", "²", "2026-01-01", "/nowhere", "/etc/passwd", "*"),
    *("/dev/null", "/tmp", "[a]", "json", "zh", "[[[]]]", '"x"', "9" * 5_000, "--", "\udcff"),
]
#: What makes a run long is kept short.
_LARGE = ("--users", "--items", "--impressions", "--trials", "--repeats", "--nproc")
_LONG = ("journey", "search")


@cache
def _workspace() -> Path:
    from causalrec.cli import main
    from causalrec.workspace import Workspace

    folder = Workspace.create(place(), "fuzz").folder
    few = ("--users", "60", "--items", "20", "--impressions", "800")
    assert main(["shop", *few, "--workspace", str(folder)]) == 0
    return folder


def prepare() -> None:
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        _workspace()


def make(r: Random) -> dict[str, Any]:
    from causalrec.runs.record.catalogue import TASKS

    task = r.choice([name for name in sorted(TASKS) if name not in _LONG])
    known = [f"--{name.replace('_', '-')}" for name in TASKS[task].Params.model_fields]
    words = [task] if r.random() < 0.97 else [r.choice(ODD)]
    for name, field in TASKS[task].Params.model_fields.items():
        if field.is_required() and r.random() < 0.8:
            words += [f"--{name.replace('_', '-')}", r.choice([*_VALUES, *ODD, "shop"])]
    for _ in range(r.randrange(4)):
        words.append(
            r.choice(known) if r.random() < 0.9 else r.choice(["--json", "--lang", "-x", "--nproc"])
        )
        if r.random() < 0.9:
            words.append(r.choice([*_VALUES, *ODD]))
    return {
        "words": [_short(before, word) for before, word in zip(["", *words], words, strict=False)]
    }


def _short(option: str, word: str) -> str:
    if option not in _LARGE:
        return word
    return (
        word
        if word.strip().isascii() and len(word) < 3
        else "40"
        if word.isascii() and word.isdecimal()
        else word
    )


def run(case: dict[str, Any]) -> None:
    from causalrec.cli import main

    out, err = io.StringIO(), io.StringIO()
    before = Path.cwd()
    with (
        tempfile.TemporaryDirectory() as held,
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        os.chdir(held)
        try:
            status = main([*case["words"], "--workspace", str(_workspace())])
        except SystemExit as stop:  # argparse's own: usage, help
            status = int(stop.code or 0)
        finally:
            os.chdir(before)
    said = err.getvalue()
    assert status in (0, 1, 2, 130), status
    assert "Traceback" not in said + out.getvalue()
    assert status == 0 or said.strip(), "no word of why"
    assert "unforeseen" not in said.lower(), said[-500:] + _last_log()


def _last_log() -> str:
    from causalrec.workspace import Workspace

    folder = _workspace()
    runs = Workspace.open(folder.parent, folder.name).register.runs(limit=1)
    return runs[0].log(4_000) if runs else ""
