"""How well a saved model predicts an outcome of held-out rows, beside users' and items' means."""

from __future__ import annotations

from typing import ClassVar

from causalrec.core.params import Params, param
from causalrec.core.progress import OnProgress, silent
from causalrec.core.results.result import Result
from causalrec.core.words import Text
from causalrec.recsys.evaluation.prediction_table import PredictionTable, evaluate_predictions
from causalrec.runs.record.task import Task
from causalrec.tasks.recsys.model_splits import data_of_model, split_of_model
from causalrec.workspace import Workspace

__all__ = ["Predict", "PredictParams"]


class PredictParams(Params):
    """Which model."""

    model: str = param(help="variant.help_model")


class Predict(Task[PredictParams, PredictionTable]):
    """Calibrate a saved model on the validation part and judge its predictions on the test part.

    The split is made anew from the version of the dataset that the model learnt from.
    """

    name: ClassVar[str] = "predict"
    page: ClassVar[str] = "train"
    telling: ClassVar[tuple[str, ...]] = ("model",)
    icon: ClassVar[str] = ":material/percent:"
    Params: ClassVar[type[Params]] = PredictParams
    Result: ClassVar[type[Result]] = PredictionTable
    heavy: ClassVar[bool] = True

    def run(self, workspace: Workspace, on_progress: OnProgress = silent) -> PredictionTable:
        from causalrec.recsys.recommenders.opening import load_recommender

        on_progress(0.05, Text("variant.reading"))
        thing = workspace.thing("model", self.params.model)
        data, asked = data_of_model(workspace, thing)
        split = split_of_model(workspace, thing, data)
        model = load_recommender(thing.folder).with_history(split.train)
        on_progress(0.3, Text("recsys.calibrating"))
        calibrated = model.with_calibration(split.train, split.valid)
        on_progress(0.6, Text("recsys.predicting"))
        return evaluate_predictions(calibrated, split, seed=asked.seed)
