"""The leaderboard as a table: metrics with intervals, verdicts, and what each model cost."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from causalrec.recsys.leaderboard import Leaderboard
from causalrec.recsys.metrics import ALL_METRICS, OPTIONAL_METRICS, WHOLE
from causalrec.ui import parts
from causalrec.ui.session import t
from causalrec.ui.train.kept import megabytes, model_name
from causalrec.whatif.export import safe_cell
from causalrec.workspace import Thing

__all__ = ["COSTS", "Shown", "costs_of", "download", "table"]

#: What a model cost, and how many digits of it are shown.
COSTS = {"cpu_seconds": 1, "gpu_seconds": 1, "peak_mb": 0, "energy_wh": 4, "disk_mb": 2}
_VERDICTS = {"higher": "green", "lower": "orange", "unclear": "gray", "base": "blue"}
_FIRST = ("ndcg", "recall", "coverage", "popularity_lift")
_DIGITS = {"novelty": 3, "popularity_lift": 3}


@dataclass(frozen=True)
class Shown:
    """What is compared: the models, best first, and the metric and length that they go by."""

    things: list[Thing]
    board: Leaderboard
    metric: str
    k: int


def table(shown: Shown) -> None:
    """One row a model: verdict, the chosen metric, costs, then every other metric."""
    first = [shown.metric, *(name for name in _FIRST if name != shown.metric)]
    known = set(shown.board.table["metric"])
    rest = [name for name in (*ALL_METRICS, *OPTIONAL_METRICS) if name not in first]
    verdict, model = t("page_train.verdict"), t("page_train.model")
    rows = _rows(shown, shown.metric)
    columns: dict[str, Any] = {model: list(rows["name"])}
    if len(shown.things) > 1:
        columns[verdict] = [[t(f"page_train.verdict_{row}")] for row in rows["verdict"]]
    for name in (one for one in first if one in known):
        columns[_heading(name, shown.k)] = _intervals(shown, name)
        if name == shown.metric and len(shown.things) > 1:
            columns[t("page_train.change")] = [_change(row) for row in rows.to_dict("records")]
    for name, digits in COSTS.items():
        values = costs_of(shown.things, name)
        if values:
            columns[t(f"page_train.cost_{name}")] = [
                None if values.get(one) is None else round(values[one], digits)
                for one in rows["name"]
            ]
    columns[t("page_train.device")] = [str(x.meta.get("device", "")).upper() for x in shown.things]
    for name in (one for one in rest if one in known):
        columns[_heading(name, shown.k)] = _intervals(shown, name)
    chips = st.column_config.MultiselectColumn(
        options=[t(f"page_train.verdict_{name}") for name in _VERDICTS],
        color=list(_VERDICTS.values()),
        width=128,
    )
    pinned = st.column_config.Column(pinned=True)
    config = {model: pinned, **({verdict: chips} if len(shown.things) > 1 else {})}
    parts.table(pd.DataFrame(columns), key="train-figures", column_config=config)


def download(shown: Shown) -> None:
    """Every figure of every model, one a row, as a table that no spreadsheet runs."""
    found = shown.board
    keys = ["name", "metric", "k"]
    paired = found.differences[[*keys, "value", "low", "high", "p"]]
    paired = paired.set_axis([*keys, "change", "change_low", "change_high", "p"], axis=1)
    frame = found.table.merge(paired, on=keys, how="left")
    for name in COSTS:
        frame[name] = frame["name"].map(costs_of(shown.things, name))
    frame["base"] = found.base
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(frame.columns)
    for row in frame.itertuples(index=False):
        writer.writerow([safe_cell(value) for value in row])
    kept = out.getvalue().encode("utf-8-sig")
    parts.downloads([("leaderboard.csv", kept, "text/csv")], key="train-download")


def costs_of(things: list[Thing], name: str) -> dict[str, float]:
    """One cost of each model that knows it, by the model's name in words."""
    values = {
        model_name(thing): megabytes(thing) if name == "disk_mb" else thing.meta.get(name)
        for thing in things
    }
    return {model: float(value) for model, value in values.items() if value is not None}


def _rows(shown: Shown, metric: str) -> pd.DataFrame:
    rows = shown.board.at(metric, shown.k).set_index("name")
    return rows.reindex([model_name(thing) for thing in shown.things]).reset_index()


def _intervals(shown: Shown, metric: str) -> list[str]:
    digits = _DIGITS.get(metric, 4)
    found: list[str] = []
    for row in _rows(shown, metric).to_dict("records"):
        if pd.isna(row["value"]):
            found.append("")
            continue
        low, high = (f"{row[name]:.{digits - 1}f}" for name in ("low", "high"))
        found.append(f"{row['value']:.{digits}f} ({low}–{high})")
    return found


def _change(row: dict[Any, Any]) -> str:
    """The paired difference with its interval and the adjusted p-value."""
    if pd.isna(row["change"]):
        return ""
    low, high = (f"{row[name]:+.4f}" for name in ("change_low", "change_high"))
    chance = "p < 0.001" if row["p"] < 0.001 else f"p = {row['p']:.3f}"
    return f"{row['change']:+.4f} ({low} – {high}; {chance})"


def _heading(metric: str, k: int) -> str:
    name = t(f"recsys.metric_{metric}")
    return name if metric in WHOLE else f"{name} @{k}"
