"""Compare before and after of a scenario, judge it by the written rule, and keep the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from causalrec.core.errors import CausalRecError, StorageError
from causalrec.core.params import Params, param
from causalrec.core.progress import OnProgress, silent, within
from causalrec.core.results.result import Result
from causalrec.core.words import Text
from causalrec.data.storage.store import load_dataset
from causalrec.runs.record.task import Task
from causalrec.whatif.changes.comparison import Comparison, compare
from causalrec.whatif.changes.metric_change import MetricChange, same_metric
from causalrec.whatif.changes.sources import EFFECT, SIMULATOR, estimator_of
from causalrec.whatif.changes.verdict import Guardrail
from causalrec.whatif.interventions.intervention_kinds import TREATMENT
from causalrec.whatif.ope.catalogue import OPE_ESTIMATORS
from causalrec.workspace import Thing, Workspace

if TYPE_CHECKING:
    from causalrec.tasks.whatif.scenario_setting import Setting
    from causalrec.whatif.forecasts.forecast import ForecastSet
    from causalrec.whatif.forecasts.scenario import Scenario

__all__ = ["Compare", "CompareParams", "comparison_of"]


class CompareParams(Params):
    """Which scenario, what it is judged by, and what must not get worse."""

    scenario: str = param(help="compare.param_scenario")
    goal: str = param("auto", help="compare.param_goal")
    segment: str = param("auto", help="compare.param_segment")
    k: int = param(10, ge=1, le=1000, help="compare.param_k")
    ndcg_may_lose: float = param(0.05, ge=0, le=1, help="compare.param_ndcg")
    coverage_may_lose: float = param(0.2, ge=0, le=1, help="compare.param_coverage")
    money_may_lose: float = param(0.02, ge=0, le=1, help="compare.param_money")
    simulate: bool = param(True, help="compare.param_simulate", advanced=True)
    estimator: str = param(
        OPE_ESTIMATORS.default,
        choices=tuple(OPE_ESTIMATORS),
        help="whatif.forecast_estimator",
        advanced=True,
    )
    seed: int = param(0, ge=0, le=2**31 - 1, help="compare.param_seed", advanced=True)


class Compare(Task[CompareParams, Comparison]):
    """Forecast a saved scenario where its forecasts are missing or out of date, then compare."""

    name: ClassVar[str] = "compare"
    Params: ClassVar[type[Params]] = CompareParams
    Result: ClassVar[type[Result]] = Comparison
    heavy: ClassVar[bool] = True

    def run(self, workspace: Workspace, on_progress: OnProgress = silent) -> Comparison:
        from causalrec.tasks.whatif.scenario_setting import read_scenario

        asked = self.params
        scenario, thing = read_scenario(workspace, asked.scenario)
        answers, forecast = _answers(workspace, thing, asked, within(on_progress, 0.0, 0.55))
        if scenario.on == TREATMENT:
            made = _treatment(workspace, scenario, answers, asked, within(on_progress, 0.55, 0.98))
        else:
            made = _lists(workspace, scenario, answers, asked, within(on_progress, 0.55, 0.98))
        refs = [ref for ref in forecast.made_from if ref.kind != "scenario"]
        workspace.save_json(
            "comparison",
            scenario.name,
            made.model_dump(mode="json"),
            made_from=[thing.ref, forecast.ref, *refs],
            meta={
                "scenario": scenario.name,
                "dataset": scenario.dataset,
                "asked": asked.model_dump(mode="json"),
                "verdict": made.verdict.code,
            },
        )
        return made


def comparison_of(thing: Thing) -> Comparison:
    """A saved comparison."""
    return Comparison.revived(thing.json())


def _known(kept: Thing, asked: CompareParams) -> ForecastSet | None:
    """Kept forecasts, where they are of this program and of every method asked."""
    from causalrec.whatif.forecasts.forecast import ForecastSet

    try:
        known = ForecastSet.revived(kept.json())
    except StorageError:
        return None  # of an older form: they are made again
    simulated = any(one.method == SIMULATOR for one in known.forecasts)
    same = (kept.meta.get("asked") or {}).get("estimator", asked.estimator) == asked.estimator
    return known if same and (simulated or not asked.simulate) else None


def _answers(
    workspace: Workspace, scenario: Thing, asked: CompareParams, on_progress: OnProgress
) -> tuple[ForecastSet, Thing]:
    """The scenario's forecasts: its own that are kept, up to date and of every method asked."""
    from causalrec.tasks.whatif.forecast import ForecastScenario

    kept = workspace.find("forecast", scenario.name)
    if kept is not None and scenario.ref in kept.made_from and not workspace.stale(kept):
        known = _known(kept, asked)
        if known is not None:
            return known, kept
    names = ("scenario", "seed", "simulate", "estimator")
    params = asked.model_dump(mode="json", include=set(names)) | {"scenario": scenario.name}
    answers = ForecastScenario(params).run(workspace, on_progress)
    return answers, workspace.thing("forecast", scenario.name)


def _rails(asked: CompareParams, rows: list[MetricChange]) -> list[Guardrail]:
    """What must not get worse: the lists, and every outcome in money."""
    limits = {"ndcg": asked.ndcg_may_lose, "coverage": asked.coverage_may_lose}
    money = {row.metric for row in rows if row.about is not None and row.about.money}
    limits |= dict.fromkeys(sorted(money), asked.money_may_lose)
    return [Guardrail(metric=metric, allowed=allowed) for metric, allowed in limits.items()]


def _lists(
    workspace: Workspace,
    scenario: Scenario,
    answers: ForecastSet,
    asked: CompareParams,
    on_progress: OnProgress,
) -> Comparison:
    """Forecasts, list figures on held-out rows, and both by segment."""
    from causalrec.tasks.recsys.model_splits import split_of_model
    from causalrec.tasks.whatif.scenario_setting import setting_of
    from causalrec.whatif.forecasts.comparison_parts import from_forecasts, list_rows

    setting = setting_of(workspace, scenario)
    unmodified = Text("compare.before_model", model=scenario.model or "")
    rows = from_forecasts(answers)
    on_progress(0.1, Text("compare.working_lists"))
    split = split_of_model(workspace, setting.saved, setting.data)
    rows += list_rows(setting.model, setting.after, split, unmodified, asked.k, asked.seed)
    goal = None if asked.goal == "auto" else asked.goal
    made = _judged(workspace, answers, rows, asked, goal, scenario.before)
    on_progress(0.4, Text("compare.working_segments"))
    split_by, segments = _segments(workspace, setting, made, asked, within(on_progress, 0.4, 1.0))
    return made.model_copy(update={"segments": tuple(segments), "split_by": split_by})


def _judged(
    workspace: Workspace,
    answers: ForecastSet,
    rows: list[MetricChange],
    asked: CompareParams,
    goal: str | None,
    before: str,
) -> Comparison:
    notes = [Text("compare.note_lists_model")] if before == "log" else []
    return compare(
        answers.scenario,
        rows,
        before_name=answers.before,
        after_name=Text("compare.after_scenario", name=answers.scenario),
        goal=goal,
        guardrails=_rails(asked, rows) if any(row.unit == "list" for row in rows) else (),
        what=answers.after,
        currency=str(workspace.settings().get("currency") or ""),
        notes=notes,
    )


def _segments(
    workspace: Workspace,
    setting: Setting,
    made: Comparison,
    asked: CompareParams,
    on_progress: OnProgress,
) -> tuple[str | None, list[MetricChange]]:
    """Off-policy and simulated figures by group of users, of each outcome that is forecast."""
    from causalrec.tasks.whatif.saved_worlds import world_of
    from causalrec.whatif.changes.metric_kinds import is_outcome
    from causalrec.whatif.forecasts.comparison_parts import off_policy_segments, segment_column
    from causalrec.whatif.forecasts.simulate import simulated_changes

    column = segment_column(setting.data, asked.segment)
    leading = {row.metric: row.source for row in made.main if not row.refused}
    told = {row.source for row in made.rows if not row.refused}
    off_policy = [m for m, source in leading.items() if estimator_of(source)]
    if column is None or not any(is_outcome(metric) for metric in leading):
        return None, []
    before = None if setting.scenario.before == "log" else setting.model
    rows: list[MetricChange] = []
    if off_policy and setting.unseen is not None:
        pair = (before, setting.after)
        estimator = str(estimator_of(leading[off_policy[0]]))
        rows += off_policy_segments(
            setting.unseen, pair, column, off_policy, made.before_name, estimator
        )
    on_progress(0.3)
    if SIMULATOR in told:
        data_ref = next(ref for ref in setting.refs if ref.kind == "dataset")
        world = world_of(workspace, data_ref, setting.data, seed=asked.seed)
        rows += simulated_changes(
            world,
            before,
            setting.after,
            asked.seed,
            before_name=made.before_name,
            segment=column,
            on_progress=within(on_progress, 0.4, 1.0),
        )[1]
    return column, rows


def _treatment(
    workspace: Workspace,
    scenario: Scenario,
    answers: ForecastSet,
    asked: CompareParams,
    on_progress: OnProgress,
) -> Comparison:
    """The identified effect, for everybody concerned and by segment."""
    from causalrec.whatif.forecasts.comparison_parts import from_forecasts

    goal = None if asked.goal == "auto" else asked.goal
    rows = from_forecasts(answers)
    goal = goal if any(same_metric(row.metric, goal or "") for row in rows) else None
    made = _judged(workspace, answers, rows, asked, goal, scenario.before)
    if all(row.refused for row in rows):
        return made
    on_progress(0.2, Text("compare.working_segments"))
    column, segments = _treated(workspace, scenario, asked, within(on_progress, 0.2, 1.0))
    return made.model_copy(update={"segments": tuple(segments), "split_by": column})


def _treated(
    workspace: Workspace, scenario: Scenario, asked: CompareParams, on_progress: OnProgress
) -> tuple[str | None, list[MetricChange]]:
    """The effect in each group of users; nothing where the treatment already names a group."""
    from causalrec.tasks.whatif.forecast import forecast_set
    from causalrec.whatif.forecasts.comparison_parts import (
        from_forecast,
        segment_column,
        segment_levels,
    )

    step = scenario.interventions[0]
    if step.params.get("segment"):
        return None, []
    data = load_dataset(workspace.thing("dataset", scenario.dataset).folder)
    column = segment_column(data, asked.segment)
    if column is None:
        return None, []
    rows: list[MetricChange] = []
    levels = segment_levels(data, column)
    for at, level in enumerate(levels):
        params: dict[str, Any] = {**step.params, "segment": f"{column}={level}"}
        mine = scenario.model_copy(
            update={"interventions": (step.model_copy(update={"params": params}),)}
        )
        try:
            answers, _ = forecast_set(workspace, mine, seed=asked.seed)
        except CausalRecError:
            continue  # a column that the causal table lacks: no figures by segment
        rows += [
            from_forecast(one, answers.before, level)
            for one in answers.forecasts
            if one.method == EFFECT
        ]
        on_progress((at + 1) / len(levels))
    return column, rows
