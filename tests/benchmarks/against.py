"""CPU seconds of this tree beside another one's, interleaved: import, journey, upload, reruns.

    git worktree add /tmp/before COMMIT
    python tests/benchmarks/against.py /tmp/before [--times 3] [--users 2000] [--rows 300000]

Both trees run with the Python that runs this script, so that only their code differs; each
figure is the median of the runs, the ratio is this tree's by the other's. Processor time is
counted, of the command and of its children: a busy machine moves it less than a clock.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).resolve().parents[2]
PAGES = ("home", "data", "train", "graph", "effects", "interventions", "compare", "runs")
RERUN = """
import os, sys, time
from streamlit.testing.v1 import AppTest
page, identity, times = sys.argv[1], sys.argv[2], int(sys.argv[3])
test = AppTest.from_file("app.py", default_timeout=120)
test.query_params["w"] = identity
if page != "home":
    test.switch_page(f"pages/{page}.py")
test.run()
assert not test.exception, test.exception
begun = time.process_time()
for _ in range(times):
    test.run()
print((time.process_time() - begun) / times)
"""


def cpu(tree: Path, *command: str | Path, home: Path) -> float:
    """CPU seconds of a command in a tree, its children included.

    Raises:
        SystemExit: the command failed.
    """
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    answer = run(tree, *command, home=home)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if answer.returncode:
        raise SystemExit(f"{tree}: {answer.stderr[-2000:]}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def run(tree: Path, *command: str | Path, home: Path) -> subprocess.CompletedProcess[str]:
    """Run this Python in a tree, with workspaces below a folder."""
    environment = {
        **os.environ,
        "CAUSALREC_WORKSPACE": str(home),
        "OMP_NUM_THREADS": "1",
        "PYTHONPATH": str(tree),
    }
    arguments = [sys.executable, *map(str, command)]
    return subprocess.run(
        arguments, cwd=tree, env=environment, capture_output=True, text=True, check=False
    )


def log(rows: int, folder: Path) -> Path:
    """A log of clicks as CSV."""
    draw = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "user_id": draw.integers(0, 50_000, rows),
            "item_id": draw.integers(0, 5_000, rows),
            "time": 1_700_000_000 + np.sort(draw.integers(0, 5_000_000, rows)),
            "click": draw.integers(0, 2, rows),
        }
    )
    frame.to_csv(folder / "log.csv", index=False)
    return folder / "log.csv"


def compared(
    what: str, trees: Sequence[Path], times: int, work: Callable[[Path, int], float]
) -> None:
    """Print medians and their ratio of some work in both trees, one after the other."""
    seconds: dict[Path, list[float]] = {tree: [] for tree in trees}
    for turn in range(times):
        for tree in trees if turn % 2 else reversed(trees):
            seconds[tree].append(work(tree, turn))
    this, other = (statistics.median(seconds[tree]) for tree in trees)
    print(f"{what:28s} {other:8.3f} {this:8.3f}  ratio {this / other:5.2f}", flush=True)


def main() -> None:
    """Compare the trees."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("before", type=Path, help="a checkout of the code before")
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--users", type=int, default=2000)
    parser.add_argument("--rows", type=int, default=300_000)
    options = parser.parse_args()
    trees = (HERE, options.before.resolve())
    size = ("--users", str(options.users), "--items", "300", "--impressions", "100000")
    print(f"{'CPU seconds':28s} {'before':>8s} {'this':>8s}  (load {os.getloadavg()[0]:.1f})")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = log(options.rows, folder)

        homes = {
            (tree, turn): workspace(tree, folder) for tree in trees for turn in range(options.times)
        }
        compared(
            "import causalrec",
            trees,
            max(options.times, 9),
            lambda tree, _: cpu(tree, "-c", "import causalrec", home=folder),
        )
        works = {
            "journey": ("journey", *size),
            f"upload {options.rows:,} rows (CSV)": ("import", "--path", file, "--name", "log"),
        }
        for what, words in works.items():
            compared(
                what,
                trees,
                options.times,
                lambda tree, turn, words=words: cpu(
                    tree, "-m", "causalrec", *words, "--workspace", homes[tree, turn], home=folder
                ),
            )
        for page in PAGES:
            compared(
                f"rerun {page}",
                trees,
                options.times,
                lambda tree, _, page=page: rerun(tree, page, homes[tree, 0], folder),
            )


def workspace(tree: Path, home: Path) -> str:
    """The id of a new workspace.

    Raises:
        SystemExit: it cannot be made.
    """
    code = "from causalrec.workspace import Workspace; import sys; "
    code += "from pathlib import Path; print(Workspace.create(Path(sys.argv[1]), 'A').id)"
    answer = run(tree, "-c", code, home, home=home)
    if answer.returncode:
        raise SystemExit(f"{tree}: {answer.stderr[-2000:]}")
    return answer.stdout.strip()


def rerun(tree: Path, page: str, identity: str, folder: Path) -> float:
    """CPU seconds of a rerun of a page in a workspace with a finished journey.

    Raises:
        SystemExit: the page cannot be shown.
    """
    answer = run(tree, "-c", RERUN, page, identity, "10", home=folder)
    if answer.returncode:
        raise SystemExit(f"{tree} {page}: {answer.stderr[-2000:]}")
    return float(answer.stdout.split()[-1])


if __name__ == "__main__":
    main()
