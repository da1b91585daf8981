"""What a fit may take, told from the log's size alone: a log, a machine, a cost, a limit."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from causalrec.core.machine.device import memory_budget

__all__ = ["FitCost", "LogSize", "Machine", "Quick"]

_FLOPS = 2e10
"""Double-precision operations a second of one core in large matrix products, cautiously."""
_DEVICE = 30.0
"""So many times as fast is an accelerator as a core."""


@dataclass(frozen=True)
class LogSize:
    """How much a log holds.

    Attributes:
        users: users with an interaction.
        items: size of the catalogue.
        rows: distinct pairs of user and item.
        times: whether rows have times.
        attributes: whether items have attributes or texts.
    """

    users: int
    items: int
    rows: int
    times: bool = False
    attributes: bool = False

    @property
    def density(self) -> float:
        """Share of all pairs that were taken."""
        return self.rows / max(self.users * self.items, 1)

    @property
    def each_user(self) -> float:
        """Mean interactions of a user."""
        return self.rows / max(self.users, 1)


@dataclass(frozen=True)
class Machine:
    """Where a fit would run; by default on this machine's processor.

    Attributes:
        cores: of the processor.
        device: "cpu" or "cuda".
        memory: bytes that may be used.
    """

    cores: int = field(default_factory=lambda: os.cpu_count() or 1)
    device: str = "cpu"
    memory: float = field(default_factory=lambda: float(memory_budget()))

    @property
    def accelerated(self) -> bool:
        """Whether there is more than a processor."""
        return self.device != "cpu"

    def seconds(self, flops: float) -> float:
        """How long so many operations take, roughly."""
        return flops / (_FLOPS * self.cores * (_DEVICE if self.accelerated else 1.0))


@dataclass(frozen=True)
class FitCost:
    """What a fit with the parameters as they come takes, roughly.

    Attributes:
        flops: operations.
        size: bytes held at once.
    """

    flops: float
    size: float


@dataclass(frozen=True)
class Quick:
    """Up to which size of a log a model is quick enough to be one of several.

    Attributes:
        items: of the catalogue, at most; None: any number.
        rows: interactions at most, on a processor and on an accelerator; None: any number.
    """

    items: int | None = None
    rows: tuple[int, int] | None = None

    @property
    def limited(self) -> bool:
        """Whether there is a size beyond which it is not."""
        return self.items is not None or self.rows is not None

    def holds(self, log: LogSize, machine: str) -> bool:
        """Whether a log is small enough.

        Args:
            log: its size.
            machine: "cpu", or a device.
        """
        most = None if self.rows is None else self.rows[machine != "cpu"]
        return (self.items is None or log.items <= self.items) and (
            most is None or log.rows <= most
        )
