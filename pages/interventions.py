"""Interventions: change lists or a treatment, and forecast what would happen."""

from causalrec.ui.frame import page

page("interventions", "causalrec.ui.interventions:show")
