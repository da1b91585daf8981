"""Which other way could answer where one does not, and which estimators a graph allows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from causalrec.causal.estimators import ESTIMATORS
from causalrec.causal.graph.causal_graph import CausalGraph
from causalrec.causal.identification import STRATEGIES
from causalrec.causal.identification.identify import allowed
from causalrec.causal.identification.strategy import Identified
from causalrec.core.words import Text

__all__ = ["offered", "with_ways"]


def offered(graph: CausalGraph, treatment: str, outcome: str) -> tuple[str, ...]:
    """The estimators to choose from: whose strategy a graph allows; where none is, by adjustment.

    Args:
        graph: what is believed.
        treatment: node or column.
        outcome: node or column.

    Raises:
        GraphError: a node is unknown.
    """
    ways = set(allowed(graph, (treatment, outcome))) or {next(iter(STRATEGIES))}
    names = ESTIMATORS.where(checks=None, costly=False)
    return tuple(
        name
        for name in names
        if not ESTIMATORS[name].causal or ESTIMATORS[name].strategy.name in ways
    )


def with_ways(identified: Identified, graph: CausalGraph, columns: Iterable[str]) -> Identified:
    """What was not identified, with what else could answer in its reason.

    Args:
        identified: of the graph.
        graph: what is believed.
        columns: of the table.
    """
    if identified.covariates is not None or identified.reason is None:
        return identified
    ends = identified.treatment, identified.outcome
    reason = identified.reason
    for name, other in allowed(graph, ends, columns).items():
        reason = Text("causal.but", reason=reason, way=_way(name, other))
    return replace(identified, reason=reason)


def _way(name: str, identified: Identified) -> Text:
    """What a strategy goes by, and the estimator to ask."""
    causal = [one for one in ESTIMATORS.where(causal=True) if ESTIMATORS[one].strategy.name == name]
    leads = ESTIMATORS.default if ESTIMATORS.default in causal else causal[0]
    nodes = ", ".join(identified.besides or identified.covariates or ())
    strategy = STRATEGIES[name]
    if not nodes:
        return strategy.word("_way_none", estimator=leads)
    return strategy.word("_way", nodes=nodes, estimator=leads)
