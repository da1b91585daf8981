"""What the graph says, below the canvas: question, adjustment sets and paths."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice

import streamlit as st

from causalrec.causal.graph.causal_graph import CausalGraph
from causalrec.causal.graph.paths import causal_paths
from causalrec.causal.identification.adjustment_report import Analysis
from causalrec.ui.kit.session import plain, t

__all__ = ["show"]

Edit = Callable[[Callable[[CausalGraph], CausalGraph]], None]
SHOWN = 5
"""Sets and paths that are listed before "and more"."""


def show(graph: CausalGraph, analysis: Analysis | None, edit: Edit) -> None:
    """Draw the panel.

    Args:
        graph: the graph on screen.
        analysis: of its question; None while treatment or outcome is missing.
        edit: applies a change to the graph.
    """
    if not graph.nodes:
        return
    left, right = st.columns(2, gap="medium")
    with left.container(border=True, height="stretch"):
        _question(graph, edit)
        if analysis is not None:
            _sets(analysis, edit)
    with right.container(border=True, height="stretch"):
        if analysis is None:
            st.markdown(t("page_graph.paths_later"))
        else:
            _paths(graph, analysis)


def _question(graph: CausalGraph, edit: Edit) -> None:
    st.markdown(f"**{t('page_graph.question')}**")
    marked = {role: next(iter(graph.marked(role)), None) for role in ("treatment", "outcome")}
    for place, (role, other) in zip(
        st.columns(2), (("treatment", "outcome"), ("outcome", "treatment")), strict=True
    ):
        key = f"graph-{role}"
        options = [name for name in graph.nodes if name != marked[other]]
        st.session_state[key] = marked[role]

        def changed(role: str = role, key: str = key) -> None:
            name = st.session_state[key]
            edit(lambda g: g.with_roles(**{role: [name] if name else []}))

        place.selectbox(
            t(f"editor.role_{role}"),
            options,
            key=key,
            index=None,
            placeholder=t("page_graph.choose_node"),
            on_change=changed,
        )


def _sets(analysis: Analysis, edit: Edit) -> None:
    st.markdown(f"**{t('page_graph.sets')}**")
    if not analysis.sets:
        if not analysis.sets_among:
            st.markdown(f":material/block: {t('page_graph.no_sets')}")
        for name, given in analysis.instruments[:SHOWN]:
            st.markdown(f"- {_instrument(name, given)}")
    if analysis.sets_among:
        among = t("page_graph.sets_among", selected=", ".join(analysis.selected))
        st.markdown(plain(among))
    listed = analysis.sets or analysis.sets_among
    for i, names in enumerate(listed[:SHOWN]):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(_set(names, suggested=names == analysis.suggested))
            used = names == analysis.adjusted
            st.button(
                t("page_graph.in_use" if used else "page_graph.use"),
                key=f"graph-set-{i}",
                icon=":material/check:" if used else None,
                disabled=used,
                on_click=lambda names=names: edit(lambda g: g.with_roles(adjusted=names)),
            )
    more = len(listed) - SHOWN
    if more > 0:
        st.caption(t("page_graph.more", n=more) + (" +" if analysis.capped else ""))


def _set(names: Sequence[str], *, suggested: bool) -> str:
    listed = ", ".join(f"**{plain(name)}**" for name in names) or t("page_graph.nothing")
    star = f" :blue-badge[{t('page_graph.suggested')}]" if suggested else ""
    return f"{{ {listed} }}{star}" if names else f"{listed}{star}"


def _instrument(name: str, given: Sequence[str]) -> str:
    listed = ", ".join(given)
    key = "page_graph.instrument_given" if given else "page_graph.instrument"
    return plain(t(key, name=name, given=listed))


def _paths(graph: CausalGraph, analysis: Analysis) -> None:
    st.markdown(f"**{t('page_graph.open_paths')}**")
    for text in analysis.biasing_paths:
        st.markdown(f"- :orange[{plain(text)}]")
    more = analysis.n_biasing_paths - len(analysis.biasing_paths)
    if more > 0:
        st.caption(t("page_graph.more", n=more) + ("" if analysis.complete else " +"))
    if not analysis.biasing_paths:
        st.markdown(f":material/check: {t('page_graph.no_open_paths')}")
    st.markdown(f"**{t('page_graph.causal_paths')}**")
    paths = list(islice(causal_paths(graph.edges, analysis.treatment, analysis.outcome), SHOWN + 1))
    for path in paths[:SHOWN]:
        st.markdown(f"- :green[{plain(' → '.join(path))}]")
    if len(paths) > SHOWN:
        st.caption(t("page_graph.and_more"))
    if not paths:
        st.markdown(t("page_graph.no_causal_paths"))
