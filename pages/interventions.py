"""Interventions: change lists or a treatment, and forecast what would happen."""

from causalrec.ui.kit.frame import page

page("interventions")
