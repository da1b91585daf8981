"""LaLonde's training programme: what rings where overlap fails, and stays silent in the experiment.

    python tests/benchmarks/lalonde.py

Every estimator on the experiment (NSW, Dehejia and Wahba's sample; its difference in means is
1,794) and with the experiment's treated beside PSID controls, where 80 % of the controls had no
chance of the programme. A row tells the value with its error, whom it is about, the effective
rows of the smaller arm and the alarms. Data from ../shared/data/lalonde or
$CAUSALREC_BENCH_DATA/lalonde.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import pandas as pd

import causalrec as cr
from causalrec.causal.effects.alarms import Alarms
from causalrec.causal.estimators import ESTIMATORS
from causalrec.causal.identification.backdoor import BackDoor

ROOT = Path(__file__).resolve().parents[2]
COVARIATES = ("age", "education", "black", "hispanic", "married", "nodegree", "re74", "re75")


def tables(base: Path) -> dict[str, pd.DataFrame]:
    """The experiment, and its treated with PSID controls."""
    experiment = pd.read_stata(base / "nsw_dw.dta")
    controls = pd.read_stata(base / "psid_controls.dta")
    observed = pd.concat([experiment[experiment["treat"] == 1], controls], ignore_index=True)
    return {"experiment": experiment, "PSID controls": observed}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--target", default="ATE")
    options = parser.parse_args()
    base = Path(os.environ.get("CAUSALREC_BENCH_DATA") or ROOT.parent / "shared" / "data")
    base = base / "lalonde"
    if not (base / "nsw_dw.dta").exists():
        print(f"skipped: no data at {base}")
        return
    asked = {"treatment": "treat", "outcome": "re78", "cluster": None, "target": options.target}
    names = [
        name for name in ESTIMATORS.where(checks=None, causal=True)
        if ESTIMATORS[name].strategy is BackDoor and not ESTIMATORS[name].costly
    ]  # fmt: skip
    told = []
    for kind, frame in tables(base).items():
        for name in names:
            effect = cr.estimate(frame, COVARIATES, estimator=name, **asked)
            told.append(
                {
                    "rows": kind, "estimator": name, "about": effect.target,
                    "value": effect.value, "se": effect.se,
                    "refused": effect.reason.key if effect.reason else "",
                    "overlap": "overlap" in effect.flags,
                    "alarms": " ".join(Alarms(effect.flags).names),
                }
            )  # fmt: skip
    print(pd.DataFrame(told).round(0).to_string(index=False))


if __name__ == "__main__":
    main()
