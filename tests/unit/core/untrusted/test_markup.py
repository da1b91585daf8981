"""Names in figures are text: over every drawing there is, with a name that looks like markup."""

from __future__ import annotations

import json
import re

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from causalrec.core.untrusted.markup import (
    LINE,
    UNNAMED,
    bold,
    in_template,
    italic,
    plain_figure,
    side,
)

EVIL = "<a href='http://x.example'>a</a><b>B</b><br>&lt;i&gt; $x^2$"


def said(figure: go.Figure) -> str:
    return json.dumps(figure.to_dict(), default=str, ensure_ascii=False)


@pytest.mark.parametrize(
    "put",
    [
        lambda figure: figure.add_scatter(x=[1], y=[EVIL], name=EVIL, text=[EVIL], hovertext=EVIL),
        lambda figure: figure.add_bar(x=np.array([EVIL], dtype=object), y=[1], customdata=[[EVIL]]),
        lambda figure: figure.add_bar(x=pd.Series([EVIL]), y=[1], hovertemplate=EVIL),
        lambda figure: figure.add_annotation(text=EVIL, hovertext=EVIL),
        lambda figure: figure.update_xaxes(title_text=EVIL, ticktext=[EVIL], categoryarray=[EVIL]),
        lambda figure: figure.update_layout(title_text=EVIL, legend_title_text=EVIL),
        lambda figure: figure.add_parcoords(dimensions=[{"label": EVIL, "values": [1]}]),
    ],
)
def test_what_others_write_is_text_wherever_it_stands(put):
    figure = go.Figure()
    put(figure)
    plain_figure(figure)
    told = said(figure)
    assert "<" not in told
    assert "&lt;a href" in told
    assert "&amp;lt;i&amp;gt;" in told


def test_what_a_drawing_means_as_markup_stays():
    text = bold(f"a < b{LINE}") + italic("c") + UNNAMED + side("%{x}")
    figure = plain_figure(go.Figure().add_scatter(x=[1], y=[2], hovertemplate=text))
    assert figure.data[0].hovertemplate == (
        "<b>a &lt; b<br></b><i>c</i><extra></extra><extra>%\u2060{x}</extra>"
    )
    assert in_template("100 %{y}") == "100 %\u2060{y}"


def test_a_figure_without_such_texts_is_left_alone():
    x = np.arange(3.0)
    figure = go.Figure().add_scatter(x=x, y=x, name="plain", text=["a", "b", "c"])
    before = figure.to_json()
    assert plain_figure(figure).to_json() == before
    assert isinstance(figure.data[0].x, np.ndarray)


def test_formats_keep_their_signs():
    figure = go.Figure().update_xaxes(tickformat="$,.0f", tickprefix="$")
    plain_figure(figure)
    assert figure.layout.xaxis.tickformat == "$,.0f"
    assert re.fullmatch("&#36;", figure.layout.xaxis.tickprefix)
