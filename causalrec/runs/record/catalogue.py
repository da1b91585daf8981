"""The tasks by name; words ``tasks.<name>`` and ``tasks.<name>_help`` say what each does."""

from typing import Any

from causalrec.core.catalogue import Catalogue
from causalrec.core.words import Text
from causalrec.runs.record.task import Task

__all__ = ["TASKS", "word_of"]

# fmt: off
TASKS: Catalogue[type[Task[Any, Any]]] = Catalogue("task", {
    "import": "causalrec.tasks.data.import_data:Import",
    "append": "causalrec.tasks.data.append:Append",
    "matrix": "causalrec.tasks.data.matrix:Matrix",
    "shop": "causalrec.tasks.data.shop:Shop",
    "train": "causalrec.tasks.recsys.train:Train",
    "search": "causalrec.tasks.recsys.search:Search",
    "variant": "causalrec.tasks.recsys.variant:Variant",
    "predict": "causalrec.tasks.recsys.predict:Predict",
    "for-whom": "causalrec.tasks.causal.for_whom:ForWhom",
    "estimate": "causalrec.tasks.causal.estimate:EstimateEffect",
    "cross-check": "causalrec.tasks.causal.cross_check:CrossCheck",
    "ask-many-ways": "causalrec.tasks.causal.specifications:AskInManyWays",
    "design": "causalrec.tasks.causal.estimate_design:EstimateDesign",
    "ask-questions": "causalrec.tasks.causal.questions:AskQuestions",
    "rank-drivers": "causalrec.tasks.causal.drivers:RankDrivers",
    "attribute-change": "causalrec.tasks.causal.attribution:AttributeChange",
    "size-selection": "causalrec.tasks.causal.selection:SizeSelection",
    "forecast": "causalrec.tasks.whatif.forecast:ForecastScenario",
    "compare": "causalrec.tasks.whatif.compare:Compare",
    "report": "causalrec.tasks.whatif.report:Report",
    "export": "causalrec.tasks.recsys.export:Export",
    "journey": "causalrec.tasks.journey:Journey",
})
# fmt: on


def word_of(task: str, part: str = "") -> Text:
    """What `Task.word` says, without the import of its module: lists of tasks come at once."""
    return Text(f"{Task.words}{task.replace('-', '_')}{part}")
