"""Which modules hold the drawings: named when the package is imported, loaded at the first plot."""

from __future__ import annotations

from importlib import import_module

__all__ = ["charts_in", "load_charts"]

_MODULES: set[str] = set()


def charts_in(module: str) -> None:
    """Say that importing this module registers drawings."""
    _MODULES.add(module)


def load_charts() -> None:
    """Import what was named; a second call costs nothing."""
    for module in sorted(_MODULES):
        import_module(module)
