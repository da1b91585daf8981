"""Predictions against what came of them: tenths of the rows by their prediction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from causalrec.core.results.result import drawing
from causalrec.core.untrusted.markup import UNNAMED
from causalrec.core.words import Text
from causalrec.plots.theme import new_figure, palette
from causalrec.recsys.evaluation.prediction_table import PredictionTable

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

__all__ = ["calibration"]


@drawing.register(PredictionTable)
def calibration(
    result: PredictionTable, lang: str = "en", *, dark: bool = False, height: int = 360
) -> Figure:
    """The calibration curve: on the dotted line, predictions are right on average."""
    figure = new_figure(dark, lang, height=height)
    colours, rows = palette(dark), result.curve
    ends = [
        float(min(rows["predicted"].min(), rows["low"].min())),
        float(max(rows["predicted"].max(), rows["high"].max())),
    ]
    figure.add_scatter(
        x=ends,
        y=ends,
        mode="lines",
        line={"color": colours.before, "dash": "dot", "width": 2},
        name=Text("recsys.calibration_right").to(lang),
        hoverinfo="skip",
    )
    figure.add_scatter(
        x=rows["predicted"],
        y=rows["observed"],
        mode="lines+markers",
        name=Text("recsys.calibration_seen").to(lang),
        line={"color": colours.after, "width": 2},
        marker={"size": 9},
        error_y={
            "type": "data",
            "array": rows["high"] - rows["observed"],
            "arrayminus": rows["observed"] - rows["low"],
            "color": colours.after,
            "thickness": 2,
            "width": 4,
        },
        customdata=rows[["low", "high", "n"]].to_numpy(dtype=float),
        hovertemplate="%{x:.4f} → %{y:.4f} (%{customdata[0]:.4f} – %{customdata[1]:.4f})"
        ", n = %{customdata[2]:,.0f}" + UNNAMED,
    )
    figure.update_xaxes(title_text=Text("recsys.axis_predicted", outcome=result.outcome).to(lang))
    return figure.update_yaxes(
        title_text=Text("recsys.axis_observed", outcome=result.outcome).to(lang)
    )
