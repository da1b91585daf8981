"""Which columns answer a question, by a graph or as listed; strategies are a shelf."""

from __future__ import annotations

from typing import TYPE_CHECKING

from causalrec.core.catalogue import Catalogue

if TYPE_CHECKING:
    from causalrec.causal.identification.strategy import Strategy

__all__ = ["STRATEGIES"]

STRATEGIES: Catalogue[type[Strategy]] = Catalogue(
    "strategy",
    {
        "back-door": "causalrec.causal.identification.backdoor:BackDoor",
        "instrument": "causalrec.causal.identification.instrument:Instrument",
        "front-door": "causalrec.causal.identification.front_door:FrontDoor",
    },
)
"""``name -> Strategy``, in the order in which they are looked for."""
