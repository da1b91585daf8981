"""Joint: one network of behaviour, attributes of items and users, and texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, ClassVar, NamedTuple

import numpy as np
from scipy import sparse

from causalrec.core.machine.device import require_memory
from causalrec.core.params import Params, param
from causalrec.core.seeds import generator
from causalrec.core.words import Text
from causalrec.recsys.arrays.array_needs import Need, need
from causalrec.recsys.interactions.attributes import attribute_matrix
from causalrec.recsys.learning.losses import full_softmax
from causalrec.recsys.learning.training_loop import FitJob, train_epochs
from causalrec.recsys.learning.user_batches import Baskets
from causalrec.recsys.learning.weight_averaging import AveragedLearner
from causalrec.recsys.model.recommender import Recommender
from causalrec.recsys.networks.item_features import item_features

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["Joint"]

#: Spread of the first item vectors where they enter and leave.
_ENTER, _LEAVE = 0.3, 0.05
_REACH = 3.0


class JointParams(Params):
    """What the joint network can be told."""

    encoder: str = param("auto", help="recsys.help_encoder")
    factors: int = param(128, help="recsys.help_factors", ge=1, le=1_024)
    id_dropout: float = param(0.2, help="recsys.help_id_dropout", ge=0.0, le=0.9)
    dropout: float = param(0.7, help="recsys.help_dropout", ge=0.0, le=0.9)
    epochs: int = param(100, help="recsys.help_epochs", ge=1, le=2_000)
    learning_rate: float = param(3e-3, help="recsys.help_learning_rate", ge=1e-5, le=1.0)
    regularization: float = param(3.0, help="recsys.help_weight_decay", ge=0.0, le=100.0)
    batch_size: int = param(16_384, help="recsys.help_batch_size", ge=1, le=1_048_576)
    patience: int = param(10, help="recsys.help_patience", ge=1, le=1_000, advanced=True)


class Joint(Recommender):
    """An item is its own vector plus a linear map of its features; softmax over the items met.

    A user is the sum of the history's vectors at length 1 / √n plus a linear map of the user's
    attributes, so that users never met need no training. Entries of the history are left out
    at random, as in a denoising autoencoder (Liang et al., 2018); an item's own vector is left
    out now and then (as DropoutNet does with preferences: Volkovs, Yu and Poutanen, 2017), so
    that features alone give items that nobody took a place.
    """

    name: ClassVar[str] = "joint"
    family: ClassVar[str] = "text"
    source: ClassVar[str] = "Volkovs, Yu and Poutanen, 2017; Liang et al., 2018"
    Params: ClassVar[type[Params]] = JointParams
    takes_attributes: ClassVar[bool] = True
    takes_texts: ClassVar[bool] = True
    uses_device: ClassVar[bool] = True
    params: JointParams

    def _fit(self, job: FitJob) -> dict[str, np.ndarray]:
        assert job.data is not None
        users, items = job.matrix.shape
        size = self.params.factors + 1.0
        needed = 80.0 * items * size + 1.3e8 + 60.0 * job.matrix.nnz
        require_memory(needed, Text("recsys.work_factors", users=users, items=items))
        described = item_features(job, self.params.encoder)
        job.notes.append(described.note)
        people = attribute_matrix(job.data.users, users).matrix
        needed = 8.0 * (users * people.shape[1] + items * described.matrix.shape[1])
        require_memory(needed, Text("recsys.work_features", items=items))
        learner = _Learner(job, self.params, described.matrix, people.toarray())
        kept = train_epochs(job, learner, self.params.epochs, self.params.patience)
        return learner.unfolded(kept)

    def _item_vectors(self) -> np.ndarray:
        return np.asarray(self._arrays["leave"][:, :-1])

    def _needs(self) -> dict[str, Need]:
        d = self.params.factors
        return {
            "enter": need(self.n_items, d),
            "leave": need(self.n_items, d + 1),
            "people": need(self.n_users, d),
        }

    def _score(self, users: np.ndarray, history: sparse.csr_matrix) -> np.ndarray:
        binary = sparse.csr_matrix(history, copy=True)
        binary.data[:] = 1.0
        root = np.sqrt(np.maximum(history.getnnz(axis=1), 1)).astype(np.float32)
        people = self._arrays["people"][users.clip(0)] * (users >= 0).astype(np.float32)[:, None]
        taste = (binary @ self._arrays["enter"]) / root[:, None] + people
        leave = self._arrays["leave"]
        return np.asarray(taste @ leave[:, :-1].T + leave[:, -1])


class _Sizes(NamedTuple):
    """How many items there are, and how wide items' features and users' attributes are."""

    items: int
    features: int
    people: int


def _first(rng: np.random.Generator, sizes: _Sizes, factors: int) -> dict[str, np.ndarray]:
    """Where learning starts; the last column of what leaves is a bias. Widths of 0 have no map."""

    def drawn(rows: int, columns: int, spread: float) -> np.ndarray:
        return (spread * rng.standard_normal((rows, columns))).astype(np.float32)

    arrays = {
        "enter": drawn(sizes.items, factors, _ENTER / 2),
        "leave": drawn(sizes.items, factors + 1, _LEAVE / 2),
        "enter_map": drawn(sizes.features, factors, _ENTER),
        "leave_map": drawn(sizes.features, factors + 1, _LEAVE),
        "people_map": np.zeros((sizes.people, factors), dtype=np.float32),
    }
    return {name: array for name, array in arrays.items() if len(array)}


class _Learner(AveragedLearner):
    """A sample is a user with something taken; items that nobody took take no part."""

    def __init__(
        self, job: FitJob, params: JointParams, features: np.ndarray, people: np.ndarray
    ) -> None:
        import torch

        self.params = params
        device = job.device
        self.met_items = np.flatnonzero(job.matrix.getnnz(axis=0))
        matrix = sparse.csr_matrix(job.matrix[:, self.met_items])
        self.features = features
        self.described = torch.from_numpy(self.features[self.met_items]).to(device)
        self.people = torch.from_numpy(np.asarray(people, dtype=np.float32)).to(device)
        self.baskets = Baskets(matrix, device)
        sizes = _Sizes(len(self.met_items), features.shape[1], people.shape[1])
        first = _first(generator(job.seed, "joint"), sizes, params.factors)
        super().__init__(
            job,
            first,
            # A batch is told in interactions, a sample is a user.
            self.baskets.sizes(params.batch_size),
            learning_rate=params.learning_rate,
            regularization=params.regularization,
            epochs=_REACH,
        )
        self.private = torch.Generator(device=device)

    def batches(self) -> Iterator[Tensor]:
        """Users of each step; which items go without their own vector is one draw for all."""
        import torch

        random, device = self.random, self.job.device
        share = self.params.id_dropout if len(self.features.T) else 0.0
        for batch in super().batches():
            drawn = torch.rand(len(self.met_items), 1, generator=random, device=device)
            self.own = (drawn >= share).float()
            seed = int(torch.randint(2**31, (1,), generator=random, device=device))
            self.private.manual_seed(seed + self.job.team.rank)
            yield batch

    def loss(self, batch: Tensor, whole: int) -> Tensor:
        import torch

        users = self.baskets.met[batch]
        row, at = self.baskets.of(users)
        enter, leave = self._vectors(self.learnt, self.own)
        taste = self._taste(self.learnt, enter, users, row=row, at=at)
        taste = torch.cat([taste, torch.ones_like(taste[:, :1])], dim=1)
        total = full_softmax(
            taste, leave, self.baskets.items[at], self.baskets.weight[at], rows=row
        )
        return total.div(whole * self.baskets.each)

    def score(self, users: np.ndarray) -> np.ndarray:
        import torch

        chosen = torch.from_numpy(users).to(self.job.device)
        row, at = self.baskets.of(chosen)
        with torch.no_grad():
            enter, leave = self._vectors(self.mean, 1.0)
            taste = self._taste(self.mean, enter, chosen, row=row, at=at)
            near = (taste @ leave[:, :-1].T + leave[:, -1]).cpu().numpy()
        # Validation may hold items that training has not: they come last here.
        low = near.min(axis=1, keepdims=True) - 1.0
        scores = np.repeat(low, self.job.matrix.shape[1], axis=1)
        scores[:, self.met_items] = near
        return np.asarray(scores)

    def unfolded(self, kept: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """The vectors of all items (n_items, d), (n_items, d + 1) and of users' attributes."""
        arrays = {}
        for name in ("enter", "leave"):
            own = np.zeros((len(self.features), kept[name].shape[1]), dtype=np.float32)
            own[self.met_items] = kept[name]
            if f"{name}_map" in kept:
                own += self.features @ kept[f"{name}_map"]
            arrays[name] = own
        people = self.people.cpu().numpy()
        given = kept.get("people_map")
        none = np.zeros((len(people), self.params.factors), dtype=np.float32)
        arrays["people"] = none if given is None else people @ given
        return arrays

    def _vectors(self, weights: Mapping[str, Tensor], own: Tensor | float) -> tuple[Tensor, Tensor]:
        """Vectors of the items met as they enter (m, d) and leave (m, d + 1)."""
        parts = []
        for name in ("enter", "leave"):
            vectors = weights[name] * own
            if f"{name}_map" in weights:
                vectors = vectors + self.described @ weights[f"{name}_map"]
            parts.append(vectors)
        return parts[0], parts[1]

    def _taste(
        self,
        weights: Mapping[str, Tensor],
        enter: Tensor,
        users: Tensor,
        *,
        row: Tensor,
        at: Tensor,
    ) -> Tensor:
        """Users (n, d) from their histories, some entries left out while learning."""
        import torch
        import torch.nn.functional as F  # noqa: N812

        share = self.baskets.counts[users].to(torch.float32).clamp(min=1.0).rsqrt()[row]
        if self.module.training and self.params.dropout:
            keep = 1.0 - self.params.dropout
            kept = torch.empty_like(share).bernoulli_(keep, generator=self.private)
            share = share * kept / keep
        before = self.baskets.counts[users].cumsum(0) - self.baskets.counts[users]
        taste = F.embedding_bag(
            self.baskets.items[at], enter, before, mode="sum", per_sample_weights=share
        )
        return (
            taste + self.people[users] @ weights["people_map"] if "people_map" in weights else taste
        )
