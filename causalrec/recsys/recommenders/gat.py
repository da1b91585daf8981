"""GAT: each user and item chooses which neighbours to listen to, from ids and attributes."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from scipy import sparse

from causalrec.core.errors import ParamError
from causalrec.core.params import Params, param
from causalrec.core.seeds import generator
from causalrec.recsys.arrays.array_needs import Need, need
from causalrec.recsys.arrays.propagation import adjacency
from causalrec.recsys.learning.training_loop import FitJob
from causalrec.recsys.networks.attention import Edges
from causalrec.recsys.recommenders.graph_base import (
    GraphNetwork,
    NetworkLearner,
    NetworkParams,
    bent,
)

if TYPE_CHECKING:
    from torch import Tensor, nn

__all__ = ["GAT"]


class GATParams(NetworkParams):
    """What GAT can be told."""

    heads: int = param(4, help="recsys.help_heads", ge=1, le=16)


class GAT(GraphNetwork):
    """Layers σ(Σ share(u, v) W h_v), several heads side by side (Velickovic et al., 2018).

    The input is an id's vector plus a linear map of the node's attributes; the mean over input
    and layers is scored. Learning keeps 4 bytes an edge, head and layer, and
    as much again on the way back.
    """

    name: ClassVar[str] = "gat"
    family: ClassVar[str] = "graph"
    source: ClassVar[str] = "Velickovic et al., 2018"
    Params: ClassVar[type[Params]] = GATParams
    params: GATParams

    def _edge_bytes(self) -> float:
        return 8.0 * self.params.heads * (self.params.layers + 1) + 48.0

    def _learner(self, job: FitJob, params: NetworkParams, loss: str) -> NetworkLearner:
        if self.params.factors % self.params.heads:
            raise ParamError(
                "recsys.heads_divide",
                hint="recsys.heads_divide_hint",
                factors=self.params.factors,
                heads=self.params.heads,
            )
        assert isinstance(params, GATParams)
        return _Learner(job, params, loss)

    def _needs(self) -> dict[str, Need]:
        d, layers, heads = self.params.factors, self.params.layers, self.params.heads
        return super()._needs() | {
            "passed": need(layers, self.n_items, d),
            "told": need(layers, self.n_items, heads),
            "maps": need(layers, d, d),
            "listening": need(layers, heads, d // heads),
            "heard": need(layers, heads, d // heads),
        }

    def _walk(self, number: int, taste: np.ndarray, history: sparse.csr_matrix) -> np.ndarray:
        kept = {name: array[number] for name, array in self._arrays.items() if array.ndim == 3}
        heads = self.params.heads
        mine = taste @ kept["maps"]
        split = mine.reshape(len(mine), heads, -1)
        listening = (split * kept["listening"]).sum(axis=2)
        itself = bent(listening + (split * kept["heard"]).sum(axis=2))
        rows = np.repeat(np.arange(len(mine)), np.diff(history.indptr))
        others = bent(listening[rows] + kept["told"][history.indices])
        top = itself.copy()
        full = np.flatnonzero(np.diff(history.indptr))
        if len(full):
            most = np.maximum.reduceat(others, history.indptr[:-1][full], axis=0)
            top[full] = np.maximum(top[full], most)
        itself, others = np.exp(itself - top), np.exp(others - top[rows])
        outputs = np.empty_like(split)
        size = split.shape[2]
        for head in range(heads):
            shares = sparse.csr_matrix(
                (others[:, head], history.indices, history.indptr), shape=history.shape
            )
            total = itself[:, head] + np.asarray(shares.sum(axis=1)).ravel()
            met = shares @ kept["passed"][:, head * size : (head + 1) * size]
            met += itself[:, head, None] * split[:, head]
            outputs[:, head] = met / total[:, None]
        return np.asarray(outputs.reshape(mine.shape))


class _Learner(NetworkLearner):
    def __init__(self, job: FitJob, params: GATParams, loss: str) -> None:
        import torch

        rng = generator(job.seed, "gat")
        self.shape = (params.heads, params.factors // params.heads)

        def drawn() -> Tensor:
            numbers = 0.1 * rng.standard_normal(self.shape, dtype=np.float32)
            return torch.from_numpy(numbers.astype(np.float32)).to(job.device)

        # Layers start as plain averages, which is already a fair model.
        eye = torch.eye(params.factors, device=job.device)
        weights: dict[str, nn.Parameter] = {}
        for number in range(params.layers):
            start = {"map": eye.clone(), "listening": drawn(), "heard": drawn()}
            weights |= {f"{k}{number}": torch.nn.Parameter(v) for k, v in start.items()}
        super().__init__(job, params, loss, weights)
        self.weight_of: dict[str, Tensor] = dict(weights)
        self.edges = Edges(adjacency(job.matrix, loops=True), job.device)

    def _of(self, name: str) -> list[Tensor]:
        return [self.weight_of[f"{name}{number}"] for number in range(self.network.layers)]

    def layer(self, number: int, vectors: Tensor) -> Tensor:
        """Each head's average over neighbours, side by side."""
        import torch

        mapped = vectors @ self.weight_of[f"map{number}"]
        split = mapped.view(-1, *self.shape)
        listening = (split * self.weight_of[f"listening{number}"]).sum(dim=2)
        heard = (split * self.weight_of[f"heard{number}"]).sum(dim=2)
        shares = self.edges.shares(listening, heard)
        heads = zip(shares.unbind(0), split.unbind(1), strict=True)
        sums = [self.edges.gathered(share, vector) for share, vector in heads]
        return torch.cat(sums, dim=1)

    def passed_on(self, levels: list[Tensor]) -> dict[str, Tensor]:
        """Of the items: what each says, (layers, m, d), and how loud it is, (layers, m, heads)."""
        import torch

        maps, heard = self._of("map"), self._of("heard")
        said = [
            vectors[self.users_n :] @ weight for vectors, weight in zip(levels, maps, strict=True)
        ]
        loud = [
            (one.view(-1, *self.shape) * by).sum(dim=2) for one, by in zip(said, heard, strict=True)
        ]
        return {
            "passed": torch.stack(said),
            "told": torch.stack(loud),
            "maps": torch.stack(maps),
            "listening": torch.stack(self._of("listening")),
            "heard": torch.stack(heard),
        }
