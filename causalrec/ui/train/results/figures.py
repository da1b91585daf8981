"""The leaderboard as a table: metrics with intervals, verdicts, and what each model cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st
from pydantic import TypeAdapter

from causalrec.core.untrusted import spreadsheet
from causalrec.core.words import Text
from causalrec.recsys.evaluation.leaderboard import Leaderboard
from causalrec.recsys.metrics import METRICS, foremost
from causalrec.ui.kit import widgets
from causalrec.ui.kit.open_models import megabytes, model_name
from causalrec.ui.kit.session import language, say, t
from causalrec.workspace import Thing

__all__ = ["COSTS", "Shown", "costs_of", "download", "table", "to_csv"]

#: What a model cost, and how many digits of it are shown.
COSTS = {"cpu_seconds": 1, "gpu_seconds": 1, "peak_mb": 0, "energy_wh": 4, "disk_mb": 2}
_VERDICTS = {"higher": "green", "lower": "orange", "unclear": "gray", "base": "blue"}


_TEXT: TypeAdapter[Text] = TypeAdapter(Text)


@dataclass(frozen=True)
class Shown:
    """What is compared: the models, best first, and the metric and length that they go by."""

    things: list[Thing]
    board: Leaderboard
    metric: str
    k: int


def table(shown: Shown) -> None:
    """One row a model: verdict, the chosen metric, costs, then every other metric."""
    verdict, model = t("page_train.verdict"), t("page_train.model")
    config: dict[str, Any] = {model: st.column_config.Column(pinned=True)}
    if len(shown.things) > 1:
        config[verdict] = st.column_config.MultiselectColumn(
            options=[t(f"page_train.verdict_{name}") for name in _VERDICTS],
            color=list(_VERDICTS.values()),
            width=128,
        )
    notes = [thing.meta["energy_note"] for thing in shown.things if thing.meta.get("energy_note")]
    if notes:
        about = say(_TEXT.validate_python(notes[0]))
        config[t("page_train.cost_energy_wh")] = st.column_config.NumberColumn(help=about)
    folders = tuple(str(thing.folder) for thing in shown.things)
    frame = _frame(shown, (folders, shown.board.base, shown.metric, shown.k, language()))
    widgets.table(frame, key="train-figures", column_config=config)


@st.cache_data(show_spinner=False, max_entries=32)
def _frame(_shown: Shown, about: tuple[Any, ...]) -> pd.DataFrame:
    """What `table` shows; ``about`` says for whom it is kept."""
    measured = set(_shown.board.table["metric"])
    first = [_shown.metric, *(name for name in foremost(leads=True) if name != _shown.metric)]
    rest = [name for name in METRICS if name not in first]
    rows, several = _rows(_shown, _shown.metric), len(_shown.things) > 1
    columns: dict[str, Any] = {t("page_train.model"): list(rows["name"])}
    if several:
        words = [[t(f"page_train.verdict_{row}")] for row in rows["verdict"]]
        columns[t("page_train.verdict")] = words
    for name in (one for one in first if one in measured):
        columns[_heading(name, _shown.k)] = _intervals(_shown, name)
        if several and name == _shown.metric:
            columns[t("page_train.change")] = [_change(row) for row in rows.to_dict("records")]
    columns |= _costs(_shown.things)
    for name in (one for one in rest if one in measured):
        columns[_heading(name, _shown.k)] = _intervals(_shown, name)
    return pd.DataFrame(columns)


def _costs(things: list[Thing]) -> dict[str, list[Any]]:
    """A column a cost that any model knows, and the device."""
    columns: dict[str, list[Any]] = {}
    for name, digits in COSTS.items():
        costs = costs_of(things, name)
        if costs:
            values = [costs.get(model_name(thing)) for thing in things]
            rounded = [None if value is None else round(value, digits) for value in values]
            columns[t(f"page_train.cost_{name}")] = rounded
    devices = [str(thing.meta.get("device", "")).upper() for thing in things]
    return {**columns, t("page_train.device"): devices}


def download(shown: Shown) -> None:
    """Every figure of every model, one a row, as a table that no spreadsheet runs."""
    files = [("leaderboard.csv", lambda: to_csv(shown), "text/csv")]
    widgets.downloads(files, key="train-download")


def to_csv(shown: Shown) -> bytes:
    """Figures, paired differences and costs of the models, one figure a row."""
    board = shown.board
    keys = ["name", "metric", "k"]
    paired = board.differences[[*keys, "value", "low", "high", "p"]]
    paired = paired.set_axis([*keys, "change", "change_low", "change_high", "p"], axis=1)
    frame = board.table.merge(paired, on=keys, how="left")
    for name in COSTS:
        frame[name] = frame["name"].map(costs_of(shown.things, name))
    frame["base"] = board.base
    return spreadsheet.to_csv(frame)


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
    digits = METRICS[metric].digits
    texts: list[str] = []
    for row in _rows(shown, metric).to_dict("records"):
        if pd.isna(row["value"]):
            texts.append("")
            continue
        low, high = (f"{row[name]:.{digits - 1}f}" for name in ("low", "high"))
        texts.append(f"{row['value']:.{digits}f} ({low}–{high})")
    return texts


def _change(row: dict[Any, Any]) -> str:
    """The paired difference with its interval and the adjusted p-value."""
    if pd.isna(row["change"]):
        return ""
    low, high = (f"{row[name]:+.4f}" for name in ("change_low", "change_high"))
    chance = "p < 0.001" if row["p"] < 0.001 else f"p = {row['p']:.3f}"
    return f"{row['change']:+.4f} ({low} – {high}; {chance})"


def _heading(metric: str, k: int) -> str:
    name = say(METRICS[metric].word())
    return name if METRICS[metric].whole else f"{name} @{k}"
