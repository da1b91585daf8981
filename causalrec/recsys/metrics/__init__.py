"""Metrics of lists: one file a family, one catalogue line a metric."""

from causalrec.core.catalogue import Catalogue

__all__ = ["ALL_METRICS", "CATALOGUE_METRICS", "USER_METRICS"]

#: Every metric of a `MetricTable`, in the order of its rows.
ALL_METRICS = ("recall", "ndcg", "mrr", "hit_rate", "novelty", "coverage", "gini")

#: One value a user: ``f(lists, targets) -> (n,)``.
USER_METRICS = Catalogue(
    "metric",
    {
        "recall": "causalrec.recsys.metrics.ranking:recall_of_lists",
        "ndcg": "causalrec.recsys.metrics.ranking:ndcg_of_lists",
        "mrr": "causalrec.recsys.metrics.ranking:mrr_of_lists",
        "hit_rate": "causalrec.recsys.metrics.ranking:hit_of_lists",
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
