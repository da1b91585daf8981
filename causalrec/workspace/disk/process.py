"""Which process: its number alone is used again, its number and start since boot are not."""

from __future__ import annotations

import socket
import time
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from os import getpid
from pathlib import Path

import psutil

__all__ = ["Process", "boot", "host", "since_boot"]

_CLOCK_SLACK = 3.0
"""Seconds that a start time may differ where the system tells it by the clock only."""
_NEVER = 0.0
_START, _STATE = 19, 0
"""Where /proc/PID/stat has the start and the state, counted behind the name in brackets."""


@dataclass(frozen=True)
class Process:
    """A process of this machine.

    Attributes:
        pid: its number.
        started: its start, in ticks since boot; in seconds since 1970 where ``boot`` is empty.
        boot: which boot of the machine the ticks count from. No clock that a person can set is
            part of it.
    """

    pid: int
    started: float
    boot: str = ""

    @classmethod
    def current(cls) -> Process:
        """The process that asks."""
        return cls.of(getpid())

    @classmethod
    def of(cls, pid: int) -> Process:
        """The process that has the number now; one that just ended gets start 0 (never alive)."""
        if boot():
            stat = _stat(pid)
            return cls(pid, float(stat[_START]) if stat else _NEVER, boot())
        try:
            return cls(pid, psutil.Process(pid).create_time())
        except psutil.NoSuchProcess:
            return cls(pid, _NEVER)

    def alive(self) -> bool:
        """Whether it still runs: same number, same start, and not merely waiting to be reaped."""
        if self.boot:
            stat = _stat(self.pid) if self.boot == boot() else []
            return bool(stat) and float(stat[_START]) == self.started and stat[_STATE] not in "ZX"
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.started) <= _CLOCK_SLACK
            return same and process.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False

    @property
    def mark(self) -> str:
        """It as a part of a file name, read back by `marked`."""
        return f"{self.pid}-{self.started:.0f}-{_here()}"

    @classmethod
    def marked(cls, name: str) -> Process | None:
        """The process of this machine whose mark a name begins with; None where it has none."""
        pid, started, here = [*name.split("-"), "", "", ""][:3]
        here_and_whole = pid.isdigit() and started.isdigit() and here == _here()
        return cls(int(pid), float(started), boot()) if here_and_whole else None


@cache
def _here() -> str:
    """This boot of this machine in eight digits."""
    return blake2b(f"{boot()} {host()}".encode(), digest_size=4).hexdigest()


def _stat(pid: int) -> list[str]:
    """What Linux tells of a process, behind its name; empty where there is none."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return []
    return text.rpartition(")")[2].split()


@cache
def boot() -> str:
    """Which boot of the machine this is; empty where the system does not say."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""


def since_boot() -> float:
    """Seconds since the machine's boot, asleep or awake: nobody can set this clock."""
    clock = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return time.clock_gettime(clock)


@cache
def host() -> str:
    """The machine and its process namespace: where a process number has a meaning."""
    space = Path("/proc/self/ns/pid")
    inside = space.readlink() if space.is_symlink() else ""
    return f"{socket.gethostname()} {inside}".strip()
