"""What the product does: one file a task; pages, command line and notebooks run the same ones."""

from causalrec.tasks.catalogue import TASKS
from causalrec.tasks.launcher import Launcher
from causalrec.tasks.runner import load_result, run_inline
from causalrec.tasks.task import Task

__all__ = ["TASKS", "Launcher", "Task", "load_result", "run_inline"]
