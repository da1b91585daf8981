"""The scenario being built in this tab, and the ones that are saved."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from causalrec.whatif.forecasts.scenario import Scenario, Step
from causalrec.whatif.interventions import INTERVENTIONS
from causalrec.whatif.interventions.intervention_kinds import LIST, TREATMENT
from causalrec.whatif.ope.catalogue import OPE_ESTIMATORS
from causalrec.workspace import Thing, Workspace

__all__ = ["Draft", "current", "saved_scenarios"]


@dataclass
class Draft:
    """What the widgets show; `turn` is part of their keys, so that loading another resets them.

    Attributes:
        kind: what is changed, `LIST` or `TREATMENT`.
        steps: interventions on lists, as ``{"name": …, "params": …}``.
        treat: parameters of the treatment.
        estimator: the off-policy estimator that shall lead (no part of the scenario).
        shown: the saved scenario that the address says is on show.
    """

    dataset: str
    kind: str = LIST
    name: str = ""
    model: str | None = None
    before: str = "model"
    temperature: float | None = None
    epsilon: float = 0.0
    steps: list[dict[str, Any]] = field(default_factory=list)
    treat: dict[str, Any] = field(default_factory=dict)
    graph: str | None = None
    outcome: str = ""
    date: str | None = None
    estimator: str = OPE_ESTIMATORS.default
    turn: int = 0
    shown: str | None = None

    def key(self, name: str) -> str:
        """The key of one of its widgets."""
        return f"scenario-{name}-{self.turn}"

    def load(self, scenario: Scenario) -> None:
        """Show another scenario."""
        steps = [step.model_dump(mode="json") for step in scenario.interventions]
        self.kind = scenario.on
        self.name = scenario.name
        self.before, self.temperature = scenario.before, scenario.temperature
        self.epsilon, self.date = scenario.epsilon, scenario.date
        self.turn += 1
        if self.kind == TREATMENT:
            self.treat, self.graph = dict(steps[0]["params"]), scenario.graph
            self.outcome = scenario.outcome
        else:
            self.steps, self.model = steps, scenario.model

    def clear(self) -> None:
        """Start a new one."""
        self.name, self.steps, self.before = "", [], "model"
        self.temperature, self.epsilon = None, 0.0
        self.turn += 1

    def scenario(self) -> Scenario:
        """The scenario as it stands.

        Raises:
            ParamError: a value is out of range.
        """
        steps = [{"name": INTERVENTIONS.where(on=TREATMENT)[0], "params": self.treat}]
        lists = self.kind == LIST
        return Scenario.make(
            {
                "name": self.name.strip() or "-",
                "dataset": self.dataset,
                "model": self.model if lists else None,
                "interventions": [Step.make(s) for s in (self.steps if lists else steps)],
                "before": self.before,
                "temperature": self.temperature if lists else None,
                "epsilon": self.epsilon if lists else 0.0,
                "graph": None if lists else self.graph,
                "outcome": self.outcome,
                "date": self.date,
            }
        )


def current(place: Workspace, dataset: str) -> tuple[Draft, bool]:
    """This tab's draft for a dataset, and whether it is new."""
    key = f"causalrec_scenario_{place.id}_{dataset}"
    fresh = key not in st.session_state
    if fresh:
        st.session_state[key] = Draft(dataset)
    draft: Draft = st.session_state[key]
    return draft, fresh


def saved_scenarios(place: Workspace, dataset: str) -> list[Thing]:
    """The latest version of each scenario of a dataset, newest first."""
    return [one for one in place.things("scenario") if one.document().get("dataset") == dataset]
