"""The table and the graph that a question about a saved log is asked of."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from causalrec.causal.formats.json_document import from_document
from causalrec.causal.graph.causal_graph import CausalGraph
from causalrec.core.errors import GraphError
from causalrec.data.storage.store import load_dataset
from causalrec.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Asked", "asked_of"]


class Asked(NamedTuple):
    """A table of a saved log, a saved graph, and the node that is asked about."""

    frame: pd.DataFrame
    graph: CausalGraph
    outcome: str


def asked_of(
    workspace: Workspace,
    names: tuple[str, str],
    outcome: str | None,
    *,
    unit: str = "impression",
    date: str | None = None,
    measure: str = "any",
) -> Asked:
    """What a question is asked of.

    Args:
        workspace: where log and graph are saved.
        names: of the log and of the graph.
        outcome: node or column; None: as marked in the graph.
        unit: of the table's rows.
        date: where before ends, of users.
        measure: of 0/1 outcomes by user.

    Raises:
        NotFoundError: log or graph is gone.
        GraphError: no outcome is named or marked.
    """
    from causalrec.causal.tables.causal_table import causal_table

    thing = workspace.thing("dataset", names[0])
    graph = from_document(workspace.thing("graph", names[1]).document())
    marked = graph.marked("outcome")
    if not outcome and not marked:
        raise GraphError("causal.no_outcome", hint="causal.no_mark_hint")
    moment = date or thing.meta.get("date")
    frame = causal_table(load_dataset(thing.folder), unit=unit, date=moment, measure=measure)
    return Asked(frame, graph, outcome or marked[0])
