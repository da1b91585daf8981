"""How a fit went."""

from __future__ import annotations

from typing import Any

import pandas as pd

from causalrec.core.results.resources import Usage
from causalrec.core.results.result import Frame, Result
from causalrec.core.words import Text, render, worded

__all__ = ["FitReport"]


class FitReport(Result):
    """How a fit went.

    Attributes:
        model: catalogue name.
        params: its parameters; what was 0 to be chosen by the log's size has the value chosen.
        curve: one row an epoch: epoch, loss, ndcg (validation NDCG@10, where there is one).
        best_epoch: the epoch kept (None for models fitted in one step).
        seconds, device, seed: time taken (the usage's), where, and the seed.
        n_users, n_items, n_interactions: size of what it was fitted on.
        notes: what to know about it.
        usage: processor, memory and energy it took (since it was resumed, where it was).
    """

    model: str
    params: dict[str, Any]
    curve: Frame
    best_epoch: int | None = None
    seconds: float
    device: str
    seed: int
    n_users: int
    n_items: int
    n_interactions: int
    notes: tuple[Text, ...] = ()
    usage: Usage | None = None

    def to_frame(self) -> pd.DataFrame:
        """The curve: epoch, loss, ndcg."""
        return self.curve.copy()

    def summary(self, lang: str = "en") -> str:
        """One sentence: model, size, seconds, device."""
        text = Text(
            "recsys.fit_summary",
            model=worded("recsys.model_", self.model),
            users=self.n_users,
            items=self.n_items,
            interactions=self.n_interactions,
            seconds=self.seconds,
            device=self.device,
        )
        return str(render(text, lang))
