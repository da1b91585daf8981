"""GCN: layers with weights along the graph of users and items, from ids and attributes."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from scipy import sparse

from causalrec.core.params import Params
from causalrec.recsys.arrays.array_needs import Need, need
from causalrec.recsys.arrays.propagation import Graph, adjacency
from causalrec.recsys.learning.training_loop import FitJob
from causalrec.recsys.recommenders.graph_base import GraphNetwork, NetworkLearner, NetworkParams

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["GCN"]


class GCNParams(NetworkParams):
    """What GCN can be told."""


class GCN(GraphNetwork):
    """Layers σ(P H W), P = D^-½ (A + I) D^-½ (Kipf and Welling, 2017).

    The input is an id's vector plus a linear map of the node's attributes; the mean over input
    and layers is scored. A part of the ids is left out at each step, so that an item that
    nobody took, and a user who comes later, still have a place.
    """

    name: ClassVar[str] = "gcn"
    family: ClassVar[str] = "graph"
    source: ClassVar[str] = "Kipf and Welling, 2017"
    Params: ClassVar[type[Params]] = GCNParams
    params: GCNParams

    def _learner(self, job: FitJob, params: NetworkParams, loss: str) -> NetworkLearner:
        return _Learner(job, params, loss)

    def _needs(self) -> dict[str, Need]:
        d, layers = self.params.factors, self.params.layers
        inner = {"passed": need(layers, self.n_items, d), "maps": need(layers, d, d)}
        return super()._needs() | inner

    def _walk(self, number: int, taste: np.ndarray, history: sparse.csr_matrix) -> np.ndarray:
        degree = history.getnnz(axis=1)[:, None].astype(np.float32) + 1.0
        met = (history @ self._arrays["passed"][number]) / np.sqrt(degree) + taste / degree
        return np.asarray(met @ self._arrays["maps"][number])


class _Learner(NetworkLearner):
    def __init__(self, job: FitJob, params: NetworkParams, loss: str) -> None:
        import torch

        # Layers start as plain averages, which is already a fair model.
        start = torch.eye(params.factors, device=job.device)
        maps = {f"map{n}": torch.nn.Parameter(start.clone()) for n in range(params.layers)}
        super().__init__(job, params, loss, maps)
        self.maps: list[Tensor] = list(maps.values())
        self.graph = Graph(adjacency(job.matrix, loops=True), job.device)
        degree = job.matrix.getnnz(axis=0).astype(np.float32) + 1.0
        self.root = torch.from_numpy(np.sqrt(degree)).to(job.device)[:, None]

    def layer(self, number: int, vectors: Tensor) -> Tensor:
        """P H W."""
        return self.graph.times(vectors) @ self.maps[number]

    def passed_on(self, levels: list[Tensor]) -> dict[str, Tensor]:
        """What an item passes on to a user who took it, and the layers' weights."""
        import torch

        passed = [vectors[self.users_n :] / self.root for vectors in levels]
        return {"passed": torch.stack(passed), "maps": torch.stack(self.maps)}
