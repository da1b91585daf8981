"""A scenario: what would be changed, against what, kept as JSON and runnable again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from causalrec.core.errors import DataError, ParamError
from causalrec.core.params import Params, param
from causalrec.core.results.asked import Asked
from causalrec.core.results.display import Displayed
from causalrec.core.words import Text
from causalrec.core.words.conditions import people
from causalrec.data.dataset.dataset import Dataset
from causalrec.recsys.policies.policy import Policy, RecommenderPolicy
from causalrec.recsys.policies.temperature import default_temperature
from causalrec.whatif.interventions import INTERVENTIONS
from causalrec.whatif.interventions.intervention_kinds import LIST, TREATMENT, Intervention

if TYPE_CHECKING:
    from causalrec.causal.graph.causal_graph import CausalGraph

__all__ = [
    "Scenario",
    "Step",
    "asked_in",
    "default_scenarios",
    "outcome_in",
    "sentence_of",
    "temperature_for",
    "whom_in",
]


class Step(Params):
    """One intervention of a scenario: its name in `INTERVENTIONS` and its parameters."""

    name: str = param(help="whatif.step_name", choices=tuple(INTERVENTIONS))
    params: dict[str, Any] = param({}, help="whatif.step_params")

    def intervention(self) -> Intervention:
        """The intervention that it names.

        Raises:
            NotFoundError, ParamError: the name or a parameter is wrong.
        """
        entry: type[Intervention] = INTERVENTIONS[self.name]
        return entry(**self.params)


class Scenario(Displayed, Params):
    """What would be changed, against what.

    Changes of lists start from a trained model made a policy, or of a log without users from the
    log's own policy; setting a treatment starts from a causal graph. One scenario holds either
    list interventions or one treatment.
    """

    name: str = param(help="whatif.scenario_name")
    dataset: str = param(help="whatif.scenario_dataset")
    model: str | None = param(None, help="whatif.scenario_model")
    interventions: tuple[Step, ...] = param((), help="whatif.scenario_steps")
    before: Literal["log", "model"] = param("model", help="whatif.scenario_before")
    temperature: float | None = param(None, ge=1e-9, help="whatif.scenario_temperature")
    epsilon: float = param(0.0, ge=0, le=1, help="whatif.scenario_epsilon")
    graph: str | None = param(None, help="whatif.scenario_graph")
    outcome: str = param("", help="whatif.scenario_outcome")
    date: str | None = param(None, help="whatif.scenario_date")

    def to_frame(self) -> pd.DataFrame:
        """One row an intervention: intervention, what it does, its parameters."""
        rows = [(one.name, one.sentence, one.params.model_dump()) for one in self.changes]
        return pd.DataFrame(rows, columns=["intervention", "does", "params"])

    def summary(self, lang: str = "en") -> str:
        """What it would change, and in which log."""
        names = {"name": self.name, "dataset": self.dataset}
        return Text("whatif.scenario_summary", change=sentence_of(self), **names).to(lang)

    @property
    def changes(self) -> tuple[Intervention, ...]:
        """The interventions in their order.

        Raises:
            NotFoundError, ParamError: one cannot be made.
            ParamError: a treatment stands beside something else.
        """
        changes = tuple(step.intervention() for step in self.interventions)
        if any(one.on == TREATMENT for one in changes) and len(changes) > 1:
            raise ParamError("whatif.treat_alone", hint="whatif.treat_alone_hint")
        return changes

    @property
    def on(self) -> str:
        """What is changed: `LIST` or `TREATMENT`."""
        return TREATMENT if any(one.on == TREATMENT for one in self.changes) else LIST

    def policies(self, base: Policy, data: Dataset) -> tuple[Policy, Policy]:
        """The unmodified and the changed policy.

        Raises:
            ParamError: an item, category or segment is not known.
        """
        changed: Policy = base
        for one in self.changes:
            changed = one.apply(changed, data)
        return base, changed


def temperature_for(policy: RecommenderPolicy, data: Dataset, asked: float | None) -> float:
    """The temperature asked for, else the default.

    By default the sharpest that keeps an effective sample of 8 % of the log; for a log without
    propensities, the median spread of a user's scores.

    Args:
        policy: a model's policy (its epsilon and candidates count).
        data: the log.
        asked: what a person chose.
    """
    if asked is not None:
        return asked
    try:
        return default_temperature(policy, data)
    except DataError:
        users = np.unique(np.linspace(0, policy.n_users - 1, 200).astype(np.int64))
        spread = float(np.median(policy.model.score(users).std(axis=1)))
        return spread if spread > 0 else 1.0


def sentence_of(scenario: Scenario) -> Text:
    """What a scenario changes, as one phrase."""
    phrases = [one.sentence for one in scenario.changes]
    if not phrases and scenario.before == "log" and scenario.model:
        return Text("whatif.say_model", model=scenario.model)
    if not phrases:
        return Text("whatif.say_nothing")
    joined = phrases[0]
    for phrase in phrases[1:]:
        joined = Text("whatif.say_and", first=joined, second=phrase)
    return joined


def whom_in(scenario: Scenario) -> Text | None:
    """The segment that every change is for; None where one is for everybody."""
    segments = {getattr(one.params, "segment", None) for one in scenario.changes}
    if len(segments) != 1 or None in segments:
        return None
    return people(str(segments.pop()))


def asked_in(scenario: Scenario, *params: Params) -> Asked:
    """What a scenario asks, and what is asked of its forecasts beside."""
    said = {"interventions": sentence_of(scenario)}
    return Asked.of(scenario, *params, leave=("name", "scenario"), said=said)


def outcome_in(graph: CausalGraph, treatment: str, outcomes: Sequence[str]) -> str:
    """The outcome that a treatment is asked about where nobody named one; "" where there is none.

    Args:
        graph: its marked outcome is taken first.
        treatment: the node that is set, which is no outcome of itself.
        outcomes: names of the log's outcomes, the likeliest first.
    """
    nodes = [node for node in graph.nodes if node not in graph.latent and node != treatment]
    likely = [*graph.marked("outcome"), *outcomes, *reversed(nodes)]
    return next((node for node in likely if node in nodes), "")


def default_scenarios(
    data: Dataset, model: str | None, cause: tuple[str, str, str] | None = None, lang: str = "en"
) -> list[Scenario]:
    """What to start from: what each intervention offers for the log, in the order of `starts`.

    Of a log that does not say what was shown without success, changes of lists come last: what
    they do to an outcome cannot be told there.

    Args:
        data: the log; of one without users the log's own policy is changed.
        model: name of a trained model, or None.
        cause: names of a saved graph, its treatment and its outcome, or None.
        lang: language of the scenarios' names.
    """
    graph, treatment, outcome = cause or (None, None, "")
    scenarios: list[Scenario] = []
    blind = not data.has_impressions

    def place(entry: type[Intervention]) -> tuple[bool, int]:
        return entry.on == LIST and blind, entry.starts

    for entry in sorted(INTERVENTIONS.values(), key=place):
        lists = entry.on == LIST
        start = entry.start(data, treatment, lang) if entry.starts else None
        if start is None or (lists and model is None and data.has("user")):
            continue
        step = Step(name=entry.name, params=start.params)
        scenario = Scenario(name=start.name.to(lang), dataset=data.name, interventions=(step,))
        rests = {"model": model} if lists else {"graph": graph, "outcome": outcome}
        scenarios.append(scenario.model_copy(update=rests))
    return scenarios
