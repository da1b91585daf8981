"""What the register knows about one run."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from causalrec.core.results.display import Displayed
from causalrec.core.words import Text
from causalrec.workspace.disk.process import Process, boot, host, since_boot
from causalrec.workspace.disk.thing import Ref

__all__ = ["ACTIVE", "Run"]

ACTIVE = ("queued", "running")
_TEXT: TypeAdapter[Text] = TypeAdapter(Text)
_LOST_AFTER = 20.0
"""Seconds without a heartbeat after which a run on another machine is taken for dead."""
_LAST_WORD = 2.0
"""Seconds in which who started a process that is gone may still say why it ended."""


@dataclass(frozen=True, repr=False)
class Run(Displayed):
    """One run of a task.

    Attributes:
        id, task, params: what was asked.
        status: "queued", "running", "done", "failed" or "cancelled".
        fraction: share done, 0 to 1; `message` says what is done now.
        metrics: numbers reported so far, oldest first; filled by `Register.run` only.
        error, hint: why it failed and what to do next.
        device, seed: where it computed, and its seed.
        heavy: whether it waits for other heavy runs.
        cancelling: a person asked to stop it and it has not stopped yet.
        created, started, ended: UTC.
        versions: of Python and the packages, by name.
        data_fingerprint: of the dataset it read.
        made: things it saved.
        reference: what to look for in the log after an unforeseen failure.
        process: where it runs, None before it started.
        own_process: that process does nothing else, so that it may be stopped.
        log_path: the log's file (it may not exist yet).
        beat, boot, host: its last heartbeat in seconds since the boot of which machine.
    """

    id: str
    task: str
    params: dict[str, Any]
    status: str
    created: datetime
    log_path: Path
    fraction: float = 0.0
    message: Text | None = None
    metrics: list[dict[str, float]] = field(default_factory=list)
    error: Text | None = None
    hint: Text | None = None
    device: str | None = None
    seed: int | None = None
    heavy: bool = False
    cancelling: bool = False
    started: datetime | None = None
    ended: datetime | None = None
    versions: dict[str, str] = field(default_factory=dict)
    data_fingerprint: str | None = None
    made: tuple[Ref, ...] = ()
    reference: str | None = None
    process: Process | None = None
    own_process: bool = False
    beat: float = 0.0
    boot: str = ""
    host: str = ""

    def summary(self, lang: str = "en") -> str:
        """Which task, how far it is, and why it failed where it did."""
        said = {"task": self.task, "run": self.id, "share": self.fraction}
        text = Text(f"workspace.said_{self.status}", why=self.error or "", **said)
        return text.to(lang)

    @property
    def active(self) -> bool:
        """Whether it waits or runs."""
        return self.status in ACTIVE

    @property
    def duration(self) -> float | None:
        """Seconds from its start to its end, or to now while it runs; None before it started."""
        if self.started is None:
            return None
        passed = ((self.ended or datetime.now(UTC)) - self.started).total_seconds()
        return max(passed, 0.0)  # somebody may have set the clock meanwhile

    @property
    def remaining(self) -> float | None:
        """Seconds still expected, from the share done; None before a twentieth is done."""
        elapsed = self.duration
        if self.status != "running" or elapsed is None or self.fraction < 0.05:
            return None
        return elapsed * (1 - self.fraction) / self.fraction

    def log(self, last: int = 200_000) -> str:
        """The end of its log, at most ``last`` bytes."""
        if not self.log_path.is_file():
            return ""
        with self.log_path.open("rb") as file:
            file.seek(0, 2)
            file.seek(max(0, file.tell() - last))
            return file.read().decode("utf-8", errors="replace")

    def lost(self) -> bool:
        """Whether it is said to run and does not: its process is gone, or its heart is still."""
        if self.status != "running":
            return False
        if self.process is not None and self.host == host():
            expected = self.cancelling or self.boot != boot() or self._silent() > _LAST_WORD
            return expected and not self.process.alive()
        if self.boot == boot():  # not started yet, or in another container of this machine
            return self._silent() > _LOST_AFTER
        return _unmoved(self.id, self.beat) > _LOST_AFTER

    def _silent(self) -> float:
        """Seconds since its last heartbeat, by the clock that nobody can set."""
        return since_boot() - self.beat

    @property
    def folder(self) -> Path:
        """Where its log and its result are."""
        return self.log_path.parent

    @classmethod
    def of(cls, row: sqlite3.Row, folder: Path) -> Run:
        """The run in a row of the register; its log stands below ``folder``."""
        names = set(row.keys())  # a register of version 1 that cannot be written lacks some
        of_boot = (row["boot"] if "boot" in names else None) or ""
        process = Process(row["pid"], row["pid_started"], of_boot) if row["pid"] else None
        return cls(
            id=row["id"],
            task=row["task"],
            params=json.loads(row["params"]),
            status=row["status"],
            created=moment(row["created"]) or datetime.now(UTC),
            log_path=folder / row["id"] / "log.txt",
            fraction=row["fraction"],
            message=said(row["message"]),
            error=said(row["error"]),
            hint=said(row["hint"]),
            device=row["device"],
            seed=row["seed"],
            heavy=bool(row["heavy"]),
            cancelling=bool(row["cancel"]) and row["status"] in ACTIVE,
            started=moment(row["started"]),
            ended=moment(row["ended"]),
            versions=json.loads(row["versions"]),
            data_fingerprint=row["data_fingerprint"],
            made=tuple(Ref(*ref) for ref in json.loads(row["made"])),
            reference=row["reference"],
            process=process,
            own_process=bool(row["own"]),
            beat=(row["beat"] if "beat" in names else None) or 0.0,
            boot=of_boot,
            host=row["host"] or "",
        )


_watched: dict[str, tuple[float, float]] = {}


def _unmoved(run_id: str, beat: float) -> float:
    """Seconds for which this process has seen a heartbeat of another machine stand still.

    Their clocks are never compared: one of them may be wrong by hours.
    """
    watched = _watched.get(run_id)
    if watched is None or watched[0] != beat:
        watched = _watched[run_id] = (beat, since_boot())
    return since_boot() - watched[1]


def moment(seconds: float | None) -> datetime | None:
    """A UTC time from seconds since 1970."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def kept(text: Text | None) -> str | None:
    """A Text as JSON."""
    return None if text is None else _TEXT.dump_json(text).decode()


def said(document: str | None) -> Text | None:
    """A Text from JSON; words that this version no longer has are told as such."""
    if document is None:
        return None
    try:
        return _TEXT.validate_json(document)
    except ValidationError:
        return Text("workspace.words_gone", document=document)
