"""CausalRec: from an interaction log to a decision that can be defended.

``import causalrec as cr`` gives every public name below; each is imported when first
used, so that the import itself stays fast and loads no torch, dowhy or streamlit.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from causalrec.core.results.charts import charts_in
from causalrec.core.version import __version__

_PUBLIC = {
    "CausalGraph": "causalrec.causal.graph.causal_graph",
    "CausalRecError": "causalrec.core.errors",
    "ColumnMapping": "causalrec.data.dataset.mapping",
    "Dataset": "causalrec.data.dataset.dataset",
    "ExposureLog": "causalrec.data.dataset.exposure",
    "LoggedPolicy": "causalrec.recsys.policies.logged",
    "Policy": "causalrec.recsys.policies.policy",
    "Split": "causalrec.data.splits.split",
    "Workspace": "causalrec.workspace",
    "answer": "causalrec.whatif.forecasts.answers",
    "attribute_change": "causalrec.causal.attribution.attribute_change",
    "cate": "causalrec.causal.heterogeneity.learn_effects",
    "causal_table": "causalrec.causal.tables.causal_table",
    "compare_metrics": "causalrec.recsys.evaluation.evaluate",
    "compare_policies": "causalrec.whatif.forecasts.simulate",
    "counterfactual": "causalrec.causal.mechanisms.imagine",
    "cross_validate": "causalrec.recsys.evaluation.cross_validation",
    "design": "causalrec.causal.designs.asking",
    "current_team": "causalrec.recsys.team.team",
    "questions": "causalrec.causal.effects.questions",
    "drivers": "causalrec.causal.attribution.rank_drivers",
    "estimate": "causalrec.causal.effects.estimate",
    "frame_like": "causalrec.data.values.frames",
    "evaluate": "causalrec.recsys.evaluation.evaluate",
    "evaluate_predictions": "causalrec.recsys.evaluation.prediction_table",
    "fit_world": "causalrec.whatif.world.world",
    "intervention": "causalrec.whatif.interventions",
    "interaction": "causalrec.causal.mechanisms.interact",
    "load_dataset": "causalrec.data.storage.store",
    "save_dataset": "causalrec.data.storage.store",
    "trace_anomaly": "causalrec.causal.attribution.anomaly",
    "write_graph": "causalrec.causal.formats.graph_text",
    "exposure_log": "causalrec.data.dataset.exposure",
    "leaderboard": "causalrec.recsys.evaluation.leaderboard",
    "load_recommender": "causalrec.recsys.recommenders.opening",
    "mediate": "causalrec.causal.mechanisms.mediate",
    "policy_value": "causalrec.whatif.ope",
    "read_dataset": "causalrec.data.reading.read_dataset",
    "recommender": "causalrec.recsys.recommenders.opening",
    "read_graph": "causalrec.causal.formats.graph_text",
    "refute": "causalrec.causal.effects.refute",
    "row_weights": "causalrec.recsys.interactions.row_weights",
    "sample_shop": "causalrec.shop.large_shop",
    "sample_twins": "causalrec.shop.twins",
    "selection_bias": "causalrec.causal.selection.size_selection",
    "simulate": "causalrec.whatif.forecasts.simulate",
    "specifications": "causalrec.causal.effects.specifications",
    "text_encoder": "causalrec.language.choosing",
    "uplift": "causalrec.causal.heterogeneity.uplift",
}

__all__ = sorted([*_PUBLIC, "__version__"])

charts_in("causalrec.plots")


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module 'causalrec' has no attribute {name!r}")
    value = getattr(import_module(_PUBLIC[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__


if TYPE_CHECKING:  # for type checkers and editors
    from causalrec.causal.attribution.anomaly import trace_anomaly
    from causalrec.causal.attribution.attribute_change import attribute_change
    from causalrec.causal.attribution.rank_drivers import drivers
    from causalrec.causal.designs.asking import design
    from causalrec.causal.effects.estimate import estimate
    from causalrec.causal.effects.questions import questions
    from causalrec.causal.effects.refute import refute
    from causalrec.causal.effects.specifications import specifications
    from causalrec.causal.formats.graph_text import read_graph, write_graph
    from causalrec.causal.graph.causal_graph import CausalGraph
    from causalrec.causal.heterogeneity.learn_effects import cate
    from causalrec.causal.heterogeneity.uplift import uplift
    from causalrec.causal.mechanisms.imagine import counterfactual
    from causalrec.causal.mechanisms.interact import interaction
    from causalrec.causal.mechanisms.mediate import mediate
    from causalrec.causal.selection.size_selection import selection_bias
    from causalrec.causal.tables.causal_table import causal_table
    from causalrec.core.errors import CausalRecError
    from causalrec.data.dataset.dataset import Dataset
    from causalrec.data.dataset.exposure import ExposureLog, exposure_log
    from causalrec.data.dataset.mapping import ColumnMapping
    from causalrec.data.reading.read_dataset import read_dataset
    from causalrec.data.splits.split import Split
    from causalrec.data.storage.store import load_dataset, save_dataset
    from causalrec.data.values.frames import frame_like
    from causalrec.language.choosing import text_encoder
    from causalrec.recsys.evaluation.cross_validation import cross_validate
    from causalrec.recsys.evaluation.evaluate import compare_metrics, evaluate
    from causalrec.recsys.evaluation.leaderboard import leaderboard
    from causalrec.recsys.evaluation.prediction_table import evaluate_predictions
    from causalrec.recsys.interactions.row_weights import row_weights
    from causalrec.recsys.policies.logged import LoggedPolicy
    from causalrec.recsys.policies.policy import Policy
    from causalrec.recsys.recommenders.opening import load_recommender, recommender
    from causalrec.recsys.team.team import current_team
    from causalrec.shop.large_shop import sample_shop
    from causalrec.shop.twins import sample_twins
    from causalrec.whatif.forecasts.answers import answer
    from causalrec.whatif.forecasts.simulate import compare_policies, simulate
    from causalrec.whatif.interventions import intervention
    from causalrec.whatif.ope import policy_value
    from causalrec.whatif.world.world import fit_world
    from causalrec.workspace import Workspace
