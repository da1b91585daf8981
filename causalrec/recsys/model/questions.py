"""What a fitted recommender can be asked: lists, similar items, predictions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import numpy as np
import pandas as pd

from causalrec.recsys.arrays.topk import listed
from causalrec.recsys.interactions.disliked import seen
from causalrec.recsys.interactions.interaction_matrix import rows_of
from causalrec.recsys.interactions.recommendation_lists import (
    Histories,
    Request,
    checked_length,
    listing,
)
from causalrec.recsys.model.base import Model
from causalrec.recsys.model.calibration import calibrated, predicted
from causalrec.recsys.model.similar_items import similar
from causalrec.recsys.prediction.predictions import Predictions

if TYPE_CHECKING:
    from causalrec.data.dataset.dataset import Dataset

__all__ = ["Answering"]


class Answering(Model):
    """The questions; `Recommender` learns and scores."""

    def recommend(
        self,
        user_ids: object = None,
        histories: Histories | None = None,
        k: int = 10,
        *,
        exclude_seen: bool = True,
    ) -> pd.DataFrame:
        """Lists of the k best items.

        Args:
            user_ids: external ids, or one; None: every user (or, with histories, anonymous
                ones). A hole among them gets no list, and a note says so.
            histories: external item ids that each user took, in place of what is known of
                them; also for users the model never met. A mapping ``{user id: items}`` or
                a sequence in the order of ``user_ids``.
            k: length of a list; a shorter catalogue gives shorter lists.
            exclude_seen: leave out what the user is known to have taken, or rated and not
                wanted. (What was shown and not acted on may be shown again.)

        Returns:
            Frame user, rank (1 is best), item, score. ``frame.attrs["notes"]`` says in words
            which items and users were not known and who got the popular items for want of a
            history.

        Raises:
            DataError: the model is not fitted.
            ParamError: ``k`` is below 1, there are not as many histories as users, or something
                is no id (a truth value, a list, nothing at all).
        """
        self._require_fitted()
        k = min(checked_length(k), max(len(self.item_ids), 1))
        ids = (self.user_ids, self.item_ids)
        ask = Request.of(user_ids, histories, ids, ordered=self.takes_order)
        rows = ask.history if ask.history is not None else self._history_rows(ask.codes, None)
        unwanted = rows_of(self.disliked, ask.people)
        lists = np.full((len(ask.codes), k), -1, dtype=np.int64)
        values = np.zeros((len(ask.codes), k), dtype=np.float32)
        for part, codes, scores in listed(
            (len(ask.codes), len(self.item_ids)),
            k,
            score=lambda part: self.score(ask.codes[part], rows[part]),
            seen=(lambda part: seen(rows[part], unwanted[part])) if exclude_seen else None,
        ):
            lists[part] = codes
            values[part] = np.take_along_axis(scores, codes.clip(0), axis=1)
        return listing(ask, lists, values, self.item_ids, history=rows, disliked=unwanted)

    def similar_items(self, item: object, k: int = 10) -> pd.DataFrame:
        """The items most like one, as this model sees it.

        Nearness is the cosine of the items' vectors where the model has such (`_item_vectors`);
        else what the model would suggest to somebody who took only this item.

        Returns:
            Frame rank, item, score.

        Raises:
            ParamError: the item is not known or no id, or ``k`` is below 1.
        """
        self._require_fitted()
        return similar(self, item, k)

    def with_calibration(
        self, train: Dataset, valid: Dataset | None = None, outcome: str | None = None
    ) -> Self:
        """The same model, now able to `predict` an outcome (nothing is refitted).

        Args:
            train: the log it was fitted on: gives the users' and items' own means.
            valid: rows it did not learn from, on which the prediction is fitted; None: the
                train rows, and the predictor's note says so.
            outcome: which; by default a rating, else a click, else a purchase.

        Raises:
            DataError: the model is not fitted, or the log has no outcome to predict.
            ParamError: the log has no such outcome.
        """
        self._require_fitted()
        return calibrated(self, train, valid, outcome)

    def predict(self, user_ids: object, item_ids: object) -> Predictions:
        """What users will rate items, or how likely they click or buy them once shown.

        A model that was just fitted calibrates itself on the log and validation rows of its fit;
        a saved one keeps the calibration that it had (`with_calibration`).

        Args:
            user_ids: external ids (n,), or one for all items; one not known has no mean of its
                own and the popular items' scores.
            item_ids: external ids (n,), or one for all users.

        Returns:
            float64 (n,): the outcome's unit, or probabilities; NaN where an id is missing. Its
            ``notes`` name the users and items that the model does not know.

        Raises:
            DataError: the model is not fitted or calibrated, or its log has no such outcome.
            ParamError: there are not as many users as items, or something is no id.
        """
        self._require_fitted()
        return predicted(self, user_ids, item_ids)
