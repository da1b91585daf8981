"""A metric by group of users, with intervals, for up to four models side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from causalrec.core.untrusted.markup import side
from causalrec.core.words import table
from causalrec.plots.recsys.board_options import BoardOptions
from causalrec.plots.recsys.rows import axis_of, short
from causalrec.plots.theme import MARKERS, Look, new_figure, palette
from causalrec.recsys.evaluation.leaderboard import Leaderboard

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

__all__ = ["by_group"]

_APART = 0.17
_NAMED = ("activity", "user", "item")


def by_group(result: Leaderboard, look: Look, options: BoardOptions) -> Figure:
    """A row a group, a point a model. Options: ``by``, ``names`` (at most 4), ``metric``."""
    lang, dark = look
    metric, k, by = options["metric"], options["k"], options["by"]
    names = list(options.get("names") or result.names)[: len(MARKERS)]
    rows = result.groups_at(by, metric, k)
    groups = list(dict.fromkeys(rows["group"]))[::-1]
    sizes = rows.drop_duplicates("group").set_index("group")["n"]
    height = 90 + len(groups) * (26 + 18 * len(names))
    figure = new_figure(dark, lang, height=options.get("height", height))
    colours = palette(dark).series
    middle = (len(names) - 1) / 2
    for place, name in enumerate(names):
        mine = rows[rows["name"] == name].set_index("group").reindex(groups).dropna(subset="value")
        at = [groups.index(group) + (middle - place) * _APART for group in mine.index]
        figure.add_scatter(
            x=mine["value"],
            y=at,
            mode="markers",
            name=short(name),
            marker={"color": colours[place], "symbol": MARKERS[place], "size": 10},
            error_x={
                "type": "data",
                "array": mine["high"] - mine["value"],
                "arrayminus": mine["value"] - mine["low"],
                "color": colours[place],
                "thickness": 2,
                "width": 4,
            },
            customdata=mine[["low", "high", "n"]].to_numpy(dtype=float),
            hovertemplate="%{x:.4f} (%{customdata[0]:.4f} – %{customdata[1]:.4f})"
            ", n = %{customdata[2]:,.0f}" + side(short(name)),
        )
    figure.update_xaxes(title_text=axis_of(metric, k, lang), rangemode="tozero")
    return figure.update_yaxes(
        tickvals=list(range(len(groups))),
        ticktext=[f"{short(_word(g, by, lang))}  (n = {int(sizes[g]):,})" for g in groups],
        range=[-0.6, len(groups) - 0.4],
        showgrid=False,
        zeroline=False,
    )


def _word(group: str, by: str, lang: str) -> str:
    """Groups that we name have words; those of the log stay as they are."""
    return table(lang).get(f"recsys.group_{group}", group) if by in _NAMED else group
