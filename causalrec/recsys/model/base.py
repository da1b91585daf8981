"""What there is to know of a model: its ids, what it learnt from, and what scoring it gives."""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import sparse

from causalrec.core.catalogue import Entry
from causalrec.core.errors import DataError
from causalrec.core.params import Params, not_default
from causalrec.core.results.display import Displayed
from causalrec.core.words import Text
from causalrec.data.dataset.dataset import Dataset
from causalrec.recsys.arrays.array_needs import Need
from causalrec.recsys.interactions.histories import History, rows_for
from causalrec.recsys.interactions.interaction_matrix import as_ids
from causalrec.recsys.interactions.popularity_penalty import checked_penalty
from causalrec.recsys.learning.fit_report import FitReport
from causalrec.recsys.model.fit_cost import FitCost, LogSize, Quick
from causalrec.recsys.prediction.outcome_model import Predictor

__all__ = ["Model"]


class Model(Displayed, Entry, ABC):
    """State of a recommender and the promise to score; what is asked of it stands above.

    Attributes:
        name, params: catalogue name and frozen parameters.
        user_ids, item_ids: external ids, str (n_users,) and (n_items,); code = index.
        history: what each user is known to have taken, csr (n_users, n_items).
        disliked: what each user rated and did not want, csr (n_users, n_items): not input, but
            known, and not recommended back (`causalrec.recsys.interactions.disliked`).
        report: how the fit went (None before it).
        fingerprint: of the data it was fitted on.
        seen_users: bool (n_users,), users with an interaction in the data it was fitted on.
        learnt_from: the log and the held-out rows of `fit`, as long as the model lives in memory
            (`predict` calibrates itself on them).
        user_table, item_table: the data's attributes by code, as long as the model lives in
            memory (interventions read categories and segments there); None once loaded.
        facts: JSON that is saved with the model: split and data fingerprints, metrics.
        storage: how its numbers are written: "plain", "int8", "bf16" or "sparse".
        popularity_penalty: see `with_popularity_penalty`; predictor: see `with_calibration`.
    """

    words: ClassVar[str] = "recsys.model_"
    Params: ClassVar[type[Params]] = Params
    #: What it is a kind of; people meet the families in the order of the shelf.
    family: ClassVar[str]
    #: Whether it is the bar that every other model has to clear.
    baseline: ClassVar[bool] = False
    #: Whether it learns tastes: if not, all that it can do is set a bar.
    personal: ClassVar[bool] = True
    #: Whether a user's history is an input (else what was learnt of the user is).
    takes_history: ClassVar[bool] = True
    #: Whether a history's entries are places in time (else they are ones).
    takes_order: ClassVar[bool] = False
    #: Whether attributes, or texts, of the items count where the log has them: if so, an item
    #: that nobody took has a place.
    takes_attributes: ClassVar[bool] = False
    takes_texts: ClassVar[bool] = False
    #: The kind of log on which it is a first try (`causalrec.recsys.tuning.advice`); "" for none.
    suits: ClassVar[str] = ""
    #: Up to which size it is quick enough to be one of several (`hybrid`); None: of no size.
    quick: ClassVar[Quick | None] = None
    #: Arrays that it scores with as well where they are sparse (csr).
    sparse_arrays: ClassVar[tuple[str, ...]] = ()
    #: Whether fitting can use an accelerator.
    uses_device: ClassVar[bool] = False

    def __init__(self, **params: object) -> None:
        self.params = self.Params.make(params)
        self.user_ids, self.item_ids = as_ids([]), as_ids([])
        self.history = sparse.csr_matrix((0, 0), dtype=np.float32)
        self.disliked = sparse.csr_matrix((0, 0), dtype=np.float32)
        self.report: FitReport | None = None
        self.fingerprint = ""
        self.facts: dict[str, Any] = {}
        self.storage = "plain"
        self.popularity_penalty = 0.0
        self.predictor: Predictor | None = None
        self.learnt_from: tuple[Dataset, Dataset | None] | None = None
        self.user_table: pd.DataFrame | None = None
        self.item_table: pd.DataFrame | None = None
        self.seen_users = np.zeros(0, dtype=bool)
        self._popularity = np.zeros(0, dtype=np.float32)
        self._arrays: dict[str, np.ndarray] = {}

    @abstractmethod
    def score(self, users: ArrayLike, history: History | None = None) -> np.ndarray:
        """Scores (n, n_items) of users (codes)."""

    @abstractmethod
    def with_history(self, history: sparse.csr_matrix | Dataset) -> Self:
        """The same model knowing another history of its users."""

    @abstractmethod
    def _needs(self) -> dict[str, Need]:
        """What each array must be, given the model's ids and parameters: checked on loading."""

    @property
    def n_users(self) -> int:
        """Number of users known."""
        return len(self.user_ids)

    @property
    def n_items(self) -> int:
        """Number of items in the catalogue."""
        return len(self.item_ids)

    @property
    def label(self) -> Text:
        """The model's name in words."""
        return self.word()

    def to_frame(self) -> pd.DataFrame:
        """One row a parameter: parameter, value."""
        values = self.params.model_dump()
        return pd.DataFrame(
            {"parameter": list(values), "value": pd.Series([*values.values()], dtype=object)}
        )

    def summary(self, lang: str = "en") -> str:
        """Its name, what its parameters differ in from the defaults, and what it was fitted on."""
        changed = ", ".join(f"{name}={value!r}" for name, value in not_default(self.params).items())
        label = (
            Text("recsys.model_with", model=self.label, params=changed) if changed else self.label
        )
        if self.report is None:
            return Text("recsys.model_unfitted", model=label).to(lang)
        size = {"users": self.n_users, "items": self.n_items}
        return Text("recsys.model_fitted", model=label, **size).to(lang)

    @classmethod
    def fit_cost(cls, log: LogSize) -> FitCost | None:
        """What a fit takes, where the log's size alone tells it; else None."""
        return None

    def with_popularity_penalty(self, penalty: float) -> Self:
        """The same model with popular items ranked lower (nothing is refitted).

        Args:
            penalty: 0 for none; 1 takes off as much as the popularity model would put on
                (`popularity_penalty.penalised`). It is saved with the model. Users without a
                history keep the popular items.

        Raises:
            ParamError: it is not between 0 and 5.
        """
        other = copy.copy(self)
        other.popularity_penalty = checked_penalty(penalty)
        return other

    def _item_vectors(self) -> np.ndarray | None:
        """One vector an item, (n_items, d), or None: what `similar_items` compares."""
        return None

    def _require_fitted(self) -> None:
        if self.report is None:
            raise DataError("recsys.not_fitted", hint="recsys.not_fitted_hint", model=self.label)

    def _history_rows(self, codes: np.ndarray, history: History | None) -> sparse.csr_matrix:
        """Histories (n, n_items) of the users, from any form that `score` takes."""
        given = self.history if history is None else history
        ids = (self.user_ids, self.item_ids)
        return rows_for(codes, given, ids, ordered=self.takes_order)
