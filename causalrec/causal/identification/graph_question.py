"""A question of a graph whose columns lie in a table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NoReturn

from causalrec.causal.graph.adjustment import Question
from causalrec.causal.graph.causal_graph import CausalGraph
from causalrec.core.errors import GraphError, unknown_name
from causalrec.core.words import Text

__all__ = ["GraphQuestion", "node_of"]


@dataclass(frozen=True, eq=False)
class GraphQuestion:
    """The effect of one node on another, and which nodes have columns.

    Attributes:
        graph: what is believed.
        x, y: nodes of treatment and outcome.
        columns: the columns of the table.
        named: nodes that the analyst wants to be used beside those that are adjusted for.
    """

    graph: CausalGraph
    x: str
    y: str
    columns: frozenset[str]
    named: tuple[str, ...] = ()

    def column(self, node: str) -> str:
        """The column that a node is bound to, or is called like."""
        return self.graph.bindings.get(node, node)

    @cached_property
    def question(self) -> Question:
        """As the graph has it."""
        return self.graph.question(self.x, self.y)

    @cached_property
    def lacking(self) -> tuple[str, ...]:
        """Nodes that are observed by the graph and have no column."""
        seen = (node for node in self.graph.nodes if node not in self.graph.latent)
        return tuple(node for node in seen if self.column(node) not in self.columns)

    @cached_property
    def seen(self) -> Question:
        """The question where what has no column counts as unobserved."""
        hidden = self.question.latent | self.graph.numbers(self.lacking)
        return replace(self.question, latent=hidden)

    @cached_property
    def wanted(self) -> int:
        """The word of the nodes that the analyst named."""
        return self.graph.numbers(self.named)

    @property
    def asked(self) -> dict[str, str]:
        """Treatment and outcome, for sentences."""
        return {"treatment": self.x, "outcome": self.y}

    def columns_of(self, word: int) -> tuple[str, ...]:
        """The columns of a word's nodes, sorted by node."""
        return tuple(self.column(node) for node in self.graph.names(word))

    def flags(self) -> tuple[Text, ...]:
        """What an effect is told with: nothing leads there, or only among the selected."""
        flags = []
        if self.question.no_path:
            flags.append(Text("causal.note_no_path", **self.asked))
        if not self.question.carries_over:
            nodes = ", ".join(self.graph.names(self.question.selected))
            flags.append(Text("causal.flag_selected", nodes=nodes))
        return tuple(flags)

    def lacks(self, nodes: Iterable[str]) -> NoReturn:
        """Refuse: these nodes would be needed, and some have no column.

        Raises:
            GraphError: always.
        """
        lacking = [node for node in nodes if self.column(node) not in self.columns]
        raise GraphError(
            "causal.no_column",
            hint="causal.no_column_hint",
            name=", ".join(lacking),
            column=self.column(lacking[0]),
        )


def node_of(graph: CausalGraph, name: str) -> str:
    """The node called so, or bound to the column called so.

    Raises:
        GraphError: there is none.
    """
    if name in graph.nodes:
        return name
    bound = [node for node, column in graph.bindings.items() if column == name]
    if bound:
        return bound[0]
    error = unknown_name("node", name, graph.nodes)
    raise GraphError("core.unknown_name", hint=error.hint, kind="node", name=name)
