"""The figures of a comparison by group of users."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from causalrec.core.errors import CausalRecError
from causalrec.core.progress import OnProgress, within
from causalrec.data.storage.store import load_dataset
from causalrec.whatif.changes.comparison import Comparison
from causalrec.whatif.changes.metric_change import MetricChange
from causalrec.whatif.changes.metric_kinds import is_outcome
from causalrec.whatif.changes.sources import EFFECT, SIMULATOR, estimator_of
from causalrec.workspace import Workspace

if TYPE_CHECKING:
    from causalrec.tasks.whatif.compare_params import CompareParams
    from causalrec.tasks.whatif.scenario_setting import Setting
    from causalrec.whatif.forecasts.scenario import Scenario

__all__ = ["list_segments", "treatment_segments"]


def list_segments(
    workspace: Workspace,
    setting: Setting,
    comparison: Comparison,
    asked: CompareParams,
    *,
    on_progress: OnProgress,
) -> tuple[str | None, list[MetricChange]]:
    """Off-policy and simulated figures by group of users, of each outcome that is forecast.

    Args:
        workspace: where worlds are kept.
        setting: of the scenario.
        comparison: of everybody.
        asked: names the column to split by, and the seed.
        on_progress: told the share done.

    Returns:
        The column and its figures; (None, []) where there is none to split by.
    """
    from causalrec.tasks.whatif.saved_worlds import world_of
    from causalrec.whatif.forecasts.comparison_parts import off_policy_segments, segment_column
    from causalrec.whatif.forecasts.simulate import simulated_changes

    column = segment_column(setting.data, asked.segment)
    leading = {row.metric: row.source for row in comparison.main if not row.refused}
    answering = {row.source for row in comparison.rows if not row.refused}
    off_policy = [m for m, source in leading.items() if estimator_of(source)]
    if column is None or not any(is_outcome(metric) for metric in leading):
        return None, []
    rows: list[MetricChange] = []
    if off_policy and setting.unseen is not None:
        rows += off_policy_segments(
            setting.unseen,
            setting.before,
            setting.after,
            column=column,
            outcomes=off_policy,
            before_name=comparison.before_name,
            estimator=str(estimator_of(leading[off_policy[0]])),
        )
    on_progress(0.3)
    if SIMULATOR in answering:
        data_ref = next(ref for ref in setting.refs if ref.kind == "dataset")
        world = world_of(workspace, data_ref, setting.data, seed=asked.seed)
        rows += simulated_changes(
            world,
            setting.before,
            setting.after,
            asked.seed,
            before_name=comparison.before_name,
            segment=column,
            on_progress=within(on_progress, 0.4, 1.0),
        )[1]
    return column, rows


def treatment_segments(
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
        part = scenario.model_copy(
            update={"interventions": (step.model_copy(update={"params": params}),)}
        )
        try:
            answers, _ = forecast_set(workspace, part, seed=asked.seed)
        except CausalRecError:
            continue  # a column that the causal table lacks: no figures by segment
        rows += [
            from_forecast(one, answers.before, level)
            for one in answers.forecasts
            if one.method == EFFECT
        ]
        on_progress((at + 1) / len(levels))
    return column, rows
