"""The tasks by name; words ``tasks.<name>`` and ``tasks.<name>_help`` say what each does."""

from causalrec.core.catalogue import Catalogue

__all__ = ["TASKS"]

# fmt: off
TASKS = Catalogue("task", {
    "train": "causalrec.tasks.train:Train",
})
# fmt: on
