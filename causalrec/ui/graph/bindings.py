"""Which column of the data each node stands for."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from causalrec.causal.graph.causal_graph import CausalGraph
from causalrec.ui.graph.document import unbound
from causalrec.ui.kit.session import plain, t

__all__ = ["show", "shown"]

Edit = Callable[[Callable[[CausalGraph], CausalGraph]], None]
ACROSS = 4


def shown(graph: CausalGraph) -> tuple[tuple[str, str | None], ...]:
    """What the list shows of a graph: observed nodes with their columns."""
    return tuple((n, graph.bindings.get(n)) for n in graph.nodes if n not in graph.latent)


def show(graph: CausalGraph, columns: Sequence[str] | None, edit: Edit) -> None:
    """Draw one choice of a column for each observed node.

    Args:
        graph: the graph on screen.
        columns: what nodes can be bound to; None without a dataset.
        edit: applies a change to the graph.
    """
    if not graph.nodes:
        return
    with st.container(border=True):
        st.markdown(f"**{t('page_graph.columns')}**")
        _list(graph, columns, edit)


def _list(graph: CausalGraph, columns: Sequence[str] | None, edit: Edit) -> None:
    if columns is None:
        st.markdown(t("page_graph.no_dataset"))
        return
    missing = unbound(graph)
    if missing:
        text = t("page_graph.unbound", n=len(missing), nodes=", ".join(missing))
        st.markdown(f":orange[:material/warning: {plain(text)}]")
    else:
        st.markdown(f":material/check: {t('page_graph.all_bound')}")
    places = st.columns(ACROSS)
    for i, (name, _) in enumerate(shown(graph)):
        with places[i % ACROSS]:
            _binding(graph, name, columns, edit)


def _binding(graph: CausalGraph, name: str, columns: Sequence[str], edit: Edit) -> None:
    """One node's column; a column that the data lacks stays listed, so that nothing is lost."""
    key = f"graph-column-{name}"
    bound = graph.bindings.get(name)
    options = [*columns, *([bound] if bound and bound not in columns else [])]
    st.session_state[key] = bound

    def changed() -> None:
        column = st.session_state[key]
        edit(lambda g: _rebound(g, name, column))

    lost = bound is not None and bound not in columns
    st.selectbox(
        plain(name),
        options,
        key=key,
        index=None,
        placeholder=t("page_graph.choose_column"),
        help=t("page_graph.lost_column") if lost else None,
        on_change=changed,
    )


def _rebound(graph: CausalGraph, name: str, column: str | None) -> CausalGraph:
    bindings = {n: c for n, c in graph.bindings.items() if n != name}
    return CausalGraph(
        **(graph.parts() | {"bindings": bindings | ({name: column} if column else {})})
    )
