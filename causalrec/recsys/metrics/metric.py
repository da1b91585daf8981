"""What a metric of lists declares of itself, and what each kind of it computes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar, Literal

import numpy as np
from scipy import sparse

from causalrec.core.catalogue import Entry
from causalrec.core.seeds import generator
from causalrec.core.statistics.bootstrap import DRAWS, resamples
from causalrec.recsys.metrics.item_facts import ItemFacts
from causalrec.recsys.metrics.judged import Judged, ListsOfUsers, SortedScores

__all__ = [
    "CatalogueMetric",
    "Family",
    "ItemMetric",
    "Kind",
    "ListedMetric",
    "Metric",
    "Need",
    "RankedMetric",
    "UserMetric",
    "WholeMetric",
]

_NUMBERS = 4_000_000
"""So many counts of items are held at once while users are drawn."""

Family = Literal["accuracy", "beyond_accuracy", "spread"]
Kind = Literal["share", "money", "number", "bits"]
Need = Literal["scores", "attributes", "categories", "propensities"]


class Metric(Entry, ABC):
    """A figure of the lists that users are given.

    Attributes:
        family: whether it tells how well lists find what was held out, what they hold besides,
            or how they spread over the catalogue.
        good: 1 where more is better, -1 where less is.
        plain: whether better is better whatever else changes; elsewhere charts do not judge.
        kind: how its values are written.
        digits: decimals of its values in tables.
        needs: what it cannot be told without, beyond lists and what was held out.
        whole: it is of the whole ranking; its rows have no list length.
        per_user: it has one value a user, whose mean it is; else it is of all lists at once.
        cold: also told of users and of held-out items that nothing is known of.
        compared: told before and after a change.
        may_lose: share of it that a change may lose unless somebody says otherwise; None where
            nothing guards it.
        leads: among the first columns of a table.
        overview: drawn in the chart of one model's figures.
        shades: colours the models on their map: how popular what they list is.
        place: among figures that are picked out; the lower the sooner.
    """

    words = "recsys.metric_"
    family: ClassVar[Family]
    good: ClassVar[Literal[1, -1]] = 1
    plain: ClassVar[bool] = False
    kind: ClassVar[Kind] = "number"
    digits: ClassVar[int] = 4
    needs: ClassVar[tuple[Need, ...]] = ()
    whole: ClassVar[bool] = False
    per_user: ClassVar[bool] = True
    cold: ClassVar[bool] = False
    compared: ClassVar[bool] = False
    may_lose: ClassVar[float | None] = None
    leads: ClassVar[bool] = False
    overview: ClassVar[bool] = False
    shades: ClassVar[bool] = False
    place: ClassVar[int] = 100


class UserMetric(Metric):
    """A metric with one value a user."""

    @classmethod
    @abstractmethod
    def of_users(cls, lists: ListsOfUsers) -> np.ndarray | None:
        """Its value for each user, (n,); None where what it needs is not known."""


class RankedMetric(UserMetric):
    """How well lists find what was held out, from the places of the hits."""

    family = "accuracy"
    plain = True
    cold = True

    @classmethod
    @abstractmethod
    def of(cls, judged: Judged) -> np.ndarray:
        """Its value for each user, (n,)."""

    @classmethod
    def of_users(cls, lists: ListsOfUsers) -> np.ndarray | None:
        """Its value for each user, (n,)."""
        return cls.of(lists.judged)


class WholeMetric(UserMetric):
    """How well the whole ranking finds what was held out, from the scores of all items."""

    family = "accuracy"
    plain = True
    whole = True
    needs = ("scores",)

    @classmethod
    @abstractmethod
    def of_scores(cls, scores: SortedScores) -> np.ndarray:
        """Its value for each user among the targets that the model knows, (n,)."""

    @classmethod
    def of_users(cls, lists: ListsOfUsers) -> np.ndarray | None:
        """Its value for each user, (n,); a target that the model does not know is worth 0."""
        values = lists.of_ranking.get(cls.name)
        return None if values is None else values * lists.known_targets / lists.judged.wanted


class ListedMetric(UserMetric):
    """What lists hold, whatever was held out."""

    family = "beyond_accuracy"

    @classmethod
    @abstractmethod
    def of(cls, lists: np.ndarray, facts: ItemFacts) -> np.ndarray | None:
        """Its value for each user, (n,), of item codes (n, k) with -1 for none."""

    @classmethod
    def of_users(cls, lists: ListsOfUsers) -> np.ndarray | None:
        """Its value for each user, (n,); None where what it needs is not known."""
        return cls.of(lists.items, lists.facts)


class ItemMetric(ListedMetric):
    """The mean over a list of something that each item has, from who took it."""

    @classmethod
    @abstractmethod
    def of_items(cls, counts: np.ndarray, users: int) -> np.ndarray:
        """What each item has, (n_items,).

        Args:
            counts: how many users took it, (n_items,).
            users: how many users have taken anything.
        """

    @classmethod
    def of(cls, lists: np.ndarray, facts: ItemFacts) -> np.ndarray | None:
        """Mean over each list, (n,); 0 for an empty one."""
        return mean_of(lists, cls.of_items(facts.counts, facts.users))


class CatalogueMetric(Metric):
    """How all lists together spread over the catalogue: one value a set of lists."""

    family = "spread"
    per_user = False

    @classmethod
    @abstractmethod
    def of_counts(cls, counts: np.ndarray) -> np.ndarray:
        """Its value from how often each item is listed, (..., n_items) to (...)."""

    @classmethod
    def error(cls, listed: Sequence[sparse.csr_matrix]) -> float:
        """Standard error over users of one set of lists, or of the last less the first.

        Of a thousand resamples of the users; metrics with a formula of their own have that.

        Args:
            listed: one or two csr (n, n_items) of ones, of the same users.
        """
        users = listed[0].shape[0]
        pieces = max(1, DRAWS * max(one.shape[1] for one in listed) // _NUMBERS)
        values = []
        for counts in resamples(users, DRAWS, generator(0, cls.name)):
            for some in np.array_split(counts, min(pieces, len(counts))):
                ends = [cls.of_counts(some @ one) for one in (listed[-1], listed[0])]
                values.append(ends[0] - ends[1] if len(listed) > 1 else ends[0])
        return float(np.concatenate(values).std())


def mean_of(lists: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Mean of a value of the listed items, (n,); 0 for an empty list."""
    listed = lists >= 0
    total = np.where(listed, values[lists.clip(0)], 0.0).sum(axis=1)
    return np.asarray(total / np.maximum(listed.sum(axis=1), 1))
