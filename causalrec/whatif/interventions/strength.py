"""How much more or less a strength shows something, in words and as named stops of a slider."""

from __future__ import annotations

from causalrec.core.words import Text

__all__ = ["STOPS", "shown"]

STOPS = {
    "hide": -10.0,
    "much_less": -2.0,
    "less": -1.0,
    "as_it_is": 0.0,
    "more": 1.0,
    "much_more": 2.0,
}
"""Strengths with a name; added to a logit, they multiply odds by 1/22,026, 1/7.4, 1/2.7, 1, 2.7
and 7.4."""
_HIDES = -8.0
"""From here down, odds are below a 2,980th of what they were: almost never shown."""
_MUCH = 1.5
"""From here on, odds are multiplied or divided by at least 4.5."""


def shown(strength: float) -> Text:
    """How much more or less is shown: "almost never shown", "shown more"."""
    if strength <= _HIDES:
        return Text("whatif.shown_hide")
    if strength == 0:
        return Text("whatif.shown_as_it_is")
    way = "more" if strength > 0 else "less"
    return Text(f"whatif.shown_much_{way}" if abs(strength) >= _MUCH else f"whatif.shown_{way}")
