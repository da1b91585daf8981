"""Metrics of lists and of predictions: a folder a family, one file and one line a metric."""

from typing import Any

from causalrec.core.catalogue import Catalogue

__all__ = ["METRICS", "PREDICTION_METRICS", "foremost"]

_ACCURACY = "causalrec.recsys.metrics.accuracy"
_BEYOND = "causalrec.recsys.metrics.beyond_accuracy"
_SPREAD = "causalrec.recsys.metrics.spread"
_PREDICTIONS = "causalrec.recsys.metrics.predictions"

#: Of lists, in the order of a `MetricTable`'s rows; of several kinds, each measured in its own way.
METRICS: Catalogue[Any] = Catalogue(
    "metric",
    {
        "precision": f"{_ACCURACY}.precision:Precision",
        "recall": f"{_ACCURACY}.recall:Recall",
        "f1": f"{_ACCURACY}.f1:F1",
        "accuracy": f"{_ACCURACY}.accuracy:Accuracy",
        "ndcg": f"{_ACCURACY}.ndcg:NDCG",
        "mrr": f"{_ACCURACY}.mrr:ReciprocalRank",
        "map": f"{_ACCURACY}.map:AveragePrecision",
        "hit_rate": f"{_ACCURACY}.hit_rate:HitRate",
        "novelty": f"{_BEYOND}.novelty:Novelty",
        "popularity_lift": f"{_BEYOND}.popularity_lift:PopularityLift",
        "long_tail": f"{_BEYOND}.long_tail:LongTail",
        "coverage": f"{_SPREAD}.coverage:Coverage",
        "gini": f"{_SPREAD}.gini:Gini",
        "auc": f"{_ACCURACY}.auc:AUC",
        "diversity": f"{_BEYOND}.diversity:Diversity",
        "miscalibration": f"{_BEYOND}.miscalibration:Miscalibration",
        "debiased_recall": f"{_ACCURACY}.debiased_recall:DebiasedRecall",
    },
    default="ndcg",
)

#: Of predicted outcomes, in the order of a `PredictionTable`'s rows; the first of a kind leads.
PREDICTION_METRICS: Catalogue[Any] = Catalogue(
    "metric",
    {
        "rmse": f"{_PREDICTIONS}.rmse:RMSE",
        "mae": f"{_PREDICTIONS}.mae:MAE",
        "log_loss": f"{_PREDICTIONS}.log_loss:LogLoss",
        "auc": f"{_PREDICTIONS}.auc:PredictedAUC",
        "accuracy": f"{_PREDICTIONS}.accuracy:PredictedAccuracy",
        "ece": f"{_PREDICTIONS}.ece:CalibrationError",
    },
)


def foremost(**facts: object) -> tuple[str, ...]:
    """Names of the metrics that declare these facts, those that people ask for first ahead."""
    return tuple(sorted(METRICS.where(**facts), key=lambda name: METRICS[name].place))
