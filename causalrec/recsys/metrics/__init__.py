"""Metrics of lists: one file a family, one catalogue line a metric."""

from causalrec.core.catalogue import Catalogue

__all__ = [
    "ALL_METRICS",
    "CATALOGUE_METRICS",
    "LISTED_METRICS",
    "OPTIONAL_METRICS",
    "USER_METRICS",
    "WHOLE",
]

#: How well lists find what was held out, one value a user: ``f(Judged) -> (n,)``.
USER_METRICS = Catalogue(
    "metric",
    {
        "precision": "causalrec.recsys.metrics.ranking:precision",
        "recall": "causalrec.recsys.metrics.ranking:recall",
        "f1": "causalrec.recsys.metrics.ranking:f1",
        "accuracy": "causalrec.recsys.metrics.ranking:accuracy",
        "ndcg": "causalrec.recsys.metrics.ranking:ndcg",
        "mrr": "causalrec.recsys.metrics.ranking:reciprocal_rank",
        "map": "causalrec.recsys.metrics.ranking:average_precision",
        "hit_rate": "causalrec.recsys.metrics.ranking:hit_rate",
    },
)

#: What lists hold, one value a user: ``f(lists, Shelf) -> (n,)``, None where it is not known.
LISTED_METRICS = Catalogue(
    "metric",
    {
        "novelty": "causalrec.recsys.metrics.listed:novelty",
        "popularity_lift": "causalrec.recsys.metrics.listed:popularity_lift",
        "long_tail": "causalrec.recsys.metrics.listed:long_tail",
        "diversity": "causalrec.recsys.metrics.listed:diversity",
        "miscalibration": "causalrec.recsys.metrics.listed:miscalibration",
    },
)

#: One value a set of lists: ``f(counts of how often each item is listed) -> number``.
CATALOGUE_METRICS = Catalogue(
    "metric",
    {
        "coverage": "causalrec.recsys.metrics.catalogue:coverage_of_counts",
        "gini": "causalrec.recsys.metrics.catalogue:gini_of_counts",
    },
)

#: Metrics of the whole ranking: their rows have no list length (k is NaN).
WHOLE = ("auc",)

#: Every metric of each `MetricTable`, in the order of its rows.
ALL_METRICS = (
    *USER_METRICS,
    *("novelty", "popularity_lift", "long_tail"),
    *CATALOGUE_METRICS,
)

#: Metrics that need more: a model's scores, attributes or categories of items, propensities.
OPTIONAL_METRICS = ("auc", "diversity", "miscalibration", "debiased_recall")
