"""What a graph can identify: sets to adjust for, instruments, front doors, mediators."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable

from causalrec.causal.graph.adjustment import Question
from causalrec.causal.graph.front_door import front_door_sets

__all__ = ["Identifying"]


class Identifying:
    """What `CausalGraph` answers about the total effect of one node on another."""

    __slots__ = ()

    @abstractmethod
    def question(self, treatment: str, outcome: str) -> Question:
        """The effect as the algorithms see it."""

    @abstractmethod
    def numbers(self, names: Iterable[str]) -> int:
        """The word of a set of nodes."""

    @abstractmethod
    def names(self, word: int) -> tuple[str, ...]:
        """The sorted names of a word's nodes."""

    def adjustment_sets(
        self, treatment: str, outcome: str, limit: int | None = None
    ) -> list[list[str]]:
        """All minimal sets of observed nodes that identify the total effect, smallest first.

        Nodes marked "selected" are conditioned on, and the effect is that on everybody, not
        only among the selected rows: as DAGitty answers. An empty list means that no set does;
        ``[[]]`` that nothing needs adjusting.

        Raises:
            GraphError: a node is unknown, or both are the same.
        """
        words, _ = self.question(treatment, outcome).minimal_sets(limit)
        return sorted((list(self.names(word)) for word in words), key=lambda s: (len(s), s))

    def is_valid_adjustment(self, treatment: str, outcome: str, adjusted: Iterable[str]) -> bool:
        """Whether adjusting for these nodes identifies the total effect.

        Raises:
            GraphError: a node is unknown, or treatment and outcome are the same.
        """
        return self.question(treatment, outcome).is_valid(self.numbers(adjusted))

    def instruments(self, treatment: str, outcome: str) -> list[tuple[str, frozenset[str]]]:
        """Conditional instruments (node, what to condition on), sorted, as DAGitty lists them.

        What the treatment causes is listed too: where effects are linear a proxy of it is an
        instrument.

        Raises:
            GraphError: a node is unknown, or both are the same.
        """
        pairs = self.question(treatment, outcome).instruments()
        named = [(self.names(1 << z)[0], frozenset(self.names(given))) for z, given in pairs]
        return sorted(named, key=lambda pair: (pair[0], sorted(pair[1])))

    def frontdoor_sets(
        self, treatment: str, outcome: str, limit: int | None = None
    ) -> list[frozenset[str]]:
        """The minimal front-door sets of observed nodes, smallest first.

        An empty list means that there is none; one empty set, that no directed path leads from
        treatment to outcome.

        Raises:
            GraphError: a node is unknown, or both are the same.
        """
        words = front_door_sets(self.question(treatment, outcome), limit)
        sets = sorted((self.names(word) for word in words), key=lambda s: (len(s), s))
        return [frozenset(one) for one in sets]

    def mediators(self, treatment: str, outcome: str) -> tuple[str, ...]:
        """The observed nodes on directed paths between the two, sorted.

        Raises:
            GraphError: a node is unknown, or both are the same.
        """
        question = self.question(treatment, outcome)
        return self.names(question.between & ~(1 << question.y) & ~question.latent)
