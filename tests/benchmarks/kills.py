"""Runs ended by force at random moments: nothing finished is lost, and the register stays true.

    python tests/benchmarks/kills.py                 20 kills of runs of several kinds
    python tests/benchmarks/kills.py --kills 200     as many as before a release
    python tests/benchmarks/kills.py --seed 3 --keep FOLDER

Each run is a command of its own on a small sample shop. After each kill the register must say
within 30 seconds that the run has ended (failed, or done if it was), everything finished before
must be there bit by bit, and the next run must do. Prints one line a kill and a table by kind;
exits with 1 if anything is lost or untrue.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from causalrec.runs.record.runner import load_result
from causalrec.workspace import Run, Workspace  # noqa: E402
from causalrec.workspace.disk.saving import fingerprint  # noqa: E402

SHOP = ["--users", "300", "--items", "40", "--impressions", "4000"]
KINDS = {
    "shop": ["shop", "--name", "made", *SHOP],
    "ease": ["train", "--dataset", "shop", "--model", "ease"],
    "bpr": ["train", "--dataset", "shop", "--model", "bpr", "--params", '{"epochs": 20}'],
    "ials": ["train", "--dataset", "shop", "--model", "ials", "--params", '{"epochs": 6}'],
    "search": ["search", "--dataset", "shop", "--model", "ease", "--trials", "3"],
    "journey": ["journey", *SHOP],
}
TRUE_WITHIN = 30.0
"""Seconds after which the register must have noticed."""


def start(workspace: Workspace, words: list[str]) -> subprocess.Popen[bytes]:
    """A command in a session of its own, so that its children can be ended with it."""
    return subprocess.Popen(
        [sys.executable, "-m", "causalrec", *words, "--workspace", str(workspace.folder)],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )


def finished(workspace: Workspace) -> dict[str, str]:
    """Every published version and every result, with a hash of what is in it."""
    found = {}
    for card in (workspace.folder / "things").glob("*/*/*/thing.json"):
        known = json.loads(card.read_text())["fingerprint"]
        held = fingerprint(card.parent / "content")
        found[str(card.parent)] = held if held == known else f"not as saved: {held}"
    for run in workspace.register.runs(limit=100_000):
        if run.status == "done":
            found[run.id] = load_result(workspace, run.id).model_dump_json()
    return found


def until(what: Callable[[], bool], seconds: float) -> float | None:
    """Seconds until something is true; None where it never was."""
    began = time.monotonic()
    while not what():
        if time.monotonic() - began > seconds:
            return None
        time.sleep(0.01)
    return time.monotonic() - began


def new_run(workspace: Workspace, known: set[str]) -> Run | None:
    return next((r for r in workspace.register.runs(limit=20) if r.id not in known), None)


def kill_one(workspace: Workspace, kind: str, typical: float, chance: random.Random) -> list[str]:
    """Start a run, end it somewhere between its registration and its end, and look."""
    before = finished(workspace)
    known = {run.id for run in workspace.register.runs(limit=100_000)}
    child = start(workspace, KINDS[kind])
    until(lambda: child.poll() is not None or new_run(workspace, known) is not None, 120)
    until(lambda: child.poll() is not None, chance.uniform(0, typical))
    alive = child.poll() is None
    if alive:
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    passed = until(lambda: not workspace.register.active(), TRUE_WITHIN)
    run = new_run(workspace, known)
    faults = [] if passed is not None else [f"still {run.status if run else '?'}"]
    after = finished(workspace)
    faults += [
        f"lost or changed: {name}" for name, held in before.items() if after.get(name) != held
    ]
    faults += [f"half written: {name}" for name, held in after.items() if held.startswith("not as")]
    if run is not None and run.status == "failed" and run.error is None:
        faults.append("failed without a reason")
    status = run.status if run else "not registered"
    when = "mid-run" if alive else "after its end"
    waited = f"{passed:.1f} s" if passed is not None else "never"
    print(f"{kind:8} {when:14} {status:9} known after {waited:7} {'; '.join(faults)}", flush=True)
    return faults if alive else ["", *faults] if faults else ["late"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kills", type=int, default=20, help="how many in mid-run")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="a folder for the workspace, kept afterwards")
    asked = parser.parse_args()
    chance = random.Random(asked.seed)
    counts: Counter[tuple[str, str]] = Counter()
    with tempfile.TemporaryDirectory() as scratch:
        workspace = Workspace.create(asked.keep or scratch, "Kills")
        if start(workspace, ["shop", "--name", "shop", *SHOP]).wait():
            raise SystemExit("the sample shop cannot be made")
        typical: dict[str, float] = {}
        while sum(n for (_, what), n in counts.items() if what != "late") < asked.kills:
            kind = chance.choice(list(KINDS))
            if kind not in typical:
                began = time.monotonic()
                if start(workspace, KINDS[kind]).wait():
                    raise SystemExit(f"an unharmed run of {kind} fails")
                typical[kind] = time.monotonic() - began
            told = kill_one(workspace, kind, typical[kind], chance)
            what = "late" if told == ["late"] else "fault" if told else "well"
            counts[kind, what] += 1
    print("\nkind      well  fault  too late")
    for kind in KINDS:
        well, fault, late = (counts[kind, what] for what in ("well", "fault", "late"))
        print(f"{kind:8} {well:5} {fault:6} {late:9}")
    return int(any(what == "fault" for _, what in counts))


if __name__ == "__main__":
    raise SystemExit(main())
