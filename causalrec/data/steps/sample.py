"""Work with a part of the rows."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pandas as pd

from causalrec.core.params import param
from causalrec.core.seeds import generator
from causalrec.core.words import Text
from causalrec.data.steps.draft import Draft
from causalrec.data.steps.step import Step, left

__all__ = ["Sample"]


class Sample(Step):
    """A random share of the rows, or of the users with all their rows."""

    name: ClassVar[str] = "sample"
    changes: ClassVar[tuple[str, ...]] = ("rows",)
    thins: ClassVar[bool] = True
    share: float = param(0.1, ge=0.0001, le=1.0, help="data.step_sample_share")
    of: str = param("users", choices=("users", "rows"), help="data.step_sample_of")
    seed: int = param(0, ge=0, help="data.step_sample_seed", advanced=True)

    def apply(self, draft: Draft) -> tuple[Draft, Text]:
        random = generator(self.seed, "sample")
        if self.of == "users" and draft.mapping.user is not None:
            codes, ids = draft.ids(draft.mapping.user)
            chosen = random.random(len(ids) + 1) < self.share
            keep = chosen[codes] & (codes >= 0)
        else:
            keep = random.random(len(draft.frame)) < self.share
        kept = left(draft.keep(pd.Series(keep)))
        return kept, Text("data.effect_sampled", share=float(np.mean(keep)))
