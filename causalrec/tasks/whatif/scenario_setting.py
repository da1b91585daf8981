"""What a scenario needs to be played: its data, its policies, and the rows its model never saw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from causalrec.core.errors import CausalRecError, DataError, NotFoundError
from causalrec.core.words import Text
from causalrec.data.storage.store import load_dataset
from causalrec.recsys.policies.logged import LoggedPolicy
from causalrec.recsys.policies.policy import Policy, RecommenderPolicy
from causalrec.tasks.recsys.model_splits import RANDOM_ROWS, learnt_from, split_of_model
from causalrec.whatif.forecasts.scenario import Scenario, temperature_for
from causalrec.whatif.interventions.intervention_kinds import TREATMENT
from causalrec.workspace import Ref, Thing, Workspace

if TYPE_CHECKING:
    from causalrec.data.dataset.dataset import Dataset

__all__ = [
    "Setting",
    "base_policy",
    "before_words",
    "log_policy",
    "read_scenario",
    "setting_of",
    "unseen_rows",
]


@dataclass(frozen=True, eq=False)
class Setting:
    """A scenario about lists, ready to be played.

    Attributes:
        data: the whole log.
        unseen: the rows the model did not learn from; None where there are none, `why` says so.
        base, after: the unmodified and the changed policy.
        refs: the things it was made from.
        saved: the saved model; None where the log's own policy is changed.
    """

    scenario: Scenario
    data: Dataset
    unseen: Dataset | None
    why: Text | None
    base: Policy
    after: Policy
    refs: tuple[Ref, ...]
    saved: Thing | None

    @property
    def temperature(self) -> float | None:
        """Of the unmodified policy, where it is a model's."""
        return self.base.temperature if isinstance(self.base, RecommenderPolicy) else None

    @property
    def before(self) -> Policy | None:
        """The policy that it is compared with; None: the rows of the log as they are."""
        return None if self.scenario.before == "log" else self.base

    @property
    def before_name(self) -> Text:
        """What the scenario is compared with."""
        as_often = isinstance(self.before, LoggedPolicy) and not self.before.exact
        return Text("whatif.before_as_often") if as_often else before_words(self.scenario)


def read_scenario(workspace: Workspace, name: str) -> tuple[Scenario, Thing]:
    """A saved scenario.

    Raises:
        NotFoundError: there is none with the name.
    """
    thing = workspace.thing("scenario", name)
    return Scenario.make({**thing.document(), "name": thing.name}), thing


def before_words(scenario: Scenario) -> Text:
    """What the scenario is compared with."""
    if scenario.on == TREATMENT:
        return Text("whatif.before_treatment")
    if scenario.before == "log" or scenario.model is None:
        return Text("whatif.before_log")
    return Text("whatif.before_model", model=scenario.model or "")


def unseen_rows(
    workspace: Workspace, model: Thing, data: Dataset
) -> tuple[Dataset | None, Text | None]:
    """The rows of the log that a saved model did not learn from, else why there are none.

    A policy learnt from rows looks better on them than it is, whatever the propensities.

    Args:
        workspace: where the model is.
        model: the saved model.
        data: the version of the log that it learnt from.
    """
    if str(model.meta.get("protocol", "")) not in RANDOM_ROWS:
        return None, Text("whatif.no_unseen")
    try:
        return split_of_model(workspace, model, data).test, None
    except CausalRecError as error:
        return None, error.text


def base_policy(workspace: Workspace, scenario: Scenario, data: Dataset) -> RecommenderPolicy:
    """The unmodified model as a policy, at the scenario's or the default temperature.

    A default temperature is only what a log needs to value single impressions: lists stay the
    model's ranking, as it was measured. A temperature that a person chose is a policy's own, and
    its lists are drawn.

    Raises:
        DataError: the scenario names no model.
        NotFoundError: the model is gone.
    """
    from causalrec.recsys.recommenders.opening import load_recommender

    if scenario.model is None:
        raise DataError("whatif.needs_model", hint="whatif.needs_model_hint")
    thing = workspace.thing("model", scenario.model)
    ranked = scenario.temperature is None
    model = load_recommender(thing.folder)
    rough = RecommenderPolicy(model, 1.0, scenario.epsilon, ranked=ranked)
    return rough.with_temperature(temperature_for(rough, data, scenario.temperature))


def log_policy(data: Dataset) -> LoggedPolicy:
    """The log's own policy, which a change starts from where the log knows no users.

    Raises:
        DataError: the log knows users, so that a model of them is what lists are changed of; or
            it holds no impressions.
    """
    if data.has("user"):
        raise DataError("whatif.needs_model", hint="whatif.needs_model_hint")
    return LoggedPolicy(data)


def setting_of(workspace: Workspace, scenario: Scenario) -> Setting:
    """Load what a scenario about lists names.

    Raises:
        NotFoundError: the dataset or the model is gone.
        DataError: the scenario names no model, and its log knows users.
        ParamError: an intervention names an item, category or segment that is not known.
    """
    data_thing = workspace.thing("dataset", scenario.dataset)
    if scenario.model is None:
        return _of_log(scenario, data_thing)
    model_thing = workspace.thing("model", scenario.model)
    learnt = learnt_from(workspace, model_thing)
    if learnt is not None and learnt.name != scenario.dataset:
        raise NotFoundError(
            "whatif.other_dataset",
            hint="whatif.other_dataset_hint",
            model=scenario.model,
            dataset=scenario.dataset,
        )
    if learnt is not None and learnt.version != data_thing.version:
        data_thing = workspace.thing("dataset", scenario.dataset, learnt.version)
    data, unseen, why, base = _opened(workspace, scenario, data_thing, model_thing)
    _, after = scenario.policies(base, data)
    return Setting(
        scenario=scenario,
        data=data,
        unseen=unseen,
        why=why,
        base=base,
        after=after,
        refs=(data_thing.ref, model_thing.ref),
        saved=model_thing,
    )


_Opened = tuple["Dataset", "Dataset | None", "Text | None", "RecommenderPolicy"]
_KEPT: dict[tuple[object, ...], _Opened] = {}
"""The log, its unseen rows, why there are none, and the policy of the scenario played last: a
forecast and the comparison that follows, or one what-if after another, open them once."""


def _opened(workspace: Workspace, scenario: Scenario, log: Thing, model: Thing) -> _Opened:
    things = ((one.folder, one.fingerprint) for one in (log, model))
    key = (*things, scenario.temperature, scenario.epsilon)
    opened = _KEPT.get(key)
    if opened is None:
        data = load_dataset(log.folder)
        unseen, why = unseen_rows(workspace, model, data)
        base = base_policy(workspace, scenario, data if unseen is None else unseen)
        opened = data, unseen, why, base
        _KEPT.clear()
        _KEPT[key] = opened
    return opened


def _of_log(scenario: Scenario, data_thing: Thing) -> Setting:
    """A change of what the log's own policy shows; it learnt from no outcome, so all rows judge."""
    data = load_dataset(data_thing.folder)
    base, after = scenario.policies(log_policy(data), data)
    return Setting(
        scenario=scenario,
        data=data,
        unseen=data,
        why=None,
        base=base,
        after=after,
        refs=(data_thing.ref,),
        saved=None,
    )
