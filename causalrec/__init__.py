"""CausalRec: from an interaction log to a decision that can be defended.

``import causalrec as cr`` gives every public name below; each is imported when first
used, so that the import itself stays fast and loads no torch, dowhy or streamlit.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from causalrec.core.charts import charts_in

__version__ = "0.1.0"

_PUBLIC = {
    "CausalGraph": "causalrec.causal.graph",
    "CausalRecError": "causalrec.core.errors",
    "ColumnMapping": "causalrec.data.mapping",
    "Dataset": "causalrec.data.dataset",
    "ExposureLog": "causalrec.data.exposure",
    "Policy": "causalrec.recsys.policies.policy",
    "Split": "causalrec.data.split",
    "Workspace": "causalrec.workspace",
    "causal_table": "causalrec.causal.table",
    "compare_metrics": "causalrec.recsys.evaluation",
    "compare_policies": "causalrec.whatif.simulate",
    "cross_validate": "causalrec.recsys.folds",
    "current_team": "causalrec.recsys.team",
    "estimate": "causalrec.causal.estimate",
    "evaluate": "causalrec.recsys.evaluation",
    "evaluate_predictions": "causalrec.recsys.prediction_table",
    "fit_world": "causalrec.whatif.world",
    "intervention": "causalrec.whatif.interventions",
    "leaderboard": "causalrec.recsys.leaderboard",
    "load_recommender": "causalrec.recsys.recommender",
    "policy_value": "causalrec.whatif.ope",
    "read_dataset": "causalrec.data.read",
    "recommender": "causalrec.recsys.recommender",
    "row_weights": "causalrec.recsys.weighting",
    "sample_shop": "causalrec.data.shop",
    "simulate": "causalrec.whatif.simulate",
    "text_encoder": "causalrec.language.choosing",
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
    from causalrec.causal.estimate import estimate
    from causalrec.causal.graph import CausalGraph
    from causalrec.causal.table import causal_table
    from causalrec.core.errors import CausalRecError
    from causalrec.data.dataset import Dataset
    from causalrec.data.exposure import ExposureLog
    from causalrec.data.mapping import ColumnMapping
    from causalrec.data.read import read_dataset
    from causalrec.data.shop import sample_shop
    from causalrec.data.split import Split
    from causalrec.language.choosing import text_encoder
    from causalrec.recsys.evaluation import compare_metrics, evaluate
    from causalrec.recsys.folds import cross_validate
    from causalrec.recsys.leaderboard import leaderboard
    from causalrec.recsys.policies.policy import Policy
    from causalrec.recsys.prediction_table import evaluate_predictions
    from causalrec.recsys.recommender import load_recommender, recommender
    from causalrec.recsys.team import current_team
    from causalrec.recsys.weighting import row_weights
    from causalrec.whatif.interventions import intervention
    from causalrec.whatif.ope import policy_value
    from causalrec.whatif.simulate import compare_policies, simulate
    from causalrec.whatif.world import fit_world
    from causalrec.workspace import Workspace
