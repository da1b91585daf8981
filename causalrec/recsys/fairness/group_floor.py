"""A minimum for groups: rows of those that fall short weigh more, and the price is told.

Outer rounds of re-weighting on the validation part, a simple form of the reductions approach
(Agarwal, Beygelzimer, Dudík, Langford and Wallach, 2018).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from causalrec.core.errors import DataError
from causalrec.core.results.result import Frame, Result
from causalrec.core.words import Text, render
from causalrec.data.splits.split import Split
from causalrec.recsys.evaluation.metric_table import MetricTable, compare_metrics
from causalrec.recsys.fairness.groups import Groups, group_values
from causalrec.recsys.model.recommender import Recommender

__all__ = ["FEWEST", "Floor", "FloorReport", "fit_with_floor", "priced"]

FEWEST = 20
"""Groups of fewer users (or items) are shown and not raised: their figures are noise."""
_MOST = 16.0
"""A row of a group that falls short weighs at most so many times another."""


@dataclass(frozen=True)
class Floor:
    """What was asked: groups, the least that each shall have, and how many rounds at most."""

    groups: Groups
    least: float
    rounds: int = 3


class FloorReport(Result):
    """What the floor brought, and what it cost.

    Attributes:
        group_by, kind, floor: what was asked ("quality": NDCG@10; "exposure": share of places).
        reached: whether every group that is large enough has it, on validation.
        rounds: fits beside the first.
        table: group, n (users or items), weight, before, after (on validation), raised (whether
            the group is large enough to be raised).
        tried: round (0: without weights), group, weight, value, overall (NDCG@10): every round,
            all on validation; a round that made things worse is not kept.
        price, price_low, price_high, n: change of the overall NDCG on the test part, paired over
            its n users (95 % interval).
        note: in a sentence.
    """

    group_by: str
    kind: str
    floor: float
    reached: bool
    rounds: int
    table: Frame
    tried: Frame
    price: float
    price_low: float
    price_high: float
    n: int
    note: Text

    def to_frame(self) -> pd.DataFrame:
        """Columns group, n, weight, before, after, raised."""
        return self.table.copy()

    def summary(self, lang: str = "en") -> str:
        """Whether the floor was reached, and its price."""
        return str(render(self.note, lang))


@dataclass(frozen=True)
class _Round:
    model: Recommender
    reached: np.ndarray
    weights: np.ndarray
    overall: float


def fit_with_floor(
    fit: Callable[[np.ndarray, int], Recommender], split: Split, floor: Floor
) -> tuple[Recommender, Recommender, FloorReport]:
    """Fit; while a group falls short on validation, raise the weights of its rows and fit again.

    A group's rows weigh (floor / value)² times more each round, at most 16 times; of all rounds
    the one whose largest shortfall is smallest is kept.

    Args:
        fit: weights of the rows of ``split.train`` (n,) and the round -> a fitted model.
        split: with a validation part.
        floor: what is asked.

    Returns:
        The model kept, the model of the first round, and the report, without its price: `priced`.

    Raises:
        DataError: there is no validation part, or no group is large enough.
    """
    groups, data = floor.groups, split.train
    if split.valid is None:
        raise DataError("recsys.no_valid", hint="recsys.no_valid_hint")
    of_rows = groups.of_rows(data)
    factors = np.ones(len(groups.names))
    rounds: list[_Round] = []
    sizes = np.zeros(len(groups.names), dtype=np.int64)
    for number in range(floor.rounds + 1):
        model = fit(np.where(of_rows >= 0, factors[of_rows.clip(0)], 1.0), number)
        values, sizes, overall = group_values(model, split, groups)
        rounds.append(_Round(model, values, factors.copy(), overall))
        low = (sizes >= FEWEST) & (values < floor.least)
        if not (sizes >= FEWEST).any():
            raise DataError("recsys.floor_small", hint="recsys.floor_small_hint", n=FEWEST)
        if not low.any():
            break
        lift = (floor.least / np.maximum(values[low], floor.least / 2.0)) ** 2
        factors[low] = np.minimum(factors[low] * lift, _MOST)
    wide = sizes >= FEWEST
    short = [np.maximum(floor.least - one.reached[wide], 0.0).max() for one in rounds]
    chosen = rounds[int(np.argmin(short))]
    table = pd.DataFrame(
        {
            "group": list(groups.names),
            "n": sizes,
            "weight": chosen.weights,
            "before": rounds[0].reached,
            "after": chosen.reached,
            "raised": wide,
        }
    )
    report = FloorReport(
        group_by=groups.by,
        kind=groups.kind,
        floor=floor.least,
        reached=bool(min(short) == 0.0),
        rounds=len(rounds) - 1,
        table=table,
        tried=_tried(groups, rounds),
        price=0.0,
        price_low=0.0,
        price_high=0.0,
        n=0,
        note=Text("recsys.floor_held"),
    )
    return chosen.model, rounds[0].model, report


def priced(report: FloorReport, before: MetricTable, after: MetricTable) -> FloorReport:
    """The report with its price: the paired change of NDCG on the test part, in words."""
    if report.rounds == 0:
        return report.model_copy(update={"n": int(after.row()["n"])})
    row = compare_metrics(before, after).table.query("metric == 'ndcg'").iloc[0]
    wide = report.table[report.table["raised"]]
    worst = wide.sort_values("before").iloc[0]
    note = Text(
        "recsys.floor_reached" if report.reached else "recsys.floor_missed",
        group=str(worst["group"]),
        before=float(worst["before"]),
        after=float(worst["after"]),
        floor=report.floor,
        what=Text(f"recsys.floor_{report.kind}"),
        rounds=report.rounds,
        k=int(row["k"]),
        price=float(row["value"]),
        low=float(row["low"]),
        high=float(row["high"]),
    )
    price = {"price": "value", "price_low": "low", "price_high": "high"}
    figures = {name: float(row[column]) for name, column in price.items()}
    return report.model_copy(update={**figures, "n": int(row["n"]), "note": note})


def _tried(groups: Groups, rounds: list[_Round]) -> pd.DataFrame:
    rows = [
        (number, name, one.weights[place], one.reached[place], one.overall)
        for number, one in enumerate(rounds)
        for place, name in enumerate(groups.names)
    ]
    return pd.DataFrame(rows, columns=["round", "group", "weight", "value", "overall"])
