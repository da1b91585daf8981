"""Asking what a saved scenario would do: forecasts and comparison are one run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from causalrec.tasks.whatif.compare import Compare, CompareParams
from causalrec.ui.kit.session import launcher
from causalrec.workspace import Run, Workspace

__all__ = ["compare", "last_asked", "latest_run"]


def compare(place: Workspace, scenario: str, values: Mapping[str, Any] | None = None) -> None:
    """Start the run.

    Args:
        place: the workspace.
        scenario: name of the saved scenario.
        values: how it is asked, where otherwise than the last time.

    Raises:
        ParamError: a value is out of range.
    """
    asked = {**last_asked(place, scenario), **(values or {}), "scenario": scenario}
    params = CompareParams.make(asked)
    launcher().start(place, Compare.name, params.model_dump(mode="json"))


def last_asked(place: Workspace, scenario: str) -> dict[str, Any]:
    """How a scenario's kept comparison was asked for, as far as that can still be asked."""
    kept = place.find("comparison", scenario) if scenario else None
    asked = {} if kept is None else kept.meta.get("asked") or {}
    return {name: value for name, value in asked.items() if name in CompareParams.model_fields}


def latest_run(place: Workspace, scenario: str) -> Run | None:
    """The newest of a scenario's runs."""
    runs = place.register.runs(Compare.name, limit=50)
    return next((run for run in runs if run.params.get("scenario") == scenario), None)
