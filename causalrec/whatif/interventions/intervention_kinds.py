"""What interventions share: their facts, their parameters, and how one changes a list."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

import numpy as np
import pandas as pd

from causalrec.core.catalogue import Entry
from causalrec.core.errors import unknown_name
from causalrec.core.params import Params
from causalrec.core.results.display import Displayed
from causalrec.core.words import Text
from causalrec.data.dataset.dataset import Dataset
from causalrec.data.values.asked_ids import asked_id, codes_of
from causalrec.whatif.interventions.changed_policy import Change, ChangedPolicy
from causalrec.whatif.interventions.policy_attributes import PolicyAttributes
from causalrec.whatif.world.any_policy import ScoringPolicy

__all__ = ["LIST", "TREATMENT", "Intervention", "ListIntervention", "Start", "item_code"]

LIST, TREATMENT = "list", "treatment"
"""What an intervention can be on."""

PolicyT = TypeVar("PolicyT", bound=ScoringPolicy)


@dataclass(frozen=True)
class Start:
    """A scenario to start from: its name, and the parameters of its one intervention."""

    name: Text
    params: dict[str, Any]


class Intervention(Displayed, Entry, ABC):
    """A change somebody could make.

    What a parameter picks (``param(…, picks="item")``) is a fact of its field: pages offer it.

    Attributes:
        Params: its parameters.
        on: what it changes, `LIST` or `TREATMENT`.
        needs: what a log must know besides its items: "category", "segment".
        starts: its place among the scenarios to start from, those that most logs can judge
            first; 0 where it makes none.
    """

    words = "whatif.do_"
    Params: ClassVar[type[Params]]
    on: ClassVar[str] = LIST
    needs: ClassVar[tuple[str, ...]] = ()
    starts: ClassVar[int] = 0

    def __init__(self, **params: object) -> None:
        self.params: Any = self.Params.make(params)

    @property
    def label(self) -> Text:
        """What it is called on pages."""
        return self.word()

    @property
    @abstractmethod
    def sentence(self) -> Text:
        """What it does, with its parameters, as a phrase."""

    def to_frame(self) -> pd.DataFrame:
        """One row a parameter: parameter, value."""
        values = self.params.model_dump()
        return pd.DataFrame(
            {"parameter": list(values), "value": pd.Series([*values.values()], dtype=object)}
        )

    def summary(self, lang: str = "en") -> str:
        """What it does, with its parameters."""
        return self.sentence.to(lang)

    @property
    def is_neutral(self) -> bool:
        """Whether it changes nothing at all (strength 0)."""
        return False

    @classmethod
    def start(cls, log: Dataset, treatment: str | None, lang: str) -> Start | None:
        """A scenario to start from on a log; None where it has nothing to offer there.

        Args:
            log: the log.
            treatment: of the saved graph, where there is one.
            lang: language of what the log names in several.
        """
        return None

    @abstractmethod
    def apply(self, policy: PolicyT, data: Dataset | None = None) -> PolicyT | ChangedPolicy:
        """The changed policy."""


class ListIntervention(Intervention):
    """A change of what is shown: a policy becomes another policy."""

    def apply(self, policy: PolicyT, data: Dataset | None = None) -> PolicyT | ChangedPolicy:
        """The changed policy; the given one is left as it is.

        Args:
            policy: any policy.
            data: the dataset that knows categories and segments; None: what the policy knows.

        Returns:
            A policy whose rows sum to 1; the very same policy where nothing is to change.

        Raises:
            ParamError: an item, category, column or segment is not known.
        """
        attributes = PolicyAttributes.of(policy, data)
        change = self._change(policy, attributes)
        if self.is_neutral:
            return policy
        name = f"{policy.name} + {self.name}"
        return ChangedPolicy(policy, change, name, attributes, chance=self.chance)

    @property
    def chance(self) -> float:
        """Share of the places of lists that it leaves to chance."""
        return 0.0

    @abstractmethod
    def _change(self, policy: ScoringPolicy, attributes: PolicyAttributes) -> Change:
        """How logits change."""


def item_code(policy: ScoringPolicy, item: object) -> int:
    """Code of an external item id.

    Raises:
        NotFoundError: the policy knows no such item.
    """
    code = int(codes_of(item, policy.item_ids)[0])
    if code < 0:
        near = np.asarray(policy.item_ids).astype(str)
        error = unknown_name(Text("whatif.kind_item"), asked_id(item), near.tolist())
        raise error
    return code
