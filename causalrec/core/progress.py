"""How long work tells where it is, and how it is stopped."""

from __future__ import annotations

from typing import Protocol

from causalrec.core.words import Text

__all__ = ["OnProgress", "silent", "within"]


class OnProgress(Protocol):
    """Called by long work at each step; it raises `Cancelled` when a person stopped the run."""

    def __call__(self, fraction: float, message: Text | None = None, /, **metrics: float) -> None:
        """Report: share done (0 to 1), what is done now, named numbers (epoch, loss)."""


def silent(fraction: float, message: Text | None = None, /, **metrics: float) -> None:
    """Tells nobody."""


def within(on_progress: OnProgress, start: float, end: float) -> OnProgress:
    """The callback for a part of the work that spans ``start`` to ``end`` of the whole."""

    def part(fraction: float, message: Text | None = None, /, **metrics: float) -> None:
        on_progress(start + (end - start) * fraction, message, **metrics)

    return part
