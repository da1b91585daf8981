"""A policy: for each user, the probability of showing each item."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import sparse

from causalrec.core.errors import DataError, ParamError
from causalrec.core.seeds import generator
from causalrec.data.dataset.dataset import Dataset
from causalrec.data.dataset.exposure import ExposureLog
from causalrec.recsys.arrays.topk import chunks, listed
from causalrec.recsys.interactions.interaction_matrix import codes_of
from causalrec.recsys.model.recommender import Recommender
from causalrec.recsys.policies.candidates import Candidates, allowed_rows, checked_candidates
from causalrec.recsys.policies.policy_display import PolicyDisplay

__all__ = ["Policy", "RecommenderPolicy", "softmax"]


class Policy(PolicyDisplay, ABC):
    """What is shown to whom.

    A subclass writes `logits`; an intervention holds another policy and changes its logits
    (or, for what acts on whole lists, its `top`).

    Attributes:
        name: what it is called on pages.
        user_ids, item_ids: external ids; code = index.
        ranked: whether its lists are its ranking, so that its probabilities are of single
            impressions only; else lists are drawn from them (`causalrec.recsys.policies.drawn`).
        chance: share of the places of its ranked lists that are left to chance.
        takes_order: whether what is shown depends on the order of a history (as with SASRec).
    """

    ranked: bool = False
    chance: float = 0.0
    takes_order: bool = False

    def __init__(self, user_ids: np.ndarray, item_ids: np.ndarray, name: str) -> None:
        self.user_ids = np.asarray(user_ids)
        self.item_ids = np.asarray(item_ids)
        self.name = name

    @staticmethod
    def from_recommender(
        model: Recommender,
        temperature: float = 1.0,
        epsilon: float = 0.0,
        candidates: Candidates | None = None,
        *,
        ranked: bool = False,
    ) -> RecommenderPolicy:
        """A model's scores made probabilities: softmax(score / temperature), mixed with chance.

        Args:
            model: a fitted recommender.
            temperature: above 0; the smaller, the sharper.
            epsilon: share of impressions shown at random among the candidates, 0 to 1.
            candidates: which items may be shown: bool (n_users, n_items) or (n_items,);
                None: every item. What a user already took is not left out by itself.
            ranked: whether lists are the model's ranking, with epsilon of the places left to
                chance, and the temperature is of single impressions only.

        Raises:
            ParamError: temperature or epsilon is out of range, or candidates have another shape.
        """
        return RecommenderPolicy(model, temperature, epsilon, candidates=candidates, ranked=ranked)

    @property
    def random(self) -> bool:
        """Whether its lists leave anything to chance."""
        return not self.ranked or self.chance > 0

    @property
    def n_users(self) -> int:
        """Number of users known."""
        return len(self.user_ids)

    @property
    def n_items(self) -> int:
        """Number of items."""
        return len(self.item_ids)

    @abstractmethod
    def logits(self, users: ArrayLike) -> np.ndarray:
        """Log weights of the items, float64 (n, n_items); -inf is never shown.

        Args:
            users: codes (n,); -1 is a user who is not known.
        """

    def probabilities(self, users: ArrayLike) -> np.ndarray:
        """P(item | user), float64 (n, n_items); rows sum to 1.

        Raises:
            DataError: a user has no candidate at all.
        """
        return softmax(self.logits(users))

    def propensities(self, log: ExposureLog | Dataset) -> np.ndarray:
        """The probability with which this policy would show each logged item, (n,).

        Users and items are matched by external id: a user not known is treated as new, an
        item not known has probability 0.

        Raises:
            DataError: the log names no items.
        """
        items = codes_of(log.item_ids, self.item_ids)[log.frame["item"].to_numpy()]
        if "user" in log.frame.columns:
            users = codes_of(log.user_ids, self.user_ids)[log.frame["user"].to_numpy()]
        else:
            users = np.full(len(items), -1, dtype=np.int64)
        distinct, inverse = np.unique(users, return_inverse=True)
        order = np.argsort(inverse, kind="stable")
        edges = np.searchsorted(inverse[order], np.arange(len(distinct) + 1))
        shares = np.zeros(len(items))
        for part in chunks(len(distinct), self.n_items, bytes_each=32):
            rows = order[edges[part.start] : edges[part.stop]]
            table = self.probabilities(distinct[part])
            shares[rows] = table[inverse[rows] - part.start, items[rows].clip(0)]
        return np.where(items >= 0, shares, 0.0)

    def top(self, users: ArrayLike, k: int, exclude: sparse.csr_matrix | None = None) -> np.ndarray:
        """The k likeliest items of each user, best first.

        What is shown where chance has a part is drawn (`drawn.Drawn`); of equally likely items
        this list then takes any, not the lower code.

        Args:
            users: codes (n,).
            k: length of the list.
            exclude: csr (n, n_items), items that may not be listed (for example known ones).

        Returns:
            int64 (n, k), item codes; -1 where there are fewer candidates.
        """
        codes = _codes(users)
        lists = np.full((len(codes), k), -1, dtype=np.int64)

        def score(part: slice) -> np.ndarray:
            logits = self.logits(codes[part])
            if not self.random:
                return logits
            luck = generator(0, "ties", part.start).random(logits.shape)
            size = np.where(np.isfinite(logits), np.abs(logits), 1.0)
            return logits + 1e-9 * luck * np.maximum(1.0, size)

        may_not = None if exclude is None else (lambda part: exclude[part])
        for some in listed((len(codes), self.n_items), k, score=score, seen=may_not):
            lists[some.part] = some.lists
        return lists

    def recommend(self, k: int = 10, users: ArrayLike | None = None) -> pd.DataFrame:
        """Lists as a frame: user (code), rank (1 is best), item (code), score (logit).

        Args:
            k: length of a list.
            users: codes (n,); None: every user.
        """
        codes = np.arange(self.n_users) if users is None else _codes(users)
        frames = []
        for part in chunks(len(codes), self.n_items):
            lists = self.top(codes[part], k)
            logits = self.logits(codes[part])
            row, place = np.nonzero(lists >= 0)
            item = lists[row, place]
            frames.append(
                pd.DataFrame(
                    {
                        "user": codes[part][row],
                        "rank": place + 1,
                        "item": item,
                        "score": logits[row, item],
                    }
                )
            )
        empty = pd.DataFrame(columns=["user", "rank", "item", "score"])
        return pd.concat(frames, ignore_index=True) if frames else empty

    def with_history(self, history: sparse.csr_matrix) -> Policy:
        """The same policy knowing another history, csr (n_users, n_items); here: itself."""
        return self


class RecommenderPolicy(Policy):
    """Softmax of a model's scores; see `Policy.from_recommender`.

    Attributes:
        model, temperature, epsilon, ranked: as given.
        candidates: bool (n_users, n_items), bool (n_items,) or None.
    """

    def __init__(
        self,
        model: Recommender,
        temperature: float = 1.0,
        epsilon: float = 0.0,
        *,
        candidates: Candidates | None = None,
        ranked: bool = False,
    ) -> None:
        super().__init__(model.user_ids, model.item_ids, model.name)
        _require("temperature", temperature, 0.0 < temperature < np.inf, "> 0")
        _require("epsilon", epsilon, 0.0 <= epsilon <= 1.0, "0 – 1")
        self.model = model
        self.temperature = float(temperature)
        self.epsilon = float(epsilon)
        self.candidates = checked_candidates(candidates, (self.n_users, self.n_items))
        self.ranked = ranked
        self.chance = self.epsilon
        self.takes_order = model.takes_order

    def logits(self, users: ArrayLike) -> np.ndarray:
        codes = _codes(users)
        return self.logits_of(self.model.score(codes), codes)

    def logits_of(self, scores: np.ndarray, users: np.ndarray) -> np.ndarray:
        """`logits` where the model's scores (n, n_items) of the user codes (n,) are at hand."""
        scaled = scores.astype(np.float64) / self.temperature
        allowed = allowed_rows(self.candidates, users)
        if allowed is not None:
            scaled = np.where(allowed, scaled, -np.inf)
        if self.epsilon == 0.0:
            return scaled
        shown = np.isfinite(scaled)
        chance = shown / np.maximum(shown.sum(axis=1, keepdims=True), 1)
        mixed = (1.0 - self.epsilon) * softmax(scaled) + self.epsilon * chance
        return np.asarray(np.log(mixed, out=np.full_like(mixed, -np.inf), where=mixed > 0))

    def with_temperature(self, temperature: float) -> RecommenderPolicy:
        """The same policy at another temperature."""
        return self._like(self.model, temperature)

    def with_history(self, history: sparse.csr_matrix) -> RecommenderPolicy:
        """The same policy on a model that knows another history."""
        return self._like(self.model.with_history(history), self.temperature)

    def _like(self, model: Recommender, temperature: float) -> RecommenderPolicy:
        return RecommenderPolicy(
            model, temperature, self.epsilon, candidates=self.candidates, ranked=self.ranked
        )


def softmax(logits: np.ndarray) -> np.ndarray:
    """Probabilities (n, n_items) from log weights (n, n_items), -inf giving 0.

    Raises:
        DataError: a row has no finite entry.
    """
    top = logits.max(axis=1, keepdims=True) if logits.shape[1] else np.zeros((len(logits), 1))
    if not np.isfinite(top).all():
        raise DataError("recsys.no_candidates", hint="recsys.no_candidates_hint")
    weights = np.exp(logits - top)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def _codes(users: ArrayLike) -> np.ndarray:
    return np.atleast_1d(np.asarray(users, dtype=np.int64))


def _require(name: str, value: float, holds: bool, why: str) -> None:
    if not holds:
        raise ParamError(
            "core.bad_param", hint="core.bad_param_hint", name=name, value=value, why=why
        )
