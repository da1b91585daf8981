"""Forecast a scenario by every method that applies, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from causalrec.causal.formats.json_document import from_document
from causalrec.core.errors import CausalRecError
from causalrec.core.params import Params, param
from causalrec.core.progress import OnProgress, silent, within
from causalrec.core.results.result import Result
from causalrec.core.words import Text
from causalrec.data.dataset.log_outcomes import outcomes_of
from causalrec.data.dataset.outcomes import Outcome
from causalrec.data.storage.store import load_dataset
from causalrec.runs.record.task import Task
from causalrec.tasks.whatif.scenario_setting import Setting, before_words, read_scenario, setting_of
from causalrec.whatif.changes.sources import EFFECT, SIMULATOR, methods
from causalrec.whatif.forecasts.forecast import Forecast, ForecastSet
from causalrec.whatif.forecasts.scenario import (
    Scenario,
    asked_in,
    outcome_in,
    sentence_of,
    whom_in,
)
from causalrec.whatif.interventions.intervention_kinds import TREATMENT
from causalrec.whatif.ope.catalogue import OPE_ESTIMATORS
from causalrec.workspace import Ref, Workspace

if TYPE_CHECKING:
    from causalrec.whatif.changes.metric_change import MetricChange

__all__ = ["ForecastParams", "ForecastScenario", "forecast_set"]


class ForecastParams(Params):
    """Which scenario."""

    scenario: str = param(help="whatif.forecast_scenario")
    seed: int = param(0, ge=0, le=2**31 - 1, help="whatif.forecast_seed")
    simulate: bool = param(True, help="whatif.forecast_simulate")
    estimator: str = param(
        OPE_ESTIMATORS.default, choices=tuple(OPE_ESTIMATORS), help="whatif.forecast_estimator"
    )


class ForecastScenario(Task[ForecastParams, ForecastSet]):
    """Forecast a saved scenario and save the answers under its name."""

    name: ClassVar[str] = "forecast"
    telling: ClassVar[tuple[str, ...]] = ("scenario", "estimator")
    Params: ClassVar[type[Params]] = ForecastParams
    Result: ClassVar[type[Result]] = ForecastSet
    heavy: ClassVar[bool] = True

    def run(self, workspace: Workspace, on_progress: OnProgress = silent) -> ForecastSet:
        asked = self.params
        scenario, thing = read_scenario(workspace, asked.scenario)
        answers, refs = forecast_set(
            workspace,
            scenario,
            seed=asked.seed,
            simulate=asked.simulate,
            estimator=asked.estimator,
            on_progress=on_progress,
        )
        answers = answers.model_copy(update={"asked": asked_in(scenario, asked)})
        workspace.save_json(
            "forecast",
            scenario.name,
            answers.model_dump(mode="json"),
            made_from=[thing.ref, *refs],
            meta={"scenario": scenario.name, "asked": asked.model_dump(mode="json")},
        )
        return answers


def forecast_set(
    workspace: Workspace,
    scenario: Scenario,
    *,
    seed: int = 0,
    simulate: bool = True,
    estimator: str = "",
    on_progress: OnProgress = silent,
) -> tuple[ForecastSet, tuple[Ref, ...]]:
    """Every method's answer to a scenario, and the things that they rest on.

    Args:
        workspace: where dataset, model and graph are.
        scenario: what is changed.
        seed: of the folds and the simulator.
        simulate: whether the simulator is asked (the slowest method).
        estimator: the off-policy estimator that leads, a name in `OPE_ESTIMATORS`; the first
            one leads instead where it trusts a model of the outcome.
        on_progress: told the share done.

    Raises:
        NotFoundError: the dataset, the model or the graph is gone.
        ParamError: an intervention cannot be made or names what is not known.
    """
    if scenario.on == TREATMENT:
        return _on_treatment(workspace, scenario, seed, on_progress)
    on_progress(0.05, Text("whatif.working_policies"))
    setting = setting_of(workspace, scenario)
    on_progress(0.2, Text("whatif.working_off_policy"))
    outcomes = tuple(outcomes_of(setting.data).values()) or (_ANY,)
    forecasts = _off_policy(setting, outcomes, estimator or OPE_ESTIMATORS.default)
    if simulate:
        on_progress(0.4, Text("whatif.working_simulator"))
        later = within(on_progress, 0.4, 0.98)
        forecasts += _simulated(workspace, setting, outcomes, seed=seed, on_progress=later)
    reason = Text("whatif.no_effect_of_lists")
    forecasts += [
        Forecast.none(EFFECT, one.name, reason, applies=False, about=one) for one in outcomes
    ]
    answers = ForecastSet(
        scenario=scenario.name,
        before=setting.before_name,
        after=sentence_of(scenario),
        forecasts=tuple(forecasts),
        temperature=setting.temperature,
        outcomes=tuple(one.name for one in outcomes),
        currency=_currency(workspace),
        whom=whom_in(scenario),
    )
    return answers, setting.refs


def _currency(workspace: Workspace) -> str:
    return str(workspace.settings().get("currency") or "")


_ANY = Outcome(name="any", meaning="any", kind="share")
"""Stands for what would be wanted, where the log knows no outcome at all."""


def _off_policy(setting: Setting, outcomes: tuple[Outcome, ...], estimator: str) -> list[Forecast]:
    from causalrec.whatif.forecasts.ope_forecasts import off_policy_forecasts, off_policy_none

    data, reason = setting.data, None
    impressions = data.has_impressions or data.has("propensity")
    if not data.outcomes or data.mapping.event is not None or not impressions:
        reason = Text("whatif.no_impressions_known")
    elif not data.has("propensity"):
        reason = Text("whatif.no_propensity")
    elif setting.unseen is None:
        reason = setting.why or Text("whatif.no_unseen")
    if reason is not None or setting.unseen is None:
        return off_policy_none(outcomes, reason or Text("whatif.no_unseen"))
    names = [one.name for one in outcomes]
    return off_policy_forecasts(
        setting.unseen, setting.after, setting.before, names, lead=estimator
    )


def _simulated(
    workspace: Workspace,
    setting: Setting,
    outcomes: tuple[Outcome, ...],
    *,
    seed: int,
    on_progress: OnProgress,
) -> list[Forecast]:
    from causalrec.tasks.whatif.saved_worlds import world_of
    from causalrec.whatif.forecasts.simulate import simulated_changes

    try:
        dataset = next(ref for ref in setting.refs if ref.kind == "dataset")
        world = world_of(
            workspace,
            dataset,
            setting.data,
            seed=seed,
            on_progress=within(on_progress, 0.0, 0.6),
        )
        rows, _ = simulated_changes(
            world,
            setting.before,
            setting.after,
            seed,
            before_name=setting.before_name,
            on_progress=within(on_progress, 0.6, 1.0),
        )
    except CausalRecError as error:
        return [
            Forecast.none(SIMULATOR, one.name, error.text, applies=False, about=one)
            for one in outcomes
        ]
    by_outcome = {row.metric: row for row in rows}
    return [_simulated_one(one, by_outcome.get(one.name)) for one in outcomes]


def _simulated_one(outcome: Outcome, row: MetricChange | None) -> Forecast:
    """A simulated figure as a forecast; refused where the simulator does not play the outcome."""
    if row is None:
        reason = Text("whatif.simulator_untold", outcome=outcome.word)
        return Forecast.none(SIMULATOR, outcome.name, reason, applies=False, about=outcome)
    return Forecast(
        method=SIMULATOR,
        outcome=outcome.name,
        about=outcome,
        before=row.before,
        after=row.after,
        change=row.change,
        refused=row.refused,
        reason=row.change.reason,
        assumptions=row.assumptions,
    )


def _on_treatment(
    workspace: Workspace, scenario: Scenario, seed: int, on_progress: OnProgress
) -> tuple[ForecastSet, tuple[Ref, ...]]:
    from causalrec.causal.tables.causal_table import causal_table
    from causalrec.causal.tables.treatment_start import treatment_start
    from causalrec.whatif.forecasts.effect_forecast import effect_forecast

    treat: Any = scenario.changes[0]
    data_thing = workspace.thing("dataset", scenario.dataset)
    refs: tuple[Ref, ...] = (data_thing.ref,)
    on_progress(0.1, Text("whatif.working_table"))
    since = scenario.date
    if scenario.graph is None:
        forecast = Forecast.none(EFFECT, scenario.outcome, Text("whatif.needs_graph"))
    else:
        graph_thing = workspace.thing("graph", scenario.graph)
        refs = (data_thing.ref, graph_thing.ref)
        try:
            graph = from_document(graph_thing.document())
            data = load_dataset(data_thing.folder)
            if not scenario.outcome:
                chosen = outcome_in(graph, treat.params.node, data.outcomes)
                scenario = scenario.model_copy(update={"outcome": chosen})
            column = graph.bindings.get(treat.params.node, treat.params.node)
            moment = scenario.date or data_thing.meta.get("date")
            moment = moment or treatment_start(data, column)
            frame = causal_table(data, unit="user", date=moment)
            since = frame.attrs["causalrec"]["date"]
            on_progress(0.5, Text("whatif.working_effect"))
            forecast = effect_forecast(frame, graph, treat, scenario.outcome, seed=seed)
        except CausalRecError as error:
            reason = Text("whatif.with_hint", text=error.text, hint=error.hint or "")
            forecast = Forecast.none(EFFECT, scenario.outcome, reason)
    others = [
        Forecast.none(method, scenario.outcome, Text("whatif.no_lists_changed"), applies=False)
        for method in methods()
        if method != EFFECT
    ]
    answers = ForecastSet(
        scenario=scenario.name,
        before=before_words(scenario),
        after=sentence_of(scenario),
        forecasts=(forecast, *others),
        outcomes=(scenario.outcome,),
        currency=_currency(workspace),
        whom=whom_in(scenario),
        since=since,
    )
    return answers, refs
