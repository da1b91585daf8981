"""LightGCN: tastes averaged along the graph of users and items."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from scipy import sparse

from causalrec.core.machine.device import require_memory
from causalrec.core.params import Params, param
from causalrec.core.seeds import generator
from causalrec.core.words import Text
from causalrec.recsys.arrays.array_needs import Need, need
from causalrec.recsys.arrays.propagation import Graph, adjacency
from causalrec.recsys.learning.learner import as_arrays
from causalrec.recsys.learning.training_loop import FitJob, train_epochs
from causalrec.recsys.model.recommender import Recommender
from causalrec.recsys.networks.graph_learner import GraphLearner
from causalrec.recsys.networks.ranking_params import (
    RankingParams,
    chosen_loss,
    loss_bytes,
    settled,
)

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["LightGCN"]

_START = 0.1


class LightGCNParams(RankingParams):
    """What LightGCN can be told."""

    layers: int = param(2, help="recsys.help_layers", ge=1, le=8)


class LightGCN(Recommender):
    """Vectors are the mean of a table's rows and their averages over 1, 2, … steps of the graph.

    He et al. (2020), by default with a softmax over the cosines in place of BPR. Batch, decay
    and temperature of 0 are chosen by the log's size (`graph_learner.steps_for`). A user is
    scored by the row learnt and the averages over the history given, so that a user who was
    never met needs no training.
    """

    name: ClassVar[str] = "lightgcn"
    family: ClassVar[str] = "graph"
    source: ClassVar[str] = "He et al., 2020"
    Params: ClassVar[type[Params]] = LightGCNParams
    suits: ClassVar[str] = "sparse"
    uses_device: ClassVar[bool] = True
    params: LightGCNParams

    def _fit(self, job: FitJob) -> dict[str, np.ndarray]:
        users, items = job.matrix.shape
        nodes, size = users + items, self.params.factors
        params = settled(job, self.params)
        loss = chosen_loss(job, params.loss)
        # Table, slope, two moments, the best epoch, two layers; the edges both ways.
        needed = 4.0 * nodes * size * 8 + 40.0 * job.matrix.nnz
        needed += loss_bytes(job, params, loss)
        require_memory(needed, Text("recsys.work_factors", users=users, items=items))
        learner = _Learner(job, params, loss)
        return train_epochs(job, learner, params.epochs, params.patience)

    def _item_vectors(self) -> np.ndarray:
        return np.asarray(self._arrays["items"])

    def _needs(self) -> dict[str, Need]:
        return {
            "own": need(self.n_users, "factors"),
            "spread": need(self.n_items, "factors"),
            "items": need(self.n_items, "factors"),
        }

    def _score(self, users: np.ndarray, history: sparse.csr_matrix) -> np.ndarray:
        own = self._arrays["own"][users.clip(0)] * (users >= 0)[:, None]
        binary = sparse.csr_matrix(history, copy=True)
        binary.data[:] = 1.0
        root = np.sqrt(np.maximum(history.getnnz(axis=1), 1))[:, None]
        taste = own + (binary @ self._arrays["spread"]) / root
        if self.params.loss != "bpr":
            length = np.maximum(np.linalg.norm(taste, axis=1, keepdims=True), 1e-8)
            taste = taste / length
        return np.asarray(taste.astype(np.float32) @ self._arrays["items"].T)


class _Learner(GraphLearner):
    def __init__(self, job: FitJob, params: LightGCNParams, loss: str) -> None:
        import torch

        users, items = job.matrix.shape
        shape = (users + items, params.factors)
        drawn = generator(job.seed, "lightgcn").standard_normal(shape, dtype=np.float32)
        start = torch.from_numpy(drawn * np.float32(_START)).to(job.device)
        self.rows = torch.nn.Parameter(start)
        super().__init__(job, torch.nn.ParameterDict({"rows": self.rows}), params, loss)
        self.graph, self.users_n = Graph(adjacency(job.matrix), job.device), users
        degree = np.maximum(job.matrix.getnnz(axis=0), 1)
        self.root = torch.from_numpy(np.sqrt(degree).astype(np.float32)).to(job.device)

    def embedded(self) -> tuple[Tensor, Tensor]:
        """Vectors of users (n, d) and items (m, d)."""
        vectors = self.graph.mean_of_layers(self.rows, self.params.layers)
        return vectors[: self.users_n], vectors[self.users_n :]

    def weights(self) -> dict[str, np.ndarray]:
        """Users' own rows, what an item passes on to a user who took it, items as scored.

        A user's vector is own + Σ of what the history passes on / √(its length).
        """
        import torch

        layers = self.params.layers
        with torch.no_grad():
            below = self.graph.mean_of_layers(self.rows, max(layers - 1, 0)) * layers
            passed = below[self.users_n :] / (self.root[:, None] * (layers + 1))
            arrays = {
                "own": self.rows[: self.users_n] / (layers + 1),
                "spread": passed,
                "items": self.vectors()[1],
            }
        return as_arrays(arrays)
