"""What a node is marked as: one reading of attributes for every format."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from causalrec.core.errors import GraphError

__all__ = ["MARK_WORDS", "Marks", "Refuse", "finite_place", "marks_of", "says_yes", "written_place"]

ROLE_WORDS = {
    "exposure": "treatment", "treatment": "treatment", "source": "treatment", "e": "treatment",
    "outcome": "outcome", "target": "outcome", "o": "outcome",
    "adjusted": "adjusted", "a": "adjusted",
    "selected": "selected", "s": "selected",
    "instrument": "instrument",
}  # fmt: skip
"""DAGitty's words and short marks, and ours."""
LATENT_WORDS = {"latent", "l", "unobserved", "u"}
MARK_WORDS = ("observed", *sorted(LATENT_WORDS), *ROLE_WORDS)
LOOSE = {"source", "target", "e", "o", "a", "s", "l", "u"}
"""Words that other tools use for other things: marks only where their value says yes."""
YES = {"1", "true", "yes", "y", "t", "on"}
NO = {"0", "false", "no", "n", "f", "off", "none", "null", ""}
NUMBER = re.compile(r"\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)")

Refuse = Callable[..., GraphError]


@dataclass(frozen=True)
class Marks:
    """Whether a node is unobserved, and its roles."""

    latent: bool
    roles: frozenset[str]


def says_yes(value: object) -> bool | None:
    """Whether an attribute's value means yes; None where it means neither."""
    if value is None or isinstance(value, bool):
        return bool(value)
    if isinstance(value, (int, float)):
        return bool(value) if value in (0, 1) else None
    text = str(value).strip().lower()
    if text in YES or text in NO:
        return text in YES
    return says_yes(float(text)) if NUMBER.fullmatch(text) else None


def marks_of(attributes: Mapping[str, Any], refuse: Refuse) -> Marks:
    """The marks among a node's attributes, whatever the format.

    Args:
        attributes: name to value; an attribute that stands without a value is True.
        refuse: makes the refusal of a value that is neither yes nor no.

    Raises:
        GraphError: ``observed``, ``latent`` or a role is neither yes nor no.
    """
    latent, roles = False, set()
    for given, value in attributes.items():
        name = str(given).lower()
        if name not in MARK_WORDS:
            continue
        says = says_yes(value)
        if says is None and name not in LOOSE:
            raise refuse(
                "causal.read_mark", hint="causal.read_mark_hint", name=name, value=str(value)
            )
        if name == "observed":
            latent = latent or says is False
        elif says and name in LATENT_WORDS:
            latent = True
        elif says:
            roles.add(ROLE_WORDS[name])
    return Marks(latent, frozenset(roles))


def written_place(value: str) -> tuple[float, float] | None:
    """The place in ``"1.5,-2"`` (a third number and Graphviz' ``!`` may follow), else None."""
    first = NUMBER.match(value)
    second = (
        NUMBER.match(value, first.end() + 1) if first and value[first.end() :][:1] in " ," else None
    )
    return finite_place(first.group(1), second.group(1)) if first and second else None


def finite_place(x: float | str | None, y: float | str | None) -> tuple[float, float] | None:
    """Two finite numbers, else None."""
    if x is None or y is None:
        return None
    try:
        place = float(x), float(y)
    except (TypeError, ValueError, OverflowError):
        return None
    return place if all(map(math.isfinite, place)) and not isinstance(x, bool) else None
