"""Saved models: what lies in their folders, and what is noted of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from causalrec.core.errors import StorageError
from causalrec.data.splits.split import Split
from causalrec.recsys.evaluation.metric_table import MetricTable
from causalrec.workspace import Ref, Thing, Workspace

if TYPE_CHECKING:
    from causalrec.recsys.model.recommender import Recommender

__all__ = ["EVALUATION", "evaluation_of", "keep_model", "knowing"]

#: File in a saved model's folder that holds its `MetricTable` on test.
EVALUATION = "evaluation.json"


def evaluation_of(folder: Path) -> MetricTable:
    """The figures that the model saved in a folder was measured with.

    Raises:
        StorageError: they are missing or damaged.
    """
    try:
        text = (folder / EVALUATION).read_text(encoding="utf-8")
        return MetricTable.model_validate_json(text)
    except (OSError, ValueError) as error:
        raise StorageError(
            "train.no_evaluation", hint="train.no_evaluation_hint", folder=str(folder)
        ) from error


def knowing(model: Recommender, split: Split) -> Recommender:
    """The model with train and validation as the known history of its users."""
    if split.valid is None:
        return model
    from causalrec.recsys.model.later_log import knowing_later

    return knowing_later(model, split.valid)


def keep_model(
    workspace: Workspace,
    name: str,
    model: Recommender,
    measured: MetricTable,
    *,
    made_from: Sequence[Ref],
    meta: Mapping[str, Any],
) -> Thing:
    """Save a model with its figures; its document says the data, the split and the metrics too."""
    figures = measured.table[["metric", "k", "value", "low", "high", "n"]]
    model.facts = {
        **model.facts,
        "made_from": [str(ref) for ref in made_from],
        "split": {"protocol": measured.protocol, "fingerprint": measured.split},
        "metrics": figures.to_dict("records"),
    }

    def write(folder: Path) -> None:
        model.save(folder)
        (folder / EVALUATION).write_text(measured.model_dump_json(), encoding="utf-8")

    return workspace.save("model", name, write, made_from=made_from, meta=dict(meta))
