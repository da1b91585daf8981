"""Make smaller variants of a saved model, measure them beside it, and save each as a model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import pandas as pd

from causalrec.core.errors import ParamError
from causalrec.core.params import Params, param
from causalrec.core.progress import OnProgress, silent, within
from causalrec.core.results.result import Result
from causalrec.core.words import Text
from causalrec.data.splits.split import Split
from causalrec.recsys.evaluation.metric_table import MetricTable, compare_metrics
from causalrec.recsys.metrics import METRICS
from causalrec.recsys.recommenders import STUDENTS
from causalrec.recsys.variants.variant_table import FORMS, VariantTable
from causalrec.runs.record.task import Task
from causalrec.tasks.recsys.model_splits import split_of_model
from causalrec.tasks.recsys.saved_models import evaluation_of, keep_model, knowing
from causalrec.workspace import Thing, Workspace

if TYPE_CHECKING:
    from causalrec.recsys.model.recommender import Recommender

__all__ = ["Variant", "VariantParams"]

_FILES = ("model.json", "weights.safetensors")


class VariantParams(Params):
    """Which variants of which model."""

    model: str = param(help="variant.help_model")
    forms: tuple[str, ...] = param(FORMS, help="variant.help_forms")
    keep: float | None = param(None, help="variant.help_keep", ge=0.001, le=0.999, advanced=True)
    factors: int = param(64, help="variant.help_factors", ge=1, le=1_024, advanced=True)
    seed: int = param(0, help="train.help_seed", ge=0, le=2**31 - 1)


class Variant(Task[VariantParams, VariantTable]):
    """Make variants, evaluate them on the original's own split, save each under its name and form.

    The split is made anew from the version of the dataset that the original learnt from.
    """

    name: ClassVar[str] = "variant"
    page: ClassVar[str] = "train"
    telling: ClassVar[tuple[str, ...]] = ("model",)
    icon: ClassVar[str] = ":material/compress:"
    Params: ClassVar[type[Params]] = VariantParams
    Result: ClassVar[type[Result]] = VariantTable
    heavy: ClassVar[bool] = True

    def run(self, workspace: Workspace, on_progress: OnProgress = silent) -> VariantTable:
        from causalrec.recsys.recommenders.opening import load_recommender
        from causalrec.recsys.variants.compress import make_variant

        asked = self.params
        if not asked.forms or set(asked.forms) - set(FORMS):
            raise ParamError(
                "core.bad_param",
                hint="core.bad_param_hint",
                name="forms",
                value=", ".join(asked.forms),
                why=", ".join(FORMS),
            )
        on_progress(0.01, Text("variant.reading"))
        thing = workspace.thing("model", asked.model)
        base = load_recommender(thing.folder)
        split = split_of_model(workspace, thing)
        measured = evaluation_of(thing.folder)
        rows = [_row(thing, "original", (base, base), (measured, measured))]
        for place, form in enumerate(asked.forms):
            start, end = ((place + part) / len(asked.forms) * 0.98 + 0.02 for part in (0, 1))
            span = within(on_progress, start, end)
            span(0.0, Text("variant.making", form=Text(f"recsys.variant_{form}")))
            smaller = make_variant(
                base,
                form,
                split,
                keep=asked.keep,
                factors=asked.factors,
                seed=asked.seed,
                on_progress=within(span, 0.0, 0.5),
            )
            if form not in STUDENTS:
                smaller.facts = dict(base.facts)
            smaller.facts["variant"] = {"form": form, "of": str(thing.ref)}
            one = _Smaller(thing, form, smaller, base)
            rows.append(_kept(workspace, one, split, within(span, 0.5, 1.0)))
        first = rows[0]
        for row in rows:
            row["size_share"] = row["size_mb"] / first["size_mb"]
        notes = tuple(Text(f"recsys.variant_{form}_about") for form in asked.forms)
        return VariantTable(original=thing.name, table=pd.DataFrame(rows), notes=notes)


@dataclass(frozen=True)
class _Smaller:
    """A variant: of which saved model, in which form, and both models themselves."""

    original: Thing
    form: str
    model: Recommender
    base: Recommender


def _kept(
    workspace: Workspace, variant: _Smaller, split: Split, on_progress: OnProgress
) -> dict[str, Any]:
    """Evaluate a variant, save it, and give its row."""
    from causalrec.recsys.evaluation.evaluate import evaluate

    thing, form, model = variant.original, variant.form, variant.model
    before = evaluation_of(thing.folder)
    measured = evaluate(model, split, k=before.lengths, seed=before.seed, on_progress=on_progress)
    meta = {**thing.meta, "model": model.name, "variant": form, "original": thing.name}
    if form in STUDENTS:
        meta["params"] = model.params.model_dump(mode="json")
        model = knowing(model, split)
    name = f"{thing.name}-{form}"
    saved = keep_model(workspace, name, model, measured, made_from=[thing.ref], meta=meta)
    return _row(saved, form, (model, variant.base), (before, measured))


def _row(
    thing: Thing,
    form: str,
    models: tuple[Recommender, Recommender],
    tables: tuple[MetricTable, MetricTable],
) -> dict[str, Any]:
    """A row of the table: a model beside the original, the figures of the original and its own."""
    from causalrec.recsys.variants.compress import users_per_second

    before, after = tables
    speed, base_speed = users_per_second(*models)
    row = after.row()
    change = {"value": 0.0, "low": 0.0, "high": 0.0}
    if form != "original":
        table = compare_metrics(before, after).table
        same = table[(table["metric"] == METRICS.default) & (table["k"] == row["k"])].iloc[0]
        change = {name: float(same[name]) for name in change}
    return {
        "name": thing.name,
        "form": form,
        "size_mb": sum((thing.folder / file).stat().st_size for file in _FILES) / 1e6,
        "users_per_second": speed,
        "speed_ratio": 1.0 if form == "original" else speed / base_speed,
        "k": int(row["k"]),
        **{name: float(row[name]) for name in ("value", "low", "high")},
        "n": int(row["n"]),
        "change": change["value"],
        "change_low": change["low"],
        "change_high": change["high"],
    }
