"""Progress of one run, kept in its register and log by a thread that is also its heartbeat."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from datetime import datetime
from typing import Self

from causalrec.core.errors import Cancelled, StorageError
from causalrec.core.progress import OnProgress, silent
from causalrec.core.words import Text
from causalrec.workspace import Workspace

__all__ = ["Recorder"]

_EVERY = 0.4
"""Seconds between two looks at what is new."""
_HEARTBEAT = 1.0
"""Seconds between two heartbeats when nothing is new."""
_MOST_WAITING = 5000


class Recorder:
    """The progress callback of a run.

    The work's thread only appends to lists; writing is the recorder's own thread's, in
    batches. A cancelled run gets `Cancelled` at its next call.

    Args:
        workspace: where the run is registered.
        run_id: the run.
        also: told the same, in the work's thread.
    """

    def __init__(self, workspace: Workspace, run_id: str, also: OnProgress = silent) -> None:
        self._register = workspace.register
        self._run_id = run_id
        self._also = also
        self._lock = threading.Lock()
        self._fraction = 0.0
        self._message: Text | None = None
        self._metrics: list[dict[str, float]] = []
        self._lines: list[str] = []
        self._new = True
        self._beaten = 0.0
        self._stop = threading.Event()
        self._cancelled = threading.Event()
        self._thread = threading.Thread(target=self._loop, daemon=True, name=f"run {run_id}")
        self._log_path = workspace.register.runs_folder / run_id / "log.txt"

    def __call__(self, fraction: float, message: Text | None = None, /, **metrics: float) -> None:
        if self._cancelled.is_set():
            raise Cancelled
        numbers = {name: float(value) for name, value in metrics.items()}
        with self._lock:
            self._new = True
            self._fraction = min(max(float(fraction), self._fraction), 1.0)
            if message is not None and message != self._message:
                self._message = message
                self._line(f"{self._fraction:4.0%}  {message}")
            if numbers:
                self._metrics.append(numbers)
                del self._metrics[:-_MOST_WAITING]
        self._also(fraction, message, **metrics)

    def log(self, text: str) -> None:
        """A line for the run's log."""
        with self._lock:
            self._line(text)

    def _line(self, text: str) -> None:
        self._lines.append(f"{datetime.now().astimezone():%Y-%m-%d %H:%M:%S}  {text}\n")

    def __enter__(self) -> Self:
        self._flush()
        if self._cancelled.is_set():
            raise Cancelled
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        with suppress(StorageError):
            self._flush()

    def _loop(self) -> None:
        while not self._stop.wait(_EVERY):
            if self._new or time.monotonic() - self._beaten >= _HEARTBEAT:
                with suppress(StorageError):  # a full disk: tried again at the next beat
                    self._flush()

    def _flush(self) -> None:
        with self._lock:
            metrics, self._metrics = self._metrics, []
            lines, self._lines = self._lines, []
            fraction, message, self._new = self._fraction, self._message, False
        try:
            stop = self._register.beat(self._run_id, fraction, message, metrics)
            self._write(lines)
        except StorageError:
            with self._lock:
                self._metrics[:0] = metrics
                self._lines[:0] = lines
                self._new = True
            raise
        self._beaten = time.monotonic()
        if stop:
            self._cancelled.set()

    def _write(self, lines: list[str]) -> None:
        if lines:
            with suppress(OSError):  # the register is the record, the log a convenience
                self._log_path.parent.mkdir(parents=True, exist_ok=True)
                with self._log_path.open("a", encoding="utf-8") as file:
                    file.writelines(lines)
