"""Interventions: build a scenario, see the lists change, ask three forecasts."""

from causalrec.ui.interventions.page import show

__all__ = ["show"]
