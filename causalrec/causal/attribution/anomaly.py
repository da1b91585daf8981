"""Where a unit's or a day's unusual metric comes from: which mechanism did not work as it does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from pydantic import Field

from causalrec.causal.attribution.change import said_of
from causalrec.causal.attribution.linear_change import Line, fit_lines
from causalrec.causal.attribution.mechanisms import Mechanism, mechanisms_of, names_of
from causalrec.causal.attribution.periods import Period, periods
from causalrec.causal.estimation.estimation_problem import Refusal
from causalrec.causal.graph.causal_graph import CausalGraph
from causalrec.causal.rows.question_rows import label, labelled
from causalrec.core.errors import DataError, check_range, unknown_name
from causalrec.core.results.result import Frame, Result
from causalrec.core.statistics.p_values import holm
from causalrec.core.words import Text
from causalrec.core.words.lists import as_sentence
from causalrec.core.words.numbers import written
from causalrec.data.values.frames import as_pandas

if TYPE_CHECKING:
    from narwhals.typing import IntoFrame

__all__ = ["AnomalyTrace", "trace_anomaly"]

COLUMNS = ("mechanism", "given", "value", "p", "unusual")
UNUSUAL = 0.05
"""Chance, over all mechanisms of a row, that one is called unusual where none is."""


class AnomalyTrace(Result):
    """What an unusual row's metric comes from.

    Attributes:
        metric: column; `at`: the row, counted from 0.
        actual: of the row; `expected`: the mean of all other rows.
        n: other rows.
        rows: one row a mechanism, the largest part first: mechanism, given (what it follows
            from), value (what it adds to actual less expected; the parts sum to it), p (share of
            the other rows in which it was as far off, by Holm's correction over the mechanisms),
            unusual (p below .05).
        refused, reason: nothing can be told, and why.
    """

    metric: str
    at: int
    actual: float | None = None
    expected: float | None = None
    n: int = 0
    rows: Frame = Field(default_factory=lambda: pd.DataFrame(columns=list(COLUMNS)))
    refused: bool = False
    reason: Text | None = None

    @property
    def sentence(self) -> Text:
        """How far off the row is, and which mechanism was."""
        names: dict[str, Any] = {"metric": self.metric, "at": self.at}
        if self.refused or self.actual is None or self.expected is None:
            return Text("causal.anomaly_refused", **names, reason=self.reason or "")
        names |= {"actual": self.actual, "expected": self.expected, "n": self.n}
        unusual = self.rows[self.rows["unusual"].astype(bool)]
        if not len(unusual):
            return Text("causal.anomaly_none", **names)
        first = unusual.iloc[0]
        why = said_of(str(first["mechanism"]), str(first["given"]))
        part = written(f"{float(first['value']):+,.3g}")
        return Text("causal.anomaly_one", **names, why=why, part=part, p=float(first["p"]))

    def summary(self, lang: str = "en") -> str:
        """The sentence."""
        return as_sentence(self.sentence.to(lang), lang)

    def to_frame(self) -> pd.DataFrame:
        """One row a mechanism."""
        return self.rows.assign(actual=self.actual, expected=self.expected)


def trace_anomaly(frame: IntoFrame, graph: CausalGraph, *, metric: str, at: int) -> AnomalyTrace:
    """Which mechanism an unusual row's metric comes from.

    Lines of the other rows say what each node should have been given its causes; what the row
    leaves of them, carried to the metric by the lines, sums exactly to how far it is off. A
    mechanism is unusual where the row leaves more of it than other rows do (after Budhathoki,
    Minorics, Bloebaum and Janzing, 2022, "Causal structure-based root cause analysis of
    outliers", whose scores are sampled).

    Args:
        frame: rows of usual units or days, and the unusual one.
        graph: what is believed.
        metric: node or column, a number.
        at: the unusual row, counted from 0.

    Returns:
        The parts. With refused=True its reason says why there are none.

    Raises:
        GraphError: the metric is no node.
        DataError: the metric has no column.
        ParamError: there is no such row.
    """
    table = labelled(as_pandas(frame))
    check_range("at", at, 0, max(len(table) - 1, 0))
    nodes = {column: node for node, column in graph.bindings.items()}
    metric = label(metric)
    node = metric if metric in graph.nodes else nodes.get(metric, metric)
    graph.numbers([node])
    column = graph.bindings.get(node, node)
    if column not in table.columns:
        hint = unknown_name("column", column, table.columns).hint
        raise DataError("causal.no_such_column", hint=hint, name=column)
    steps = mechanisms_of(graph, list(table.columns), node)
    others = np.arange(len(table)) != at
    nothing = AnomalyTrace(metric=column, at=at, n=int(others.sum()))
    try:
        (usual, row), _ = periods([table[others], table[~others]], steps, None, least=(30, 1))
    except Refusal as refusal:
        return nothing.model_copy(update={"refused": True, "reason": refusal.reason})
    lines = fit_lines(usual, steps)
    facts = {
        "actual": float(row.blocks[node][0, 0]),
        "expected": float(usual.blocks[node].mean()),
        "n": len(usual),
        "rows": _rows(steps, lines, row),
    }
    return nothing.model_copy(update=facts)


def _rows(steps: tuple[Mechanism, ...], lines: list[Line], row: Period) -> pd.DataFrame:
    """One row a mechanism, the largest part first."""
    carried = _carried(steps, lines)
    players = 1 + max(step.player for step in steps)
    value, far, usual = np.zeros(players), np.zeros(players), np.zeros((players, lines[0].n))
    for step, line in zip(steps, lines, strict=True):
        off = row.blocks[step.node] - row.given(step) @ line.slopes
        size = np.sqrt((line.left**2).mean(axis=0))
        value[step.player] += float(off[0] @ carried[step.node])
        far[step.player] += _far(off, size)[0]
        usual[step.player] += _far(line.left, size)
    p = (1 + (usual >= far[:, None]).sum(axis=1)) / (1 + lines[0].n)
    names = [names_of(steps, player) for player in range(players)]
    table = pd.DataFrame(names, columns=list(COLUMNS[:2])).assign(value=value, p=holm(p))
    table["unusual"] = table["p"] < UNUSUAL
    return table.sort_values("value", key=np.abs, ascending=False, ignore_index=True)


def _far(left: np.ndarray, size: np.ndarray) -> np.ndarray:
    """How far off rows are, in squares of the usual distance, (n,)."""
    return np.asarray(((left / np.where(size > 0, size, 1.0)) ** 2).sum(axis=1))


def _carried(steps: tuple[Mechanism, ...], lines: list[Line]) -> dict[str, np.ndarray]:
    """What one more of each node's columns adds to the last node, (c,) by node."""
    pairs = list(zip(steps, lines, strict=True))
    carried = {step.node: np.zeros(line.slopes.shape[1]) for step, line in pairs}
    carried[steps[-1].node][0] = 1.0
    for step, line in reversed(pairs):
        at = 1
        for node in step.given:
            wide = len(carried[node])
            carried[node] = carried[node] + line.slopes[at : at + wide] @ carried[step.node]
            at += wide
    return carried
