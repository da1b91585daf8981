"""From two periods or segments and a graph to what moved a metric."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from causalrec.causal.attribution.boosted_change import boosted_parts
from causalrec.causal.attribution.change import COLUMNS, MECHANISMS, ChangeAttribution
from causalrec.causal.attribution.linear_change import Parts, fit_lines, linear_parts
from causalrec.causal.attribution.mechanisms import Mechanism, mechanisms_of, names_of
from causalrec.causal.attribution.periods import Period, periods
from causalrec.causal.estimation.estimation_problem import Refusal
from causalrec.causal.graph.causal_graph import CausalGraph
from causalrec.causal.rows.column_values import text_of
from causalrec.causal.rows.question_rows import label, labelled
from causalrec.core.errors import DataError, ParamError, check_range, unknown_name
from causalrec.core.seeds import generator
from causalrec.core.statistics.quantiles import student
from causalrec.core.words import Text
from causalrec.data.dataset.outcomes import Outcome
from causalrec.data.values.frames import as_pandas

if TYPE_CHECKING:
    from narwhals.typing import IntoFrame

__all__ = ["attribute_change"]

MOST = 12
"""Mechanisms whose 4,096 coalitions are all computed."""


def attribute_change(  # noqa: PLR0913 - a question has so many parts; all but the data go by name
    before: IntoFrame,
    after: IntoFrame | None,
    graph: CausalGraph,
    *,
    metric: str,
    by: str | None = None,
    values: Sequence[object] | None = None,
    mechanisms: str = MECHANISMS[0],
    cluster: str | None = "auto",
    level: float = 0.95,
    seed: int = 0,
    currency: str = "",
) -> ChangeAttribution:
    """How much of the change of a metric's mean each mechanism of a graph brought about.

    A mechanism is how a node follows from its causes (or, without causes, how it is spread).
    Exact Shapley values over all sets of changed mechanisms: the parts sum to the change. Nodes
    that a hidden cause connects count as one mechanism.

    Args:
        before: rows of the first period or segment; with `by` the rows of both.
        after: rows of the second; None with `by`.
        graph: what is believed, of both.
        metric: node or column, a number.
        by: column that tells the two apart.
        values: of `by`, (before, after); None: its two values as they sort.
        mechanisms: "linear" (closed form, at once) or "boosted" (gradient boosting by sampling,
            minutes for many mechanisms).
        cluster: column of the unit, which may stand in both; as in `estimate`.
        level: of the intervals.
        seed: of the draws of boosted mechanisms.
        currency: of a metric that is money.

    Returns:
        The change and its parts. With refused=True its reason says why there are none.

    Raises:
        GraphError: the metric is no node.
        DataError: a column is missing.
        ParamError: the two periods cannot be told, or the level is out of range.
        NotFoundError: no such mechanisms.
    """
    if mechanisms not in MECHANISMS:
        error = unknown_name("mechanisms", mechanisms, MECHANISMS)
        raise error
    check_range("level", level, 0.5, 0.9999)
    frames, names = _two(before, after, by, values)
    nodes = {column: node for node, column in graph.bindings.items()}
    metric = label(metric)
    node = metric if metric in graph.nodes else nodes.get(metric, metric)
    graph.numbers([node])
    columns = [name for name in frames[0].columns if name in frames[1].columns]
    column = graph.bindings.get(node, node)
    if column not in columns:
        hint = unknown_name("column", column, columns).hint
        raise DataError("causal.no_such_column", hint=hint, name=column)
    steps = mechanisms_of(graph, columns, node)
    facts = frames[0].attrs.get("causalrec", {})
    about = facts.get("outcomes", {}).get(column)
    answer = ChangeAttribution(
        metric=column, before=names[0], after=names[1], mechanisms=mechanisms, level=level,
        n=sum(map(len, frames)), unit=facts.get("unit", "row"), currency=currency,
        about=None if about is None else Outcome(**about),
    )  # fmt: skip
    unit = facts.get("cluster") if cluster == "auto" else cluster
    flags = [] if unit in columns else [Text("causal.flag_independent")]
    try:
        return answer.model_copy(update=_parts(steps, frames, (unit, flags), (answer, seed)))
    except Refusal as refusal:
        return answer.model_copy(update={"refused": True, "reason": refusal.reason})


def _two(
    before: IntoFrame, after: IntoFrame | None, by: str | None, values: Sequence[object] | None
) -> tuple[list[pd.DataFrame], list[str]]:
    """Both tables and what they are called.

    Raises:
        DataError: there is no such column.
        ParamError: neither a second table nor a column of two values tells them apart.
    """
    first = labelled(as_pandas(before))
    if by is None:
        if after is None:
            raise ParamError("causal.change_one_table", hint="causal.change_two_hint")
        return [first, labelled(as_pandas(after))], ["", ""]
    by = label(by)
    if by not in first.columns:
        raise DataError(
            "causal.no_such_column", hint=unknown_name("column", by, first.columns).hint, name=by
        )
    words = first[by].map(text_of, na_action="ignore")
    held = list(pd.unique(first[by].dropna().sort_values().map(text_of)))
    asked = held if values is None else [text_of(value) for value in values]
    if len(asked) != 2 or not set(asked) <= set(held):
        listed = ", ".join(held[:8])
        raise ParamError(
            "causal.change_two_values", hint="causal.change_two_hint", name=by, values=listed
        )
    frames = [first[(words == value).to_numpy()] for value in asked]
    for frame in frames:
        frame.attrs = first.attrs
    return frames, asked


def _parts(
    steps: tuple[Mechanism, ...],
    frames: list[pd.DataFrame],
    about: tuple[str | None, list[Text]],
    asked: tuple[ChangeAttribution, int],
) -> dict[str, Any]:
    """The fields of an answer.

    Raises:
        Refusal: the rows or the graph are too little or too much.
    """
    (unit, flags), (answer, seed) = about, asked
    players = 1 + max(step.player for step in steps)
    if players > MOST:
        raise Refusal(Text("causal.change_many", n=players, most=MOST))
    both, notes = periods(frames, steps, None if flags else unit)
    last = steps[-1]
    if both[0].blocks[last.node].shape[1] > 1:
        raise Refusal(Text("causal.not_numbers", name=last.column))
    lines = fit_lines(both[0], steps), fit_lines(both[1], steps)
    flags = [*flags, *notes, *_notes(steps)]
    exact = linear_parts(steps, both, lines)
    parts = exact
    if answer.mechanisms == MECHANISMS[0]:
        curved = [
            step.node
            for step, one, other in zip(steps, *lines, strict=True)
            if one.curved or other.curved
        ]
        flags += [Text("causal.change_curved", nodes=", ".join(curved))] if curved else []
    else:
        parts = boosted_parts(steps, both, generator(seed, "boosted"))
    ends = [float(period.blocks[last.node].mean()) for period in both]
    change = ends[1] - ends[0]
    reach = student(answer.level, exact.units - 1) * exact.error
    return {
        "value": change, "low": change - reach, "high": change + reach,
        "mean_before": ends[0], "mean_after": ends[1], "units": exact.units,
        "n": sum(map(len, both)), "flags": tuple(flags), "outcome_kind": _kind(both, last.node),
        "rows": _rows(steps, parts, change, answer.level),
    }  # fmt: skip


def _notes(steps: tuple[Mechanism, ...]) -> list[Text]:
    """Which nodes a hidden cause connects, so that they have one part."""
    players = [step.player for step in steps]
    joined = [step.node for step in steps if players.count(step.player) > 1]
    return [Text("causal.change_joined", nodes=", ".join(joined))] if joined else []


def _kind(both: tuple[Period, Period], node: str) -> str:
    share = all(np.isin(period.blocks[node], (0.0, 1.0)).all() for period in both)
    return "share" if share else "mean"


def _rows(steps: tuple[Mechanism, ...], parts: Parts, change: float, level: float) -> pd.DataFrame:
    """One row a mechanism, the largest part first, and what is left over."""
    wide = student(level, parts.units - 1)
    rows = list[dict[str, Any]]()
    for player in np.argsort(-np.abs(parts.added), kind="stable"):
        value = float(parts.added[player])
        mechanism, given = names_of(steps, int(player))
        reach = wide * float(parts.errors[player])
        rows.append(
            {
                "mechanism": mechanism,
                "nodes": sum(step.player == player for step in steps),
                "given": given,
                "value": value,
                "low": value - reach,
                "high": value + reach,
            }
        )
    left = change - float(parts.added.sum())
    if abs(left) > 1e-9 * (abs(change) + float(np.abs(parts.added).sum())):
        rows.append({"mechanism": "", "nodes": 0, "given": "", "value": left})
    table = pd.DataFrame(rows)
    return table.assign(share=table["value"] / change if change else np.nan)[list(COLUMNS)]
