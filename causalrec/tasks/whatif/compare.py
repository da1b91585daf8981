"""Compare before and after of a scenario, judge it by the written rule, and keep the answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from causalrec.core.errors import StorageError
from causalrec.core.params import Params
from causalrec.core.progress import OnProgress, silent, within
from causalrec.core.results.result import Result
from causalrec.core.words import Text
from causalrec.runs.record.task import Task
from causalrec.tasks.whatif.compare_params import CompareParams, limits_of
from causalrec.whatif.changes.comparison import Compared, Comparison, compare
from causalrec.whatif.changes.metric_change import MetricChange, same_metric
from causalrec.whatif.changes.sources import SIMULATOR
from causalrec.whatif.changes.verdict import Guardrail
from causalrec.whatif.forecasts.scenario import asked_in, whom_in
from causalrec.whatif.interventions.intervention_kinds import LIST, TREATMENT
from causalrec.workspace import Thing, Workspace

if TYPE_CHECKING:
    from causalrec.tasks.whatif.scenario_setting import Setting
    from causalrec.whatif.forecasts.forecast import ForecastSet
    from causalrec.whatif.forecasts.scenario import Scenario

__all__ = ["Compare", "CompareParams", "comparison_of"]


class Compare(Task[CompareParams, Comparison]):
    """Forecast a saved scenario where its forecasts are missing or out of date, then compare."""

    name: ClassVar[str] = "compare"
    page: ClassVar[str] = "compare"
    telling: ClassVar[tuple[str, ...]] = ("scenario", "estimator")
    Params: ClassVar[type[Params]] = CompareParams
    Result: ClassVar[type[Result]] = Comparison
    heavy: ClassVar[bool] = True

    def run(self, workspace: Workspace, on_progress: OnProgress = silent) -> Comparison:
        from causalrec.tasks.whatif.scenario_setting import read_scenario

        asked = self.params
        scenario, thing = read_scenario(workspace, asked.scenario)
        answers, forecast = _answers(workspace, thing, asked, within(on_progress, 0.0, 0.55))
        case = _Case(workspace, scenario, answers, asked)
        way = _treatment if scenario.on == TREATMENT else _lists
        comparison = way(case, within(on_progress, 0.55, 0.98))
        refs = [ref for ref in forecast.made_from if ref.kind != "scenario"]
        workspace.save_json(
            "comparison",
            scenario.name,
            comparison.model_dump(mode="json"),
            made_from=[thing.ref, forecast.ref, *refs],
            meta={
                "scenario": scenario.name,
                "dataset": scenario.dataset,
                "asked": asked.model_dump(mode="json"),
                "verdict": comparison.verdict.code,
            },
        )
        return comparison


@dataclass(frozen=True)
class _Case:
    """A scenario with its forecasts, and what is asked of them."""

    workspace: Workspace
    scenario: Scenario
    answers: ForecastSet
    asked: CompareParams

    @property
    def goal(self) -> str | None:
        """What the verdict shall be about; None: the best that the log can answer."""
        return None if self.asked.goal == "auto" else self.asked.goal


def comparison_of(thing: Thing) -> Comparison:
    """A saved comparison."""
    return Comparison.revived(thing.json())


def _kept(thing: Thing, asked: CompareParams) -> ForecastSet | None:
    """Kept forecasts, where they are of this program and of every method asked."""
    from causalrec.whatif.forecasts.forecast import ForecastSet

    try:
        answers = ForecastSet.revived(thing.json())
    except StorageError:
        return None  # of an older form: they are made again
    simulated = any(one.method == SIMULATOR for one in answers.forecasts)
    same = (thing.meta.get("asked") or {}).get("estimator", asked.estimator) == asked.estimator
    return answers if same and (simulated or not asked.simulate) else None


def _answers(
    workspace: Workspace, scenario: Thing, asked: CompareParams, on_progress: OnProgress
) -> tuple[ForecastSet, Thing]:
    """The scenario's forecasts: its own that are kept, up to date and of every method asked."""
    from causalrec.tasks.whatif.forecast import ForecastScenario

    thing = workspace.find("forecast", scenario.name)
    if thing is not None and scenario.ref in thing.made_from and not workspace.stale(thing):
        kept = _kept(thing, asked)
        if kept is not None:
            return kept, thing
    names = ("scenario", "seed", "simulate", "estimator")
    params = asked.model_dump(mode="json", include=set(names)) | {"scenario": scenario.name}
    answers = ForecastScenario(params).run(workspace, on_progress)
    return answers, workspace.thing("forecast", scenario.name)


def _rails(asked: CompareParams, rows: Sequence[MetricChange]) -> list[Guardrail]:
    """What must not get worse: the lists, where there are any, and every outcome in money."""
    money = {row.metric for row in rows if row.about is not None and row.about.money}
    lists = any(row.unit == "list" and row.applies for row in rows)
    limits = limits_of(asked) if lists else {}
    limits |= dict.fromkeys(sorted(money), asked.money_may_lose)
    return [Guardrail(metric=metric, allowed=allowed) for metric, allowed in limits.items()]


def _lists(case: _Case, on_progress: OnProgress) -> Comparison:
    """Forecasts, list figures on held-out rows, and both by segment."""
    from causalrec.tasks.whatif.scenario_setting import setting_of
    from causalrec.tasks.whatif.segment_figures import list_segments
    from causalrec.whatif.forecasts.comparison_parts import from_forecasts

    asked, setting = case.asked, setting_of(case.workspace, case.scenario)
    rows = from_forecasts(case.answers)
    on_progress(0.1, Text("compare.working_lists"))
    rows += _ranked(case, setting)
    comparison = _judged(case, rows, case.goal)
    on_progress(0.4, Text("compare.working_segments"))
    split_by, segments = list_segments(
        case.workspace, setting, comparison, asked, on_progress=within(on_progress, 0.4, 1.0)
    )
    return comparison.model_copy(update={"segments": tuple(segments), "split_by": split_by})


def _ranked(case: _Case, setting: Setting) -> list[MetricChange]:
    """What held-out rows say of the lists; of a log without users that there are none."""
    from causalrec.tasks.recsys.model_splits import split_of_model
    from causalrec.whatif.forecasts.comparison_parts import list_rows, no_list_rows

    asked = case.asked
    if setting.saved is None:
        return no_list_rows(setting.before_name, Text("compare.no_lists"), k=asked.k)
    split = split_of_model(case.workspace, setting.saved, setting.data)
    unmodified = Text("compare.before_model", model=case.scenario.model or "")
    return list_rows(
        setting.base, setting.after, split, before_name=unmodified, k=asked.k, seed=asked.seed
    )


def _judged(case: _Case, rows: Sequence[MetricChange], goal: str | None) -> Comparison:
    answers, scenario = case.answers, case.scenario
    modelled = scenario.before == "log" and scenario.model is not None
    compared = Compared(
        name=answers.scenario,
        what=answers.after,
        before_name=answers.before,
        after_name=Text("compare.after_scenario", name=answers.scenario),
        currency=str(case.workspace.settings().get("currency") or ""),
        notes=(Text("compare.note_lists_model"),) if modelled else (),
        whom=whom_in(scenario),
        since=answers.since,
        asked=asked_in(scenario, case.asked),
    )
    rails = _rails(case.asked, rows) if scenario.on == LIST else ()
    return compare(compared, rows, goal=goal, guardrails=rails)


def _treatment(case: _Case, on_progress: OnProgress) -> Comparison:
    """The identified effect, for everybody concerned and by segment."""
    from causalrec.tasks.whatif.segment_figures import treatment_segments
    from causalrec.whatif.forecasts.comparison_parts import from_forecasts

    rows = from_forecasts(case.answers)
    goal = case.goal if any(same_metric(row.metric, case.goal or "") for row in rows) else None
    comparison = _judged(case, rows, goal)
    if all(row.refused for row in rows):
        return comparison
    on_progress(0.2, Text("compare.working_segments"))
    column, segments = treatment_segments(
        case.workspace, case.scenario, case.asked, within(on_progress, 0.2, 1.0)
    )
    return comparison.model_copy(update={"segments": tuple(segments), "split_by": column})
