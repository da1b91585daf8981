"""From a table, a graph and one row to what that unit would have done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from causalrec.causal.effects.estimate import of_table
from causalrec.causal.estimation.estimation_problem import Refusal
from causalrec.causal.graph.bitgraph import BitGraph, bits
from causalrec.causal.graph.causal_graph import CausalGraph
from causalrec.causal.identification.graph_question import GraphQuestion, node_of
from causalrec.causal.mechanisms.counterfactual import Counterfactual
from causalrec.causal.mechanisms.own_world import Mechanisms
from causalrec.causal.rows.column_values import look, text_of
from causalrec.causal.rows.question_rows import FEWEST_NUMBERS, label, labelled
from causalrec.core.errors import ParamError, check_range
from causalrec.core.seeds import generator
from causalrec.core.statistics.quantiles import normal
from causalrec.core.words import Text
from causalrec.data.values.frames import as_pandas

if TYPE_CHECKING:
    from narwhals.typing import IntoFrame

__all__ = ["counterfactual"]

FEWEST_ROWS = 100
"""From which mechanisms are learned."""
ASSUMED = ("causal.assume_graph", "causal.assume_own_noise", "causal.assume_interference")


def counterfactual(
    frame: IntoFrame,
    graph: CausalGraph,
    *,
    row: int,
    changes: Mapping[str, Any],
    outcome: str,
    level: float = 0.95,
    replicates: int = 100,
    seed: int = 0,
) -> Counterfactual:
    """What one unit's outcome would have been, had something been otherwise.

    By dowhy's graphical causal models, each mechanism a line (or squares and products where these
    predict better) and noise that is the unit's own and stays. The interval is of the mechanisms'
    estimation, from draws of the units; it takes 4 seconds to load dowhy and some to draw.

    Args:
        frame: one row a unit, a table of any kind.
        graph: what is believed; its observed nodes need columns as far as the change reaches.
        row: place of the unit in the table, from 0.
        changes: values by node or column.
        outcome: node or column, a number.
        level: of the interval.
        replicates: draws of the units, 20 to 10,000.
        seed: of the draws.

    Returns:
        The answer. With refused=True there is none, and its reason says why.

    Raises:
        GraphError: a node is unknown or has no column.
        ParamError: an argument is out of range, or nothing is changed.
    """
    check_range("level", level, 0.5, 0.9999)
    check_range("replicates", replicates, 20, 10_000)
    table = labelled(as_pandas(frame))
    check_range("row", row, 0, max(len(table) - 1, 0))
    if not changes:
        raise ParamError("causal.no_changes", hint="causal.no_changes_hint")
    named = {node_of(graph, label(name)): value for name, value in changes.items()}
    first = next(iter(named))
    asked = GraphQuestion(graph, first, node_of(graph, label(outcome)), frozenset(table.columns))
    made = {asked.column(node): value for node, value in named.items()}
    column = asked.column(asked.y)
    about: dict[str, Any] = {"outcome": column, "level": level, "who": text_of(table.index[row])}
    about |= {"changes": {name: text_of(value) for name, value in made.items()}}
    facts = of_table(table, column)
    about |= {name: facts[name] for name in ("unit", "about")}
    try:
        mechanisms = Mechanisms(_causes(asked, graph.numbers(named)))
        unit = _Unit(mechanisms, _numbers(table, mechanisms, made), row, made, column)
        return unit.answer(about, replicates=replicates, rng=generator(seed, "units"))
    except Refusal as refusal:
        return Counterfactual(**about, refused=True, reason=refusal.reason, n=len(table))


@dataclass(frozen=True, eq=False)
class _Unit:
    """A unit in its table.

    Attributes:
        mechanisms: of what the change reaches.
        data: the columns that count, as numbers or words, NaN where unknown.
        row: place of the unit.
        changes: values by column.
        outcome: column.
    """

    mechanisms: Mechanisms
    data: pd.DataFrame
    row: int
    changes: Mapping[str, Any]
    outcome: str

    def answer(
        self, about: dict[str, Any], *, replicates: int, rng: np.random.Generator
    ) -> Counterfactual:
        """What would have been, with an interval from draws of the units.

        Raises:
            Refusal: something of the unit is unknown, or too few rows are complete.
        """
        own = self.data.iloc[[self.row]]
        unknown = [str(name) for name in own.columns[own.isna().to_numpy()[0]]]
        if unknown:
            names = ", ".join(unknown)
            raise Refusal(Text("causal.refuse_unit_unknown", who=about["who"], names=names))
        whole = self.data.dropna().reset_index(drop=True)
        if len(whole) < FEWEST_ROWS:
            raise Refusal(Text("causal.refuse_few_rows", n=len(whole), least=FEWEST_ROWS))
        bent = self.mechanisms.bent(whole, rng)
        would = self.mechanisms.with_changes(whole, own, self.changes, bent)
        draws = []
        for _ in range(replicates):
            some = whole.iloc[rng.integers(0, len(whole), len(whole))].reset_index(drop=True)
            draws.append(
                float(self.mechanisms.with_changes(some, own, self.changes, bent)[self.outcome])
            )
        value, reach = (
            float(would[self.outcome]),
            normal(about["level"]) * float(np.std(draws, ddof=1)),
        )
        reached = [
            {"column": n, "observed": own[n].iloc[0], "value": would[n]} for n in would.index
        ]
        changed = pd.DataFrame(reached).loc[lambda f: f["observed"] != f["value"]]
        assumed = tuple(
            Text(key, treatment=", ".join(self.changes), outcome=self.outcome) for key in ASSUMED
        )
        return Counterfactual(
            **about, value=value, low=value - reach, high=value + reach, n=len(whole),
            observed=float(own[self.outcome].iloc[0]), rows=changed.reset_index(drop=True),
            curves=tuple(sorted(bent)), assumptions=assumed,
        )  # fmt: skip


def _causes(asked: GraphQuestion, changed: int) -> dict[str, tuple[str, ...]]:
    """Observed causes of each column that the change reaches on its way to the outcome.

    Raises:
        Refusal: it does not reach the outcome, or a hidden cause of a column and of its causes
            makes what is the unit's own unknown.
        GraphError: a cause has no column.
    """
    graph, latent = asked.question.graph, asked.question.latent
    cut = graph.without_arrows_to(changed)
    y = 1 << asked.question.y
    reached = cut.descendants(changed) & cut.ancestors(y) & ~changed
    if changed & y or not reached & y:
        raise Refusal(Text("causal.refuse_not_reached", outcome=asked.y))
    causes: dict[str, tuple[str, ...]] = {}
    for node in bits(reached & ~latent):
        hidden, above = _above(graph, node, latent)
        if hidden & graph.ancestors(above):
            name = asked.graph.nodes[node]
            raise Refusal(Text("causal.refuse_hidden_own", name=name))
        names = asked.graph.names(above)
        if any(name in asked.lacking for name in names):
            asked.lacks(names)
        causes[asked.column(asked.graph.nodes[node])] = tuple(map(asked.column, names))
    return causes


def _above(graph: BitGraph, node: int, latent: int) -> tuple[int, int]:
    """Hidden nodes that reach a node past no observed one, and the observed ones next to these."""
    hidden, above, new = 0, 0, graph.parents[node]
    while new:
        above |= new & ~latent
        hidden |= new & latent
        further = 0
        for i in bits(new & latent):
            further |= graph.parents[i]
        new = further & ~hidden & ~above
    return hidden, above


def _numbers(table: pd.DataFrame, mechanisms: Mechanisms, made: Mapping[str, Any]) -> pd.DataFrame:
    """The columns that count, as every estimator reads them.

    Raises:
        Refusal: a column that is reached has so few values that what is a unit's own is unknown.
    """
    names = dict.fromkeys([*made, *mechanisms.causes])
    names |= dict.fromkeys(name for causes in mechanisms.causes.values() for name in causes)
    columns = {}
    for name in names:
        column = look(table[name])
        values = pd.unique(column.data[column.known])
        if name in mechanisms.causes and (not column.numeric or len(values) < FEWEST_NUMBERS):
            raise Refusal(Text("causal.refuse_unit_values", name=name, n=len(values)))
        columns[name] = column.data
    return pd.DataFrame(columns, index=range(len(table)))
