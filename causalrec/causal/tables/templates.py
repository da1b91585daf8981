"""Starting graphs: questions that recommenders raise, bound to any log by column role.

The structures are judgement, to be edited by whoever knows the log.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from causalrec.causal.graph.causal_graph import CausalGraph
from causalrec.causal.tables.causal_table import computed_columns
from causalrec.core.words import Text
from causalrec.data.dataset.dataset import Dataset

__all__ = ["STARTING_GRAPHS", "BoundGraph", "StartingGraph", "best_start", "same_in"]

PROMOTIONS = frozenset(
    {"promotion", "promo", "promoted", "coupon", "discount", "voucher", "campaign", "treatment"}
    | {"treated", "offer", "促销", "优惠", "优惠券", "折扣"}
)


@dataclass(frozen=True)
class BoundGraph:
    """A starting graph on a log.

    Attributes:
        graph: with bindings where the log has the column, marks and places.
        missing: what the log lacks, one sentence each; empty: ready for an estimate.
        unit: of the table it asks for.
        treatment, outcome: nodes.
    """

    graph: CausalGraph
    missing: tuple[Text, ...]
    unit: str
    treatment: str
    outcome: str


@dataclass(frozen=True)
class StartingGraph:
    """A question as a graph.

    Attributes:
        name: key of `STARTING_GRAPHS`.
        unit: of the table it asks for.
        treatment, outcome: nodes.
        edges: besides those of the log's own covariates.
        latent, selected: unobserved nodes; nodes that select the rows.
        covariates: "user" or "any": which covariates of the log become causes of both; "" none.
    """

    name: str
    unit: str
    treatment: str
    outcome: str
    edges: tuple[tuple[str, str], ...]
    latent: tuple[str, ...] = ()
    selected: tuple[str, ...] = ()
    covariates: str = ""

    @property
    def title(self) -> Text:
        """The question."""
        return Text(f"causal.start_{self.name.replace('-', '_')}")

    def bind(
        self, data: Dataset | None, *, treatment: str | None = None, model: bool = False
    ) -> BoundGraph:
        """The graph with the columns of a log.

        Args:
            data: the log; None: no column is bound.
            treatment: covariate that is the promotion; None: by its name, or the only one.
            model: whether the table will have a model's score.
        """
        columns = {} if data is None else self._columns(data, treatment, model)
        graph = CausalGraph(self.edges, latent=self.latent)
        if data is not None:
            taken = set(columns.values())
            for name in self._own(data):
                if name not in taken and name not in graph.nodes:
                    graph = graph.with_edge(name, self.treatment).with_edge(name, self.outcome)
                    columns[name] = name
        needed = [n for n in graph.nodes if n not in graph.latent and n not in self.selected]
        missing = tuple(_lacks(name) for name in needed if name not in columns)
        marked = graph.with_bindings(columns).with_roles(
            treatment=self.treatment, outcome=self.outcome, selected=self.selected
        )
        return BoundGraph(marked, missing, self.unit, self.treatment, self.outcome)

    def _own(self, data: Dataset) -> list[str]:
        """The log's covariates that enter as causes of both."""
        if self.covariates == "user":
            return _user_level(data)
        return list(data.covariates) if self.covariates == "any" else []

    def _columns(self, data: Dataset, treatment: str | None, model: bool) -> dict[str, str]:
        """Column of each node that the log has one for."""
        computed = computed_columns(data, self.unit, model=model)
        nodes = {name for edge in self.edges for name in edge}
        columns: dict[str, str] = {}
        for node in nodes:
            column = ROLE_OF[node](data) if node in ROLE_OF else None
            if node == "promotion":
                column = treatment or _promotion(data)
            if node in computed:
                column = node
            if node == "past purchases":
                past = f"past_{data.outcome_for('purchase')}"
                column = past if past in computed else None
            if column is not None:
                columns[node] = column
        return columns


def _role(role: str) -> Callable[[Dataset], str | None]:
    return lambda data: role if data.has(role) else None


def _outcome(meaning: str) -> Callable[[Dataset], str | None]:
    return lambda data: data.outcome_for(meaning)


ROLE_OF: dict[str, Callable[[Dataset], str | None]] = {
    "exposure": _role("exposed"),
    "position": _role("position"),
    "click": _outcome("click"),
    "purchase": _outcome("purchase"),
    "rating": _outcome("rating"),
}


def _lacks(node: str) -> Text:
    """What the log lacks, and how to give it."""
    roles = ("exposure", "position", "click", "purchase", "rating", "promotion", "model_score")
    key = node if node in roles else "history"
    return Text(f"causal.lacks_{key}", node=node)


def _user_level(data: Dataset) -> list[str]:
    """Covariates that are the same in all rows of a user."""
    if not data.has("user") or not data.covariates:
        return []
    users = data.frame["user"].to_numpy()
    return [name for name in data.covariates if same_in(users, data.frame[name])]


def same_in(groups: np.ndarray, values: pd.Series) -> bool:
    """Whether each group has one value."""
    codes = pd.factorize(values, use_na_sentinel=False)[0]
    first = np.zeros(int(groups.max(initial=0)) + 1, dtype=np.int64)
    first[groups] = codes
    return bool((first[groups] == codes).all())


def _promotion(data: Dataset) -> str | None:
    """The 0/1 covariate whose name tells a promotion, else the only one there is."""
    binary = [
        name
        for name in data.covariates
        if set(data.frame[name].dropna().unique().tolist()) in ({0, 1}, {False, True})
    ]
    named = [n for n in binary if set(re.split(r"[\W_]+", n.lower())) & PROMOTIONS]
    chosen = named or (binary if len(binary) == 1 else [])
    return chosen[0] if chosen else None


def _both(causes: tuple[str, ...], treatment: str, outcome: str) -> tuple[tuple[str, str], ...]:
    return (
        *((cause, treatment) for cause in causes),
        *((cause, outcome) for cause in causes),
        (treatment, outcome),
    )


STARTING_GRAPHS: dict[str, StartingGraph] = {
    graph.name: graph
    for graph in (
        StartingGraph(
            "exposure-click",
            "impression",
            "exposure",
            "click",
            (
                *_both(("activity", "popularity", "model_score"), "exposure", "click"),
                ("popularity", "model_score"),
            ),
        ),
        StartingGraph(
            "promotion-purchase",
            "user",
            "promotion",
            "purchase",
            _both(("activity", "past purchases"), "promotion", "purchase"),
            covariates="user",
        ),
        StartingGraph(
            "position-click",
            "impression",
            "position",
            "click",
            (
                ("relevance", "model_score"),
                ("relevance", "click"),
                ("model_score", "position"),
                ("position", "click"),
            ),
            latent=("relevance",),
            covariates="any",
        ),
        StartingGraph(
            "popularity-rating",
            "impression",
            "popularity",
            "rating",
            (
                *_both(("activity",), "popularity", "rating"),
                ("popularity", "rated"),
                ("activity", "rated"),
            ),
            selected=("rated",),
        ),
    )
}
"""Questions by name, each a `StartingGraph`; ``.bind(data)`` says which role is missing."""


def best_start(data: Dataset | None, *, model: bool = False) -> str:
    """The question that a log lacks least for, one of `STARTING_GRAPHS`; of equals the first.

    Args:
        data: the log; None: nothing is known of it.
        model: whether the table will have a model's score.
    """
    if data is None:
        return next(iter(STARTING_GRAPHS))
    return min(
        STARTING_GRAPHS, key=lambda n: len(STARTING_GRAPHS[n].bind(data, model=model).missing)
    )
