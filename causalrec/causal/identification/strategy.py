"""What every way of identifying an effect declares, and what it comes to."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

from causalrec.causal.identification.graph_question import GraphQuestion
from causalrec.core.catalogue import Entry
from causalrec.core.words import Text

__all__ = ["Identified", "Strategy"]


@dataclass(frozen=True)
class Identified:
    """Columns of a question.

    Attributes:
        treatment, outcome: columns.
        covariates: columns to adjust for; None where the strategy does not identify the effect.
        reason: why not: open paths, and what could be measured.
        flags: what the graph says besides.
        by_graph: whether a graph chose the covariates.
        besides: columns of the instruments or mediators that the strategy goes by.
    """

    treatment: str
    outcome: str
    covariates: tuple[str, ...] | None
    reason: Text | None = None
    flags: tuple[Text, ...] = ()
    by_graph: bool = True
    besides: tuple[str, ...] = ()


class Strategy(Entry, ABC):
    """One way to identify an effect.

    Attributes:
        besides: which columns it goes by beside covariates, as `estimate` takes them
            ("instruments"); "" where there are none.
        alike: whether it compares rows that are alike in the covariates, so that overlap,
            balance and a hidden cause of treatment and outcome are what its answer hangs on.
    """

    words: ClassVar[str] = "causal.strategy_"
    besides: ClassVar[str] = ""
    alike: ClassVar[bool] = False

    @classmethod
    @abstractmethod
    def by_graph(cls, asked: GraphQuestion) -> Identified:
        """What a graph says of a question.

        Raises:
            GraphError: it would be identified if a node had a column.
        """
