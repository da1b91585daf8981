"""Cases of one target, one after another: counted, watched, and the faults kept small."""

from __future__ import annotations

import json
import os
import random
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import IO, Any

import psutil

from tests.fuzz.shrink import smaller
from tests.fuzz.worker import from_line, to_line

__all__ = ["LIMIT", "TARGETS", "Tally", "Worker", "campaign", "case_of"]

ROOT = Path(__file__).resolve().parents[2]
TARGETS = sorted(
    file.stem for file in (Path(__file__).parent / "targets").glob("*.py") if file.stem[0] != "_"
)
#: Seconds of processor time that a case may take; of the clock, so many times more.
LIMIT = 20.0
_PATIENCE = 6.0
_START = 180.0
_TRIES = 150


@dataclass
class Tally:
    """What came of a target's cases.

    Attributes:
        target, cases: which, and how many.
        answers, refusals: how many were answered, or refused in words with a next step.
        faults: by kind, how often; hangs and deaths of the worker among them.
        smallest: by kind, its smallest case and what was seen.
        seconds: that it took.
    """

    target: str
    cases: int = 0
    answers: int = 0
    refusals: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    smallest: dict[str, tuple[Any, str]] = field(default_factory=dict)
    seconds: float = 0.0

    def __str__(self) -> str:
        told = (
            f"{self.target:10} {self.cases:6} cases  {self.answers:6} answers  "
            f"{self.refusals:6} refusals  {self.faults.total():4} faults  {self.seconds:6.0f} s"
        )
        return "\n".join([told, *(f"    {n:4}  {key}" for key, n in self.faults.most_common())])


class Worker:
    """A process that does cases; started anew where one has ended it.

    Args:
        target: whose cases.
        limit: seconds of processor time a case.
    """

    def __init__(self, target: str, limit: float = LIMIT) -> None:
        self.target, self.limit = target, limit
        self.place = tempfile.TemporaryDirectory(prefix=f"fuzz-{target}-")
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *about: object) -> None:
        self._end()
        self.place.cleanup()

    def do(self, case: Any) -> dict[str, str]:
        """How a case ended."""
        self.start()
        try:
            self._pipes[0].write(to_line(case).encode() + b"\n")
            self._pipes[0].flush()
        except BrokenPipeError:
            return self._dead()
        told = self._answer(self.limit)
        if told is not None:
            return told
        return self._hung() if self.process and self.process.poll() is None else self._dead()

    @property
    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        process = self.process
        assert process is not None
        assert process.stdin is not None
        assert process.stdout is not None
        return process.stdin, process.stdout

    def start(self) -> None:
        """Be ready for cases: what they need is loaded and made."""
        if self.process is not None:
            return
        self.errors = Path(self.place.name, "stderr")
        quiet = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "CAUSALREC_MEMORY_GB": "2"}
        homes = {"CAUSALREC_WORKSPACE": self.place.name, "FUZZ_PLACE": self.place.name}
        with self.errors.open("wb") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.fuzz.worker", self.target],
                cwd=ROOT,
                env={**os.environ, **quiet, **homes},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
            )
        if self._answer(_START) is None:
            raise RuntimeError(self.errors.read_text(errors="replace")[-3_000:])

    def _answer(self, limit: float) -> dict[str, str] | None:
        """The line that the worker says; None where it ends, or takes too long."""
        assert self.process is not None
        watched = psutil.Process(self.process.pid)
        spent = _spent(watched)
        started = time.monotonic()
        while time.monotonic() - started < _PATIENCE * limit:
            if select.select([self._pipes[1]], [], [], 0.5)[0]:
                line = self._pipes[1].readline()
                return json.loads(line) if line else None
            if _spent(watched) - spent > limit:
                return None
        return None

    def _hung(self) -> dict[str, str]:
        """Ask where it is, then end it."""
        assert self.process is not None
        self.process.send_signal(signal.SIGUSR1)
        time.sleep(1.0)
        trace = self.errors.read_text(errors="replace")[-6_000:]
        lines = [line for line in trace.splitlines() if f"{ROOT}/causalrec/" in line]
        where = lines[0].split("causalrec/", 1)[1].replace('", line ', ":") if lines else "?"
        self._end()
        return {"how": "fault", "key": f"Hang@{where.split(' in ')[-1]}", "trace": trace}

    def _dead(self) -> dict[str, str]:
        assert self.process is not None
        status = self.process.wait()
        trace = self.errors.read_text(errors="replace")[-6_000:]
        self._end()
        return {"how": "fault", "key": f"Dead@status {status}", "trace": trace}

    def _end(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            for pipe in self._pipes:
                with suppress(BrokenPipeError):  # a case that it never took is still to be sent
                    pipe.close()
            self.process = None


def _spent(process: psutil.Process) -> float:
    """Seconds of processor time that a process has taken."""
    try:
        times = process.cpu_times()
    except psutil.Error:
        return 0.0
    return float(times.user + times.system)


def case_of(target: str, seed: int, number: int) -> Any:
    """The case of a number: the same on every machine."""
    make = import_module(f"tests.fuzz.targets.{target}").make
    return from_line(to_line(make(random.Random(f"{target} {seed} {number}"))))


def campaign(
    target: str,
    *,
    cases: int | None = None,
    seconds: float | None = None,
    seed: int = 0,
    first: int = 0,
    limit: float = LIMIT,
    shrink: bool = True,
) -> Tally:
    """Cases of a target: so many, or as many as the seconds allow.

    Args:
        target: one of `TARGETS`.
        cases: how many; None: by time.
        seconds: how long; None: until all are done.
        seed: same seed, same cases.
        first: number of the first one.
        limit: seconds of processor time a case.
        shrink: make the smallest case of each fault smaller.
    """
    tally = Tally(target)
    with Worker(target, limit) as worker:
        worker.start()
        started = time.monotonic()
        for number in _numbers(first, cases, seconds):
            case = case_of(target, seed, number)
            _count(tally, worker.do(case), case)
        tally.seconds = time.monotonic() - started
        if shrink:
            for key, (case, trace) in tally.smallest.items():
                tally.smallest[key] = (_shrunk(worker, key, case), trace)
    return tally


def _numbers(first: int, cases: int | None, seconds: float | None) -> Iterator[int]:
    started = time.monotonic()
    number = first
    while (cases is None or number < first + cases) and (
        seconds is None or time.monotonic() - started < seconds
    ):
        yield number
        number += 1


def _count(tally: Tally, told: dict[str, str], case: Any) -> None:
    tally.cases += 1
    tally.answers += told["how"] == "answer"
    tally.refusals += told["how"] == "refusal"
    if told["how"] == "fault":
        key = told["key"]
        tally.faults[key] += 1
        known = tally.smallest.get(key)
        if known is None or len(to_line(case)) < len(to_line(known[0])):
            tally.smallest[key] = (case, told["trace"])


def _shrunk(worker: Worker, key: str, case: Any) -> Any:
    """The smallest case found that ends in the same kind of fault."""
    tries = _TRIES if not key.startswith(("Hang", "Dead")) else 6
    found = True
    while found and tries > 0:
        found = False
        for one in smaller(case):
            tries -= 1
            if worker.do(one).get("key") == key:
                case, found = one, True
                break
            if tries <= 0:
                break
    return case
