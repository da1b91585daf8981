"""A scenario: what would be changed, against what, kept as JSON and runnable again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from causalrec.core.errors import DataError, ParamError
from causalrec.core.params import Params, param
from causalrec.core.words import Text, table
from causalrec.data.dataset.dataset import Dataset
from causalrec.data.values.ids import labels
from causalrec.recsys.policies.policy import Policy, RecommenderPolicy
from causalrec.recsys.policies.temperature import default_temperature
from causalrec.whatif.interventions import INTERVENTIONS
from causalrec.whatif.interventions.base import Intervention

if TYPE_CHECKING:
    from causalrec.causal.graph.causal_graph import CausalGraph

__all__ = ["Scenario", "Step", "default_scenarios", "outcome_in", "sentence_of", "temperature_for"]

_OVERWHELMING = 12.0
"""Added to a logit it makes an item's odds 160,000 times what they were."""


class Step(Params):
    """One intervention of a scenario: its name in `INTERVENTIONS` and its parameters."""

    name: str = param(help="whatif.step_name", choices=tuple(INTERVENTIONS))
    params: dict[str, Any] = param({}, help="whatif.step_params")

    def intervention(self) -> Intervention:
        """The intervention that it names.

        Raises:
            NotFoundError, ParamError: the name or a parameter is wrong.
        """
        made: Intervention = INTERVENTIONS[self.name](**self.params)
        return made


class Scenario(Params):
    """What would be changed, against what.

    Changes of lists start from a trained model made a policy; setting a treatment starts from a
    causal graph. One scenario holds either list interventions or one treatment.
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

    @property
    def made(self) -> tuple[Intervention, ...]:
        """The interventions in their order.

        Raises:
            NotFoundError, ParamError: one cannot be made.
            ParamError: a treatment stands beside something else.
        """
        made = tuple(step.intervention() for step in self.interventions)
        if any(one.on == "treatment" for one in made) and len(made) > 1:
            raise ParamError("whatif.treat_alone", hint="whatif.treat_alone_hint")
        return made

    @property
    def on(self) -> str:
        """What is changed: "list" or "treatment"."""
        return "treatment" if any(one.on == "treatment" for one in self.made) else "list"

    def policies(self, base: Policy, data: Dataset) -> tuple[Policy, Policy]:
        """The unmodified and the changed policy.

        Raises:
            ParamError: an item, category or segment is not known.
        """
        changed: Policy = base
        for one in self.made:
            changed = one.apply(changed, data)
        return base, changed


def temperature_for(policy: RecommenderPolicy, data: Dataset, asked: float | None) -> float:
    """The temperature asked for, else the default.

    By default the sharpest that keeps an effective sample of 5 % of the log; for a log without
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
    phrases = [one.sentence for one in scenario.made]
    if not phrases and scenario.before == "log":
        return Text("whatif.say_model", model=scenario.model or "")
    if not phrases:
        return Text("whatif.say_nothing")
    joined = phrases[0]
    for phrase in phrases[1:]:
        joined = Text("whatif.say_and", first=joined, second=phrase)
    return joined


def outcome_in(graph: CausalGraph, treatment: str, outcomes: Sequence[str]) -> str:
    """The outcome that a treatment is asked about where nobody named one; "" where there is none.

    Args:
        graph: its marked outcome is taken first.
        treatment: the node that is set, which is no outcome of itself.
        outcomes: names of the log's outcomes, the likeliest first.
    """
    nodes = [node for node in graph.nodes if node not in graph.latent and node != treatment]
    known = [*graph.marked("outcome"), *outcomes, *reversed(nodes)]
    return next((node for node in known if node in nodes), "")


def default_scenarios(
    data: Dataset, model: str | None, cause: tuple[str, str, str] | None = None, lang: str = "en"
) -> list[Scenario]:
    """What to start from: a boost most logs can judge, a push no log can, a treatment.

    Args:
        data: the log.
        model: name of a trained model, or None.
        cause: names of a saved graph, its treatment and its outcome, or None.
        lang: language of the scenarios' names.
    """
    made: list[Scenario] = []
    category = _main_category(data)
    if model is not None and category is not None:
        params = {"category": category, "strength": 1.0}
        word = _category_word(data, category, lang)
        name = Text("whatif.default_boost", category=word).to(lang)
        boost = Step(name="boost-category", params=params)
        made.append(Scenario(name=name, dataset=data.name, model=model, interventions=(boost,)))
    if model is not None:
        name = Text("whatif.default_push").to(lang)
        params = {"item": _rare_item(data), "strength": _OVERWHELMING}
        push = Step(name="boost-item", params=params)
        made.append(Scenario(name=name, dataset=data.name, model=model, interventions=(push,)))
    if cause is not None:
        graph, node, outcome = cause
        segment = _segment(data, node)
        params = {"node": node, "value": 1.0, "segment": segment}
        name = Text("whatif.default_treat", node=_node_word(node), whom=_whom(segment)).to(lang)
        treat = Step(name="treat", params=params)
        made.append(
            Scenario(
                name=name, dataset=data.name, interventions=(treat,), graph=graph, outcome=outcome
            )
        )
    return made


def _main_category(data: Dataset) -> str | None:
    """The category that the log shows most often."""
    if data.items is None or "category" not in data.items.columns:
        return None
    shown = labels(data.items["category"].iloc[data.frame["item"]].dropna())
    return None if shown.empty else str(shown.value_counts().index[0])


def _rare_item(data: Dataset) -> str:
    """The item that the log shows least."""
    counts = np.bincount(data.frame["item"].to_numpy(), minlength=data.n_items)
    return str(data.item_ids[int(counts.argmin())])


def _category_word(data: Dataset, category: str, lang: str) -> str:
    """The category in a language, where the item table knows it."""
    column = f"category_{lang}"
    if data.items is None or column not in data.items.columns:
        return category
    known = data.items.loc[labels(data.items["category"]) == category, column].dropna()
    return category if known.empty else str(known.iloc[0])


def _segment(data: Dataset, node: str) -> str | None:
    """Users with 1 in the first 0/1 column of the user table that is not the treatment."""
    if data.users is None:
        return None
    for column in data.users.columns:
        values = set(data.users[column].dropna().unique().tolist())
        if column != node and values == {0, 1}:
            return f"{column}=1"
    return None


def _node_word(node: str) -> Text | str:
    """A treatment at the beginning of a name: its word where there is one, else its own name."""
    key = f"whatif.node_{node}"
    plain = node.replace("_", " ")
    return Text(key) if key in table("en") else plain[:1].upper() + plain[1:]


def _whom(segment: str | None) -> Text:
    """A segment as people: ``is_new=1`` are new users, ``segment=casual`` users with that value."""
    if segment is None:
        return Text("whatif.whom_all")
    column, _, value = segment.partition("=")
    if not column.startswith("is_") or value != "1":
        return Text("whatif.whom_with", segment=segment)
    what = column.removeprefix("is_")
    key = f"whatif.group_{what}"
    return Text("whatif.whom_is", what=Text(key) if key in table("en") else what.replace("_", " "))
