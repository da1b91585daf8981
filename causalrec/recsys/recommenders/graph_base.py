"""What graph networks share: nodes with attributes, layers along the edges, unseen users.

A user's vector only depends on the user's own input and on the items of the history, so that
whoever has a history is scored by walking the layers once more, in numpy, with the items as
they were learnt.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from scipy import sparse

from causalrec.core.machine.device import require_memory
from causalrec.core.params import Params, param
from causalrec.core.words import Text
from causalrec.recsys.arrays.array_needs import Need, need
from causalrec.recsys.learning.learner import as_arrays
from causalrec.recsys.learning.training_loop import FitJob, train_epochs
from causalrec.recsys.model.recommender import Recommender
from causalrec.recsys.networks.graph_learner import GraphLearner
from causalrec.recsys.networks.graph_nodes import NodeInput
from causalrec.recsys.networks.ranking_params import (
    RankingParams,
    chosen_loss,
    loss_bytes,
    settled,
)

if TYPE_CHECKING:
    from torch import Tensor, nn

__all__ = ["GraphNetwork", "NetworkLearner", "NetworkParams", "bent"]

_SLOPE = 0.2


class NetworkParams(RankingParams):
    """What graph networks can be told."""

    layers: int = param(2, help="recsys.help_layers", ge=1, le=8)
    learning_rate: float = param(0.01, help="recsys.help_learning_rate", ge=1e-5, le=1.0)
    id_dropout: float = param(0.1, help="recsys.help_id_dropout", ge=0.0, le=0.9)


def bent(vectors: np.ndarray) -> np.ndarray:
    """Leaky rectifier: x where it is positive, else x / 5."""
    return np.asarray(np.where(vectors > 0, vectors, _SLOPE * vectors))


class NetworkLearner(GraphLearner):
    """Layers after layers from the nodes' input; the mean of input and layers is scored.

    Args:
        job, params: of the model.
        loss: see `GraphLearner`.
        weights: parameters of the layers by name.
    """

    def __init__(
        self, job: FitJob, params: NetworkParams, loss: str, weights: dict[str, nn.Parameter]
    ) -> None:
        import torch

        self.nodes = NodeInput(job, params.factors, type(self).__module__)
        module = torch.nn.ParameterDict({**self.nodes.parameters, **weights})
        users = job.matrix.shape[0]
        # What nobody took and its attributes describe is no evidence against the attributes.
        super().__init__(job, module, params, loss, rivals=self.nodes.own[users:])
        self.network, self.users_n = params, users

    @abstractmethod
    def layer(self, number: int, vectors: Tensor) -> Tensor:
        """The next layer's vectors (n_nodes, d), before the rectifier."""

    @abstractmethod
    def passed_on(self, levels: list[Tensor]) -> dict[str, Tensor]:
        """What scoring needs of the layers, given what went into each, (n_nodes, d) each."""

    def levels(self) -> list[Tensor]:
        """Input (n_nodes, d) and each layer's answer."""
        import torch

        nodes = self.nodes
        keep = None
        if self.module.training and self.network.id_dropout:
            shape = (len(nodes.parameters["ids"]), 1)
            drawn = torch.rand(shape, generator=self.random, device=self.job.device)
            keep = (drawn >= self.network.id_dropout).float()
        levels = [nodes(keep)]
        for number in range(self.network.layers):
            answer = self.layer(number, levels[-1])
            last = number == self.network.layers - 1
            levels.append(answer if last else torch.nn.functional.leaky_relu(answer, _SLOPE))
        return levels

    def embedded(self) -> tuple[Tensor, Tensor]:
        """Vectors of users (n, d) and items (m, d)."""
        levels = self.levels()
        mean = sum(levels[1:], start=levels[0]) / len(levels)
        return mean[: self.users_n], mean[self.users_n :]

    def weights(self) -> dict[str, np.ndarray]:
        """Users' own input, items as scored, and what the layers pass on."""
        import torch

        with torch.no_grad():
            levels = self.levels()
            arrays = self.passed_on(levels[:-1])
            arrays |= {"own": levels[0][: self.users_n], "items": self.vectors()[1]}
        return as_arrays(arrays)


class GraphNetwork(Recommender):
    """A graph network; a family says how to learn it and how to walk a layer for given users."""

    Params: ClassVar[type[Params]] = NetworkParams
    takes_attributes: ClassVar[bool] = True
    uses_device: ClassVar[bool] = True
    params: NetworkParams

    @abstractmethod
    def _learner(self, job: FitJob, params: NetworkParams, loss: str) -> NetworkLearner:
        """Its learner, with parameters that nothing is left open of."""

    @abstractmethod
    def _walk(self, number: int, taste: np.ndarray, history: sparse.csr_matrix) -> np.ndarray:
        """The next layer of users (n, d) with histories of ones, before the rectifier."""

    def _edge_bytes(self) -> float:
        """Memory an edge takes while learning, beside the graph itself, bytes."""
        return 0.0

    def _fit(self, job: FitJob) -> dict[str, np.ndarray]:
        users, items = job.matrix.shape
        params = settled(job, self.params)
        loss = chosen_loss(job, params.loss)
        nodes = 4.0 * (users + items) * self.params.factors
        edges = 2.0 * job.matrix.nnz + users + items
        needed = nodes * (6 + 4 * self.params.layers) + edges * (20.0 + self._edge_bytes())
        needed += loss_bytes(job, params, loss)
        require_memory(needed, Text("recsys.work_factors", users=users, items=items))
        learner = self._learner(job, params, loss)
        return train_epochs(job, learner, params.epochs, params.patience)

    def _item_vectors(self) -> np.ndarray:
        return np.asarray(self._arrays["items"])

    def _needs(self) -> dict[str, Need]:
        d = self.params.factors
        return {"own": need(self.n_users, d), "items": need(self.n_items, d)}

    def _score(self, users: np.ndarray, history: sparse.csr_matrix) -> np.ndarray:
        taste = self._arrays["own"][users.clip(0)] * (users >= 0)[:, None].astype(np.float32)
        binary = sparse.csr_matrix(history, dtype=np.float32, copy=True)
        binary.data[:] = 1.0
        total = taste.copy()
        for number in range(self.params.layers):
            taste = self._walk(number, taste, binary)
            if number < self.params.layers - 1:
                taste = bent(taste)
            total += taste
        mean = total / (self.params.layers + 1)
        if self.params.loss != "bpr":
            length = np.maximum(np.linalg.norm(mean, axis=1, keepdims=True), 1e-8)
            mean = mean / length
        return np.asarray(mean.astype(np.float32) @ self._arrays["items"].T)
