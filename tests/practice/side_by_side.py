"""Tests side by side: who takes which file, which cases are measured, where the time went.

Hooks for `tests/conftest.py`.
"""

from __future__ import annotations

from collections import defaultdict

import pytest
from xdist.scheduler.loadfile import LoadFileScheduling
from xdist.workermanage import WorkerController

__all__ = [
    "pytest_collection_modifyitems",
    "pytest_terminal_summary",
    "pytest_xdist_make_scheduler",
]

SLOW_FIRST = ("browser", "fuzz", "documents", "truth", "app", "unit", "contracts", "architecture")
"""Folders of tests: long files first, so that none is left for one process at the end."""
MEASURED = ("app", "unit", "contracts")
"""Folders whose tests are measured for coverage."""
_SHOWN = 12


def folder_of(nodeid: str) -> str:
    """The folder of a test below `tests`."""
    return nodeid.split("/")[1]


class Turns(LoadFileScheduling):
    """Whole files, slow folders first, and one browser at a time while others have work.

    A page is often waited for: beside it, tests that only compute lose nothing, while a second
    browser makes both late.
    """

    def _assign_work_unit(self, node: WorkerController) -> None:
        others = [files for one, files in self.assigned_work.items() if one is not node]
        taken = any(
            folder_of(file) == "browser" and not all(tests.values())
            for files in others
            for file, tests in files.items()
        )

        def rank(file: str) -> tuple[bool, int]:
            folder = folder_of(file)
            return taken and folder == "browser", SLOW_FIRST.index(folder)

        self.workqueue.move_to_end(min(self.workqueue, key=rank), last=False)
        super()._assign_work_unit(node)


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Turns | None:
    """Take turns where whole files are asked for (``--dist loadfile``)."""
    return Turns(config, log) if config.getvalue("dist") == "loadfile" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Measure the first case of a test, in the folders that are there for it.

    Measuring doubles a test's time. What other cases and folders run as well is not counted: the
    true coverage is at least the measured one.
    """
    seen: set[str] = set()
    for item in items:
        test = item.nodeid.partition("[")[0]
        if test in seen or folder_of(item.nodeid) not in MEASURED:
            item.add_marker("no_cover")
        seen.add(test)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """The files that took longest, in seconds of the clock."""
    if not config.getoption("numprocesses", None):
        return
    took: dict[str, float] = defaultdict(float)
    for reports in terminalreporter.stats.values():
        for report in reports:
            if isinstance(report, pytest.TestReport):
                took[report.nodeid.partition("::")[0]] += report.duration
    terminalreporter.section("slowest files")
    for file, seconds in sorted(took.items(), key=lambda one: -one[1])[:_SHOWN]:
        terminalreporter.write_line(f"{seconds:7.1f} s  {file}")
