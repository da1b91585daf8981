"""Work on a saved model that is a run of its own: predictions, smaller variants, an export."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from causalrec.core.errors import CausalRecError
from causalrec.core.results.result import Result
from causalrec.data.dataset.dataset import Dataset
from causalrec.recsys.evaluation.prediction_table import PredictionTable
from causalrec.recsys.metrics import PREDICTION_METRICS
from causalrec.recsys.variants.variant_table import FORMS, VariantTable
from causalrec.runs.record.runner import load_result
from causalrec.tasks.recsys.export import FORMS as EXPORTS
from causalrec.tasks.recsys.export import Export, Exported
from causalrec.tasks.recsys.predict import Predict
from causalrec.tasks.recsys.variant import Variant
from causalrec.ui.kit import press, widgets
from causalrec.ui.kit.open_models import model_name
from causalrec.ui.kit.session import language, plain, say, t, workspace
from causalrec.ui.train.start.live_runs import begin
from causalrec.workspace import Thing

__all__ = ["export", "predictions", "variants"]

_RECENT = 60


def predictions(models: list[Thing], data: Dataset) -> None:
    """How well a model predicts ratings, clicks or purchases, beside users' and items' means."""
    st.caption(t("page_train.predict_about"))
    thing = _pick(models)
    _button(Predict.name, {"model": thing.name})
    result = _latest(Predict.name, thing, model=thing.name)
    if not isinstance(result, PredictionTable):
        return
    widgets.answer(result.summary(language()))
    left, right = st.columns(2)
    with left.container(border=True):
        st.markdown(f"**{t('page_train.calibration')}**")
        widgets.chart(result, key="train-calibration")
        st.caption(t("page_train.calibration_about"))
    with right:
        widgets.table(_figures(result), key="train-predictions")
        for note in result.notes:
            st.caption(plain(say(note)))


def variants(models: list[Thing], data: Dataset) -> None:
    """Smaller variants of a model: made here, then rows of the leaderboard like any model."""
    st.caption(t("page_train.variants_about"))
    thing = _pick([one for one in models if not one.meta.get("variant")])
    forms = st.pills(
        t("page_train.forms"),
        FORMS,
        selection_mode="multi",
        default=None if "train-forms" in st.session_state else FORMS,
        format_func=lambda form: t(f"recsys.variant_{form}"),
        key="train-forms",
        persist_state="session",
    )
    _button(Variant.name, {"model": thing.name, "forms": list(forms)}, ready=bool(forms))
    result = _latest(Variant.name, thing, model=thing.name)
    if not isinstance(result, VariantTable):
        return
    widgets.answer(result.summary(language()))
    widgets.table(_sizes(result), key="train-variants")
    for note in result.notes:
        st.caption(plain(say(note)))


def export(models: list[Thing], data: Dataset) -> None:
    """A model's training run for TensorBoard, or as an offline run of Weights & Biases."""
    st.caption(t("page_train.export_about"))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        thing = _pick([one for one in models if one.run and not one.meta.get("variant")])
        form = st.segmented_control(
            t("page_train.export_form"),
            EXPORTS,
            default=EXPORTS[0],
            format_func=lambda name: t(f"page_train.export_{name}"),
            key="train-export-form",
            required=True,
        )
    params = {"run": str(thing.run), "form": str(form)}
    _button(Export.name, params)
    result = _latest(Export.name, thing, **params)
    if not isinstance(result, Exported) or not Path(result.folder).is_dir():
        return
    st.markdown(f":material/check_circle: {plain(result.sentence(language()))}")
    st.code(result.command, language="bash")
    name = f"{thing.name}-{form}.zip"
    widgets.downloads(
        [(name, lambda: _zipped(Path(result.folder)), "application/zip")], key="train"
    )


def _pick(models: list[Thing]) -> Thing:
    return st.selectbox(
        t("page_train.model"), models, format_func=model_name, key="train-one", width=360
    )


def _button(task: str, params: Mapping[str, Any], *, ready: bool = True) -> None:
    press.button(
        t(f"page_train.start_{task}"),
        key=f"train-{task}",
        icon=":material/play_arrow:",
        type="primary",
        disabled=not ready,
        act=begin,
        args=(task, [dict(params)]),
    )


def _latest(task: str, thing: Thing, **params: str) -> Result | None:
    """The newest result of a task with these parameters, made since the model was."""
    for run in workspace().register.runs(task, limit=_RECENT):
        same = all(run.params.get(name) == value for name, value in params.items())
        if same and run.status == "done" and run.created > thing.created:
            try:
                return load_result(workspace(), run.id)
            except CausalRecError:
                continue
    return None


def _figures(result: PredictionTable) -> pd.DataFrame:
    rows = result.table.to_dict("records")
    value, ends = "{:.4f} ({:.4f}–{:.4f})", ("value", "low", "high")
    changes = ("difference", "difference_low", "difference_high")
    return pd.DataFrame(
        {
            t("page_train.metric"): [say(PREDICTION_METRICS[row["metric"]].word()) for row in rows],
            t("page_train.with_model"): [value.format(*(row[n] for n in ends)) for row in rows],
            t("page_train.means_alone"): [f"{row['baseline']:.4f}" for row in rows],
            t("page_train.change"): [
                "{:+.4f} ({:+.4f} – {:+.4f})".format(*(row[n] for n in changes)) for row in rows
            ],
        }
    )


def _sizes(result: VariantTable) -> pd.DataFrame:
    rows = result.table.to_dict("records")
    value = "{:.4f} ({:.4f}–{:.4f})"
    change = "{:+.4f} ({:+.4f} – {:+.4f})"
    changes = ("change", "change_low", "change_high")
    return pd.DataFrame(
        {
            t("page_train.model"): [t(f"recsys.variant_{row['form']}") for row in rows],
            f"NDCG @{rows[0]['k']}": [
                value.format(row["value"], row["low"], row["high"]) for row in rows
            ],
            t("page_train.change"): [change.format(*(row[n] for n in changes)) for row in rows],
            t("page_train.cost_disk_mb"): [round(row["size_mb"], 3) for row in rows],
            t("page_train.share"): [f"{row['size_share']:.0%}" for row in rows],
            t("page_train.speed"): [f"{row['users_per_second']:,.0f}" for row in rows],
        }
    )


def _zipped(folder: Path) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(folder))
    return out.getvalue()
