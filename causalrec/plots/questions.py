"""The chart of a grid of questions: a cell a question, with its answer and what it comes to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from causalrec.causal.effects.questions import Questions
from causalrec.core.results.result import drawing
from causalrec.core.untrusted.markup import UNNAMED
from causalrec.core.words import Text, render
from causalrec.plots.theme import band, new_figure, palette

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

__all__ = ["questions"]


@drawing.register(Questions)
def questions(result: Questions, lang: str = "en", *, dark: bool = False) -> Figure:
    """Treatments from top to bottom, outcomes from left to right.

    Args:
        result: the grid.
        lang: language of its words.
        dark: whether it is drawn on a dark ground.
    """
    colours = palette(dark)
    rows = result.rows
    treatments, outcomes = (list(dict.fromkeys(rows[end])) for end in ("treatment", "outcome"))
    figure = new_figure(dark, lang, height=130 + 70 * len(treatments))
    for place, row in enumerate(rows.to_dict("records")):
        clear, up = bool(row["clear"]), not row["refused"] and row["value"] > 0
        colour = (colours.after if up else colours.before) if clear else colours.muted
        answer = str(render(result.in_words(place), lang))
        mark = ("▲ " if up else "▼ ") if clear else "– "
        light = Text(f"answer.light_{row['light']}").to(lang)
        cell = {"x": outcomes.index(row["outcome"]), "y": treatments.index(row["treatment"])}
        figure.add_shape(
            type="rect", x0=cell["x"] - 0.48, x1=cell["x"] + 0.48, y0=cell["y"] - 0.44,
            y1=cell["y"] + 0.44, fillcolor=band(colour, 0.18), line={"color": colour, "width": 1},
        )  # fmt: skip
        for line, side in zip(_lines(result.in_words(place), lang), ("top", "bottom"), strict=True):
            figure.add_scatter(
                **{axis: [at] for axis, at in cell.items()},
                mode="text",
                text=[f"{mark}{line}" if side == "top" else line],
                textposition=f"{side} center",
                customdata=[[answer, light]],
                hovertemplate="%{customdata[0]} · %{customdata[1]}" + UNNAMED,
                showlegend=False,
            )
    ends = {"showgrid": False, "zeroline": False}
    figure.update_xaxes(
        tickvals=list(range(len(outcomes))), ticktext=outcomes, side="top",
        range=[-0.5, len(outcomes) - 0.5], **ends,
    )  # fmt: skip
    return figure.update_yaxes(
        tickvals=list(range(len(treatments))), ticktext=treatments,
        range=[len(treatments) - 0.5, -0.5], **ends,
    )  # fmt: skip


def _lines(answer: Text | str, lang: str) -> tuple[str, str]:
    """What stands in a cell: the value, and below it the interval; of a refusal that it is one."""
    if not isinstance(answer, Text) or "low" not in answer.values:
        return Text("causal.question_none").to(lang), ""
    ends = {end: answer.values[end] for end in ("low", "high")}
    return str(render(answer.values["value"], lang)), Text("causal.question_ends", **ends).to(lang)
