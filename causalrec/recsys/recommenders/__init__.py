"""Recommenders: one file a model, one catalogue line a model."""

from causalrec.core.catalogue import Catalogue

__all__ = ["RECOMMENDERS", "STUDENTS"]

RECOMMENDERS = Catalogue(
    "recommender",
    {
        "popularity": "causalrec.recsys.recommenders.popularity:Popularity",
        "random": "causalrec.recsys.recommenders.random:Random",
        "user-knn": "causalrec.recsys.recommenders.user_knn:UserKNN",
        "item-knn": "causalrec.recsys.recommenders.item_knn:ItemKNN",
        "ease": "causalrec.recsys.recommenders.ease:EASE",
        "slim": "causalrec.recsys.recommenders.slim:SLIM",
        "ials": "causalrec.recsys.recommenders.ials:IALS",
        "bpr": "causalrec.recsys.recommenders.bpr:BPR",
        "ncf": "causalrec.recsys.recommenders.ncf:NCF",
        "lightgcn": "causalrec.recsys.recommenders.lightgcn:LightGCN",
        "gcn": "causalrec.recsys.recommenders.gcn:GCN",
        "gat": "causalrec.recsys.recommenders.gat:GAT",
        "multvae": "causalrec.recsys.recommenders.multvae:MultVAE",
        "sasrec": "causalrec.recsys.recommenders.sasrec:SASRec",
        "hybrid": "causalrec.recsys.recommenders.hybrid:Hybrid",
        "content": "causalrec.recsys.recommenders.content:Content",
        "joint": "causalrec.recsys.recommenders.joint:Joint",
    },
)

STUDENTS = Catalogue("model", {"distilled": "causalrec.recsys.recommenders.distilled:Distilled"})
"""Models that learn from another model, not from a log alone."""
