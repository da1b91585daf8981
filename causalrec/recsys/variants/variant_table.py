"""A model and its smaller variants side by side."""

from __future__ import annotations

import pandas as pd

from causalrec.core.results.result import Frame, Result
from causalrec.core.words import Text, render
from causalrec.recsys.recommenders import STUDENTS

__all__ = ["FORMS", "VariantTable"]

FORMS = ("int8", "bf16", "pruned", *STUDENTS)


class VariantTable(Result):
    """A model and its variants side by side.

    Attributes:
        original: name of the model.
        table: name, form ("original" first), size_mb (model.json and weights), size_share (of the
            original's), users_per_second (whole catalogue scored), speed_ratio, k, value, low,
            high (NDCG on test), n, change, change_low, change_high (paired, to the original).
        notes: what each form is, and where it does not save.
    """

    original: str
    table: Frame
    notes: tuple[Text, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """One row a model."""
        return self.table.copy()

    def summary(self, lang: str = "en") -> str:
        """Each variant's size and change of NDCG, in a sentence."""
        sentences = []
        for row in self.table.to_dict("records")[1:]:
            clear = row["change_low"] > 0 or row["change_high"] < 0
            verdict = ("higher" if row["change"] > 0 else "lower") if clear else "unclear"
            text = Text(
                "recsys.variant_told",
                name=str(row["name"]),
                share=float(row["size_share"]),
                speed=float(row["speed_ratio"]),
                k=int(row["k"]),
                change=float(row["change"]),
                low=float(row["change_low"]),
                high=float(row["change_high"]),
                verdict=Text(f"recsys.verdict_{verdict}"),
            )
            sentences.append(str(render(text, lang)))
        return ("" if lang == "zh" else " ").join(sentences)
