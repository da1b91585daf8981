"""Set a treatment, for everybody or for a segment."""

from __future__ import annotations

from typing import NoReturn

import numpy as np
import pandas as pd

from causalrec.core.errors import ParamError
from causalrec.core.params import Params, param
from causalrec.core.words import Text, table
from causalrec.core.words.conditions import arm, people
from causalrec.data.dataset.dataset import Dataset
from causalrec.whatif.interventions.intervention_kinds import TREATMENT, Intervention, Start
from causalrec.whatif.interventions.policy_attributes import PolicyAttributes

__all__ = ["MOST_LEVELS", "Treat", "TreatParams"]

MOST_LEVELS = 5
"""A treatment of at most so many values is compared value by value (as `estimate` does)."""


class TreatParams(Params):
    """Which treatment, which value, for whom."""

    node: str = param(help="whatif.param_node", picks="node")
    value: float | str = param(1.0, help="whatif.param_value")
    segment: str | None = param(None, help="whatif.param_segment_optional", picks="segment")


class Treat(Intervention):
    """Set a treatment to a value: ``do(node = value)`` for the units of a segment.

    It changes no list; what it would do is forecast from an identified effect
    (`causalrec.whatif.forecasts.treatment_forecast`).
    """

    name = "treat"
    Params = TreatParams
    on = TREATMENT
    starts = 4
    source = "Pearl (2009)"

    @property
    def sentence(self) -> Text:
        value = self.params.value
        shown = value if isinstance(value, str) else f"{value:g}"
        what = arm(self.params.node, shown)
        if self.params.segment is None:
            return Text("whatif.say_treat_all", what=what)
        return Text("whatif.say_treat", what=what, whom=people(self.params.segment))

    @classmethod
    def start(cls, log: Dataset, treatment: str | None, lang: str) -> Start | None:
        """The treatment of the saved graph, given to the users of a 0/1 column."""
        if treatment is None:
            return None
        segment = _first_segment(log, treatment)
        whom = Text("whatif.whom_all") if segment is None else people(segment)
        name = cls.word("_start", node=_node_word(treatment), whom=whom)
        return Start(name, {"node": treatment, "value": 1.0, "segment": segment})

    def apply(self, policy: object, data: Dataset | None = None) -> NoReturn:
        """Never: a treatment is no list.

        Raises:
            ParamError: always; the hint names `forecast`.
        """
        raise ParamError("whatif.treat_no_list", hint="whatif.treat_no_list_hint")

    def members(self, frame: pd.DataFrame) -> np.ndarray:
        """Rows of a causal table whom it concerns, bool (n,).

        Raises:
            ParamError: the segment's column is not in the table, or nobody is in it.
        """
        if self.params.segment is None:
            return np.ones(len(frame), dtype=bool)
        return PolicyAttributes(frame, None).user_mask(self.params.segment)

    def is_slope(self, values: pd.Series) -> bool:
        """Whether the treatment is a number of more values than can be compared one by one."""
        plain = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
        return plain and values.nunique() > MOST_LEVELS

    def number(self, values: pd.Series) -> float:
        """The value that a number is set to.

        Raises:
            ParamError: it is no number, or beyond what the log has seen.
        """
        value = self.params.value
        if not pd.api.types.is_numeric_dtype(values) or isinstance(value, str):
            raise ParamError("whatif.treat_no_number", hint="whatif.treat_no_number_hint")
        low, high = float(values.min()), float(values.max())
        if not low <= value <= high:
            raise ParamError(
                "whatif.beyond_log",
                hint="whatif.beyond_log_hint",
                node=self.params.node,
                value=f"{value:g}",
                known=f"{low:g} – {high:g}",
            )
        return float(value)

    @property
    def holds(self) -> tuple[Text, ...]:
        """What must hold for its forecast to be right."""
        return (Text("whatif.assume_graph"), Text("whatif.assume_interference"))


def _first_segment(log: Dataset, node: str) -> str | None:
    """Users with 1 in the first 0/1 column of the user table that is not the treatment."""
    if log.users is None:
        return None
    for column in log.users.columns:
        values = set(log.users[column].dropna().unique().tolist())
        if column != node and values == {0, 1}:
            return f"{column}=1"
    return None


def _node_word(node: str) -> Text | str:
    """A treatment at the beginning of a name: its word where there is one, else its own name."""
    key = f"whatif.node_{node}"
    plain = node.replace("_", " ")
    return Text(key) if key in table("en") else plain[:1].upper() + plain[1:]
