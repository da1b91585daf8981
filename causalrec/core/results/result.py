"""Answers: frozen, tidy, with one plain sentence, saved as JSON and drawn elsewhere."""

from __future__ import annotations

from functools import singledispatch
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Self

import numpy as np
import pandas as pd
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PlainSerializer,
    ValidationError,
)

from causalrec.core.errors import StorageError
from causalrec.core.results.charts import load_charts
from causalrec.core.results.display import Displayed
from causalrec.core.results.flags import Flags
from causalrec.core.untrusted.documents import ForeignError, first_fault, read_file
from causalrec.core.untrusted.markup import plain_figure
from causalrec.core.words import Text

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

__all__ = ["Estimate", "Frame", "Result", "Vector", "draw", "drawing"]


def _frame_in(value: object) -> object:
    """A frame of columns.

    Raises:
        ValueError: the document holds something else there.
    """
    if not isinstance(value, dict):
        return value
    for name, column in value.items():
        if isinstance(column, (str, bytes, dict)) or not hasattr(column, "__len__"):
            raise ValueError(f"the column {name} is no list")
        if isinstance(column, list) and any(isinstance(cell, (dict, list)) for cell in column):
            raise ValueError(f"the column {name} holds no plain values")
    return pd.DataFrame(value)


def _vector_in(value: object) -> np.ndarray:
    """Numbers.

    Raises:
        ValueError: the document holds something else there.
    """
    try:
        return np.asarray(value, dtype=float)
    except (TypeError, OverflowError) as error:
        raise ValueError("no numbers") from error


def _frame_out(frame: pd.DataFrame) -> dict[str, list[object]]:
    return {str(name): [_cell(v) for v in frame[name].tolist()] for name in frame.columns}


def _cell(value: object) -> object:
    return value if isinstance(value, (str, int, float, bool, type(None))) else str(value)


Frame = Annotated[pd.DataFrame, BeforeValidator(_frame_in), PlainSerializer(_frame_out)]
"""A data frame as a field of a result (its index is not kept)."""

Vector = Annotated[
    np.ndarray,
    BeforeValidator(_vector_in),
    PlainSerializer(lambda v: v.tolist()),
]
"""A float array as a field of a result."""


def draw(result: object, **options: object) -> Figure:
    """The chart of a result, in which names of other people are text and nothing else.

    Raises:
        TypeError: nothing draws results of this class.
    """
    return plain_figure(drawing(result, **options))


@singledispatch
def drawing(result: object, **options: object) -> Figure:
    """The chart before its texts are escaped; `causalrec.plots` registers one a result class.

    Raises:
        TypeError: nothing draws results of this class.
    """
    raise TypeError(f"no chart is registered for {type(result).__name__}")


class Result(Displayed, BaseModel):
    """A frozen answer. ``model_dump_json()`` and ``model_validate_json()`` keep and revive it.

    It says itself by `summary`, with its interval and n; ``model_dump()`` has every field.
    """

    model_config = ConfigDict(
        frozen=True, arbitrary_types_allowed=True, extra="forbid", ser_json_inf_nan="constants"
    )

    @classmethod
    def revived(cls, document: object) -> Self:
        """An answer that was kept: as JSON, or as plain values.

        Raises:
            StorageError: the document is no such answer.
        """
        try:
            if isinstance(document, (str, bytes)):
                return cls.model_validate_json(document)
            return cls.model_validate(document)
        except ValidationError as error:
            why = first_fault(error)
            raise StorageError(
                "core.foreign_result", hint="core.foreign_result_hint", kind=cls.__name__, why=why
            ) from error

    @classmethod
    def read(cls, path: Path) -> Self:
        """An answer in a file.

        Raises:
            StorageError: it is missing, too large, or no such answer.
        """
        try:
            return cls.revived(read_file(path, 8.0))
        except (OSError, ForeignError) as error:
            raise StorageError(
                "core.foreign_result",
                hint="core.foreign_result_hint",
                kind=cls.__name__,
                why=str(error)[:160],
            ) from error

    def to_frame(self) -> pd.DataFrame:
        """The answer as a tidy table, one row a figure; here: its plain fields in one row."""
        plain = (str, int, float, bool, type(None))
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        return pd.DataFrame([{n: value for n, value in fields.items() if isinstance(value, plain)}])

    def plot(self, lang: str = "en", *, dark: bool = False, **options: object) -> Figure:
        """The answer as a plotly figure in a language, for a light or dark page."""
        load_charts()
        return draw(self, lang=lang, dark=dark, **options)


class Estimate(Result):
    """A number that may be refused: value, interval, sample size, and what to know about it.

    Attributes:
        value, low, high: estimate and interval; None when refused.
        level: coverage of the interval (0.95).
        n: rows (or clusters, as the subclass says) that it rests on.
        flags: `Flags`, each a sentence; ``"few-units" in flags`` asks for one by name.
        refused: True when the data cannot answer; `reason` says why.
    """

    value: float | None = None
    low: float | None = None
    high: float | None = None
    level: float = 0.95
    n: int = 0
    flags: Annotated[tuple[Text, ...], AfterValidator(Flags)] = Flags()
    refused: bool = False
    reason: Text | None = None

    def summary(self, lang: str = "en") -> str:
        """The number with its interval and n, or why there is none."""
        if self.refused or self.value is None:
            why = self.reason or Text("core.no_number")
            return Text("core.estimate_refused", reason=why).to(lang)
        if self.low is None or self.high is None:
            return Text("core.estimate_alone", value=self.value, n=self.n).to(lang)
        interval = {"low": self.low, "high": self.high, "level": self.level}
        return Text("core.estimate", value=self.value, n=self.n, **interval).to(lang)

    @property
    def excludes_zero(self) -> bool:
        """Whether the interval lies on one side of 0 (False when refused)."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)
