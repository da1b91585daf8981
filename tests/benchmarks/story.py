"""How long the whole story takes, and when each of its steps is there.

``python tests/benchmarks/story.py`` walks the journey of the page's button, as it is started
there, in a process of its own; it prints the seconds from the start until each step has its
answer, with the processor's. A page that moves needs the first soon, a presenter the last within a
minute on two quiet cores (the load before is printed, too).
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from causalrec.reports.story import Story
from causalrec.runs.background.launcher import Launcher
from causalrec.tasks.journey import STORY, Journey
from causalrec.workspace import Workspace

_EVERY = 0.1


def main() -> None:
    """Start the journey, watch it, print when each step arrived."""
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace.create(Path(folder), "Story")
        launcher = Launcher(folder)
        begun = time.monotonic()
        run_id = launcher.start(workspace, Journey.name, {})
        there: set[str] = set()
        while workspace.register.run(run_id).active:
            there |= _arrived(workspace, there, begun)
            time.sleep(_EVERY)
        _arrived(workspace, there, begun)
        run = workspace.register.run(run_id)
        launcher.close()
        print(f"{run.status} after {time.monotonic() - begun:.1f} s")


def _arrived(workspace: Workspace, there: set[str], begun: float) -> set[str]:
    """The steps that are there and were not, each printed with its time."""
    thing = workspace.find("story", STORY)
    if thing is None:
        return set()
    chapters = Story.revived(thing.json()).chapters
    new = {name for name, one in chapters.items() if one is not None} - there
    for name in chapters:
        if name in new:
            print(f"  {name:10}{time.monotonic() - begun:6.1f} s", flush=True)
    return new


if __name__ == "__main__":
    main()
