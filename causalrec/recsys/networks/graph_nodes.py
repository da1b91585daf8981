"""Users and items as nodes: an id's own vector plus a linear map of attributes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from causalrec.core.seeds import generator
from causalrec.recsys.arrays.propagation import Sparse
from causalrec.recsys.interactions.attributes import attribute_matrix
from causalrec.recsys.learning.training_loop import FitJob

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["NodeInput", "node_features"]


def node_features(job: FitJob) -> sparse.csr_matrix:
    """Attributes of users, then items, float32 csr (n_users + n_items, f), rows of sum 1 or 0."""
    users, items = job.matrix.shape
    tables = (None, None) if job.data is None else (job.data.users, job.data.items)
    sizes = (users, items)
    matrices = [attribute_matrix(table, n).matrix for table, n in zip(tables, sizes, strict=True)]
    both = sparse.csr_matrix(sparse.block_diag(matrices, format="csr"), dtype=np.float32)
    count = np.maximum(both.getnnz(axis=1), 1).astype(np.float32)
    both.data /= np.repeat(count, both.getnnz(axis=1))
    return both


class NodeInput:
    """What a graph network starts from, (n_nodes, d).

    Args:
        job: what is learnt from.
        size: d.
        stream: name of the random stream of the start.
    """

    def __init__(self, job: FitJob, size: int, stream: str) -> None:
        import torch

        features, matrix = node_features(job), job.matrix
        met = np.concatenate([matrix.getnnz(axis=1), matrix.getnnz(axis=0)]) > 0
        #: Nodes with an id's vector: who was met, and who has nothing else to go by.
        self.own = met | (features.getnnz(axis=1) == 0)
        self.mask = torch.from_numpy(self.own.astype(np.float32)).to(job.device)[:, None]
        self.features = Sparse(features, job.device) if features.shape[1] else None
        rng = generator(job.seed, stream, "nodes")

        def drawn(n: int) -> Tensor:
            numbers = rng.standard_normal((n, size), dtype=np.float32) * np.float32(0.1)
            return torch.from_numpy(numbers).to(job.device)

        self.parameters = {"ids": torch.nn.Parameter(drawn(features.shape[0]))}
        if self.features is not None:
            self.parameters["features"] = torch.nn.Parameter(drawn(features.shape[1]))

    def __call__(self, keep: Tensor | None = None) -> Tensor:
        """Vectors (n_nodes, d); ``keep`` (n_nodes, 1) is 0 for ids that are left out."""
        ids = self.parameters["ids"]
        vectors = ids * (self.mask if keep is None else self.mask * keep)
        if self.features is None:
            return vectors
        return vectors + self.features.times(self.parameters["features"])
