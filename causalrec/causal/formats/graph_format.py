"""What every text format of a graph declares, and how it is read and written."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from causalrec.causal.graph.causal_graph import CausalGraph
from causalrec.causal.parsing.source import Source
from causalrec.core.catalogue import Entry

__all__ = ["GraphFormat"]


class GraphFormat(Entry, ABC):
    """One way to write a graph as text.

    Attributes:
        suffix: of its files, without the dot.
        mime: kind of its files, for a browser.
    """

    words: ClassVar[str] = "causal.format_"
    suffix: ClassVar[str]
    mime: ClassVar[str] = "text/plain"

    @abstractmethod
    def recognises(self, source: Source) -> bool:
        """Whether a text begins as this format does and no other."""

    @abstractmethod
    def read(self, source: Source) -> CausalGraph:
        """The graph of a text.

        Raises:
            GraphError: it cannot be read, is too long, or its graph is cyclic.
        """

    @abstractmethod
    def write(self, graph: CausalGraph) -> str:
        """The graph as text."""
