"""Recommenders: one file a model, one catalogue line a model."""

from causalrec.core.catalogue import Catalogue

__all__ = ["RECOMMENDERS"]

RECOMMENDERS = Catalogue(
    "recommender",
    {
        "popularity": "causalrec.recsys.recommenders.popularity:Popularity",
        "ease": "causalrec.recsys.recommenders.ease:EASE",
    },
)
