"""Throw random input at the engine and count what comes of it.

    python -m tests.fuzz --target csv --cases 10000 --seed 7
    python -m tests.fuzz --all --seconds 60           every target, so many seconds each
    python -m tests.fuzz --target csv --one 123       do one case and show it

A case is right when it is answered, or refused in words with a next step. Everything else is a
fault: another exception, a worker that dies, one that takes too long. The smallest case of each
kind of fault is kept under --out; the exit status is 1 where there is one, else 0.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.fuzz.campaign import LIMIT, TARGETS, Tally, Worker, campaign, case_of
from tests.fuzz.worker import to_line


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.fuzz",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--target", choices=TARGETS, action="append", default=[])
    parser.add_argument("--all", action="store_true", help="every target")
    parser.add_argument("--cases", type=int, help="how many a target (10,000 without --seconds)")
    parser.add_argument("--seconds", type=float, help="how long a target")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--first", type=int, default=0, help="number of the first case")
    parser.add_argument("--limit", type=float, default=LIMIT, help="processor seconds a case")
    parser.add_argument("--out", type=Path, default=Path("fuzz-faults"))
    parser.add_argument("--one", type=int, metavar="NUMBER", help="do this case and show it")
    asked = parser.parse_args(arguments)
    targets = TARGETS if asked.all else asked.target
    if not targets:
        parser.error("--target NAME or --all")
    if asked.one is not None:
        return show(targets[0], asked.seed, asked.one)
    if asked.cases is None and asked.seconds is None:
        asked.cases = 10_000
    faults = 0
    for target in targets:
        told = campaign(
            target,
            cases=asked.cases,
            seconds=asked.seconds,
            seed=asked.seed,
            first=asked.first,
            limit=asked.limit,
        )
        print(told, flush=True)
        keep(told, asked.out)
        faults += told.faults.total()
    return int(faults > 0)


def show(target: str, seed: int, number: int) -> int:
    """Do one case and print it with what came of it."""
    case = case_of(target, seed, number)
    with Worker(target) as worker:
        told = worker.do(case)
    print(to_line(case)[:20_000])
    print("\n".join(f"{key}: {value}" for key, value in told.items()))
    return int(told["how"] == "fault")


def keep(tally: Tally, out: Path) -> None:
    """Write the smallest case of each kind of fault."""
    for key, (case, trace) in tally.smallest.items():
        place = out / re.sub(r"[^\w.-]+", "-", f"{tally.target}-{key}")[:120]
        place.mkdir(parents=True, exist_ok=True)
        text = json.dumps(json.loads(to_line(case)), ensure_ascii=False, indent=1)
        (place / "case.json").write_text(text, encoding="utf-8", errors="backslashreplace")
        (place / "trace.txt").write_text(trace, encoding="utf-8", errors="replace")


if __name__ == "__main__":
    sys.exit(main())
