"""Runs: every run with its parameters, versions and log; run it again, delete it."""

from causalrec.ui.kit.frame import page

page("runs")
