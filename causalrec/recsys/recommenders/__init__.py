"""Recommenders: one file a model, one catalogue line a model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from causalrec.core.catalogue import Catalogue

if TYPE_CHECKING:
    from causalrec.recsys.model.recommender import Recommender

__all__ = ["RECOMMENDERS", "STUDENTS", "families"]

RECOMMENDERS: Catalogue[type[Recommender]] = Catalogue(
    "recommender",
    {
        "popularity": "causalrec.recsys.recommenders.popularity:Popularity",
        "random": "causalrec.recsys.recommenders.random:Random",
        "item-knn": "causalrec.recsys.recommenders.item_knn:ItemKNN",
        "user-knn": "causalrec.recsys.recommenders.user_knn:UserKNN",
        "ease": "causalrec.recsys.recommenders.ease:EASE",
        "slim": "causalrec.recsys.recommenders.slim:SLIM",
        "ials": "causalrec.recsys.recommenders.ials:IALS",
        "bpr": "causalrec.recsys.recommenders.bpr:BPR",
        "ncf": "causalrec.recsys.recommenders.ncf:NCF",
        "multvae": "causalrec.recsys.recommenders.multvae:MultVAE",
        "lightgcn": "causalrec.recsys.recommenders.lightgcn:LightGCN",
        "gcn": "causalrec.recsys.recommenders.gcn:GCN",
        "gat": "causalrec.recsys.recommenders.gat:GAT",
        "sasrec": "causalrec.recsys.recommenders.sasrec:SASRec",
        "content": "causalrec.recsys.recommenders.content:Content",
        "joint": "causalrec.recsys.recommenders.joint:Joint",
        "hybrid": "causalrec.recsys.recommenders.hybrid:Hybrid",
    },
    default="ease",
)

STUDENTS: Catalogue[Any] = Catalogue(
    "model", {"distilled": "causalrec.recsys.recommenders.distilled:Distilled"}
)
"""Models that learn from another model, not from a log alone."""


def families() -> dict[str, tuple[str, ...]]:
    """The recommenders of each family; families as the shelf meets them."""
    names = dict.fromkeys(kind.family for kind in RECOMMENDERS.values())
    return {family: RECOMMENDERS.where(family=family) for family in names}
