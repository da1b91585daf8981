"""Recommenders: one file a model, one catalogue line a model."""

from causalrec.core.catalogue import Catalogue

__all__ = ["RECOMMENDERS"]

RECOMMENDERS = Catalogue(
    "recommender",
    {
        "popularity": "causalrec.recsys.recommenders.popularity:Popularity",
        "item-knn": "causalrec.recsys.recommenders.item_knn:ItemKNN",
        "ease": "causalrec.recsys.recommenders.ease:EASE",
        "ials": "causalrec.recsys.recommenders.ials:IALS",
        "bpr": "causalrec.recsys.recommenders.bpr:BPR",
    },
)
