"""SASRec: what comes next, by self-attention over what a user took, in its order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from scipy import sparse

from causalrec.core.errors import ParamError
from causalrec.core.machine.device import require_memory
from causalrec.core.params import Params, param
from causalrec.core.seeds import generator
from causalrec.core.untrusted.documents import ForeignError
from causalrec.core.words import Text
from causalrec.recsys.arrays.array_needs import Need, need
from causalrec.recsys.interactions.sequences import Batch, Sequences, grouped, latest, spans
from causalrec.recsys.learning.losses import full_softmax, sampled_softmax
from causalrec.recsys.learning.shared_negatives import Negatives
from causalrec.recsys.learning.training_loop import FitJob, train_epochs
from causalrec.recsys.learning.weight_averaging import AveragedLearner
from causalrec.recsys.model.fit_cost import Quick
from causalrec.recsys.model.recommender import Recommender
from causalrec.recsys.networks.transformer import Dropout, first_weights, last_states, states

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["SASRec"]

#: Beyond so many scores an epoch, "auto" goes over drawn items in place of all.
_FULL = 4e9
#: Items are drawn by the number of users who took them to the power of this.
_EVENNESS = 0.5
#: Users scored at a time for validation.
_FEW_USERS = 256


class SASRecParams(Params):
    """What SASRec can be told."""

    factors: int = param(64, help="recsys.help_factors", ge=1, le=1_024, search=(32, 64, 128, 256))
    blocks: int = param(2, help="recsys.help_blocks", ge=1, le=12)
    heads: int = param(2, help="recsys.help_heads", ge=1, le=16, advanced=True)
    length: int = param(100, help="recsys.help_length", ge=1, le=2_000)
    dropout: float = param(0.3, help="recsys.help_dropout", ge=0.0, le=0.9)
    epochs: int = param(32, help="recsys.help_epochs", ge=1, le=2_000)
    learning_rate: float = param(3e-3, help="recsys.help_learning_rate", ge=1e-5, le=1.0)
    batch_size: int = param(1_024, help="recsys.help_batch_size", ge=1, le=1_048_576)
    loss: str = param("auto", help="recsys.help_loss", choices=("auto", "softmax", "sampled"))
    negatives: int = param(512, help="recsys.help_negatives", ge=1, le=65_536, advanced=True)
    patience: int = param(6, help="recsys.help_patience", ge=1, le=1_000, advanced=True)


class SASRec(Recommender):
    """A causal transformer that gives, after each event, the chances of the next item.

    Self-attentive sequential recommendation (Kang and McAuley, 2018), trained on all places
    of a sequence at once with cross-entropy over the whole catalogue (Klenitskiy and
    Vasilev, 2023) or over sampled items with logQ correction. A user is scored from the last
    ``length`` items of the history in their order, so that users never met need no training.
    A history without places in time is read in the order of the item codes.
    """

    name: ClassVar[str] = "sasrec"
    family: ClassVar[str] = "sequence"
    source: ClassVar[str] = "Kang and McAuley, 2018"
    Params: ClassVar[type[Params]] = SASRecParams
    suits: ClassVar[str] = "order"
    quick: ClassVar[Quick | None] = Quick(rows=(300_000, 20_000_000))
    takes_order: ClassVar[bool] = True
    uses_device: ClassVar[bool] = True
    params: SASRecParams

    def _fit(self, job: FitJob) -> dict[str, np.ndarray]:
        params = self.params
        if params.factors % params.heads:
            raise ParamError(
                "recsys.heads_factors",
                hint="recsys.heads_factors_hint",
                heads=params.heads,
                factors=params.factors,
            )
        require_memory(_memory(job, params), _work(job))
        if job.data is not None and "time" not in job.data.frame.columns:
            job.notes.append(Text("recsys.note_row_order"))
        return train_epochs(job, _Learner(job, params), params.epochs, params.patience)

    def _item_vectors(self) -> np.ndarray:
        return np.asarray(self._arrays["item_vectors"])

    def _needs(self) -> dict[str, Need]:
        d, blocks = self.params.factors, self.params.blocks
        if d % self.params.heads:
            raise ForeignError("heads")
        return {
            "item_vectors": need(self.n_items, d),
            "place_vectors": need(self.params.length, d),
            "query_key_value": need(blocks, d, 3 * d),
            "mix": need(blocks, d, d),
            "widen": need(blocks, d, "wide"),
            "narrow": need(blocks, "wide", d),
            "scale": need(2 * blocks + 1, d),
            "shift": need(2 * blocks + 1, d),
        }

    def _score(self, users: np.ndarray, history: sparse.csr_matrix) -> np.ndarray:
        vectors = self._arrays["item_vectors"]
        items, sizes = latest(history, self.params.length)
        scores = np.zeros((len(sizes), len(vectors)), dtype=np.float32)
        some = sizes > 0
        if some.any():
            last = last_states(self._arrays, items, sizes[some], self.params.heads)
            scores[some] = last @ vectors.T
        return scores


class _Learner(AveragedLearner):
    """Windows of histories; at each place the loss of what was taken next."""

    def __init__(self, job: FitJob, params: SASRecParams) -> None:
        import torch

        assert job.order is not None
        self.params, self.order = params, job.order
        self.sequences = Sequences(job.order, job.matrix, params.length, job.device)
        first = first_weights(
            generator(job.seed, "sasrec"),
            items=job.matrix.shape[1],
            factors=params.factors,
            length=params.length,
            blocks=params.blocks,
        )
        sizes = (job.matrix.nnz, params.batch_size)
        super().__init__(job, first, sizes, learning_rate=params.learning_rate)
        self.drop = Dropout(params.dropout, torch.Generator(device=job.device))
        sampled = _chosen_loss(job, params.loss) == "sampled"
        self.negatives = Negatives(job.matrix, job.device, _EVENNESS) if sampled else None

    def batches(self) -> Iterator[Tensor]:
        """Windows of each step, the negatives that they share, the seed of their dropout."""
        import torch

        starts, sizes = self.sequences.windows(self.random)
        self.starts, self.sizes, self.samples = starts, sizes, len(sizes)
        batches = grouped(sizes, self.batch_size, self.random)
        seeds = torch.randint(
            2**31, (len(batches),), generator=self.random, device=self.job.device
        ).tolist()
        for batch, seed in zip(batches, seeds, strict=True):
            self.events = sizes[batch].sum()
            self.drop.random.manual_seed(seed + self.job.team.rank)
            if self.negatives is not None:
                self.drawn = self.negatives.shared(self.params.negatives, self.random)
            yield batch

    def loss(self, batch: Tensor, whole: int) -> Tensor:
        """See `TorchLearner.loss`; divided by the events of the whole batch, not its windows."""
        import torch.nn.functional as F  # noqa: N812

        vectors: Tensor = self.learnt["item_vectors"]
        if not len(batch):
            return 0.0 * vectors.sum()
        windows, targets, weights = self.sequences.batch(self.starts[batch], self.sizes[batch])
        outputs = states(self.learnt, windows, self.params.heads, self.drop)
        if self.negatives is None:
            return full_softmax(outputs, vectors, targets, weights) / self.events
        codes, log_expected = self.drawn
        drawn = F.embedding(codes, vectors), codes, log_expected
        losses: Tensor = sampled_softmax(outputs, F.embedding(targets, vectors), targets, drawn)
        return (losses * weights).sum().div(self.events)

    def score(self, users: np.ndarray) -> np.ndarray:
        import torch

        latest_events = latest(sparse.csr_matrix(self.order[users]), self.params.length)
        events, sizes = (torch.from_numpy(part).to(self.job.device) for part in latest_events)
        starts = torch.cumsum(sizes, 0) - sizes
        vectors = self.mean["item_vectors"]
        parts = []
        with torch.no_grad():
            for few in torch.split(torch.arange(len(users), device=sizes.device), _FEW_USERS):
                row, at = spans(starts[few], sizes[few])
                windows = Batch.of(events[at], row, at - starts[few][row], sizes[few])
                outputs = states(self.mean, windows, self.params.heads, _as_it_is)
                parts.append(outputs[torch.cumsum(sizes[few], 0) - 1] @ vectors.T)
        scores: np.ndarray = torch.cat(parts).cpu().numpy()
        return scores


def _as_it_is(x: Tensor) -> Tensor:
    return x


def _chosen_loss(job: FitJob, asked: str) -> str:
    """The loss that "auto" stands for; a note says which and why."""
    if asked != "auto":
        return asked
    items, events = job.matrix.shape[1], job.matrix.nnz
    chosen = "softmax" if float(events) * items <= _FULL else "sampled"
    job.notes.append(Text(f"recsys.note_events_{chosen}", events=events, items=items))
    return chosen


def _memory(job: FitJob, params: SASRecParams) -> float:
    """Bytes: numbers learnt (slope, two moments, copies kept), a batch's own, the log."""
    items, events = float(job.matrix.shape[1]), float(job.matrix.nnz)
    learnt = (items + params.length + 12 * params.blocks * params.factors) * 9.0
    batch = max(params.batch_size, params.length) * (26.0 * params.blocks + 8.0)
    return 4.0 * params.factors * (learnt + batch) + 60.0 * events + 1.3e8


def _work(job: FitJob) -> Text:
    return Text("recsys.work_sequences", users=job.matrix.shape[0], items=job.matrix.shape[1])
