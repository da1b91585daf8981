"""The steps that a log needs, before anybody has chosen: those that mend what was found."""

from __future__ import annotations

from typing import Any

from causalrec.data.preparation.findings import Findings
from causalrec.data.steps import STEPS
from causalrec.data.steps.draft import Draft

__all__ = ["mends"]


def mends(draft: Draft, checked: Findings) -> list[dict[str, Any]]:
    """Steps that are on unless a person switches them off: ``{"name": step, "params": {…}}``.

    Args:
        draft: the rows before any step.
        checked: what was found about them.
    """
    names = {finding.name for finding in checked.found}
    return [
        {"name": name, "params": dict(step.suggested(draft))}
        for name, step in STEPS.items()
        if names.intersection(step.mends) and step.fits(draft)
    ]
