"""The tasks by name; words ``tasks.<name>`` and ``tasks.<name>_help`` say what each does."""

from causalrec.core.catalogue import Catalogue

__all__ = ["TASKS"]

# fmt: off
TASKS = Catalogue("task", {
    "import": "causalrec.tasks.import_data:Import",
    "append": "causalrec.tasks.append:Append",
    "matrix": "causalrec.tasks.matrix:Matrix",
    "shop": "causalrec.tasks.shop:Shop",
    "train": "causalrec.tasks.train:Train",
    "search": "causalrec.tasks.search:Search",
    "variant": "causalrec.tasks.variant:Variant",
    "predict": "causalrec.tasks.predict:Predict",
    "estimate": "causalrec.tasks.estimate:EstimateEffect",
    "cross-check": "causalrec.tasks.cross_check:CrossCheck",
    "forecast": "causalrec.tasks.forecast:ForecastScenario",
    "compare": "causalrec.tasks.compare:Compare",
    "report": "causalrec.tasks.report:Report",
    "export": "causalrec.tasks.export:Export",
    "journey": "causalrec.tasks.journey:Journey",
})
# fmt: on
