"""Which process: its number alone is used again, its number and start time are not."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import psutil

__all__ = ["Process", "host"]

_CLOCK_SLACK = 3.0
"""Seconds that a start time may differ, since it is derived from the clock and the time of boot."""


@dataclass(frozen=True)
class Process:
    """A process of this machine: its number and its start (seconds since 1970)."""

    pid: int
    started: float

    @classmethod
    def current(cls) -> Process:
        """The process that asks."""
        return cls.of(os.getpid())

    @classmethod
    def of(cls, pid: int) -> Process:
        """The process that has the number now; one that just ended gets start 0 (never alive)."""
        try:
            return cls(pid, psutil.Process(pid).create_time())
        except psutil.NoSuchProcess:
            return cls(pid, 0.0)

    def alive(self) -> bool:
        """Whether it still runs: same number, same start, and not merely waiting to be reaped."""
        try:
            found = psutil.Process(self.pid)
            same = abs(found.create_time() - self.started) <= _CLOCK_SLACK
            return same and found.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False


@cache
def host() -> str:
    """The machine and its process namespace: where a process number has a meaning."""
    space = Path("/proc/self/ns/pid")
    inside = space.readlink() if space.is_symlink() else ""
    return f"{socket.gethostname()} {inside}".strip()
