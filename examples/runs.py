"""Runs: work that is recorded, and what a workspace keeps of it."""

from tempfile import TemporaryDirectory

import causalrec as cr
from causalrec.runs.record.runner import run_inline

with TemporaryDirectory() as root:
    workspace = cr.Workspace.create(root, "A workspace")

    # The page, the command line and a script run the same tasks with the same parameters.
    size = {"users": 600, "items": 120, "impressions": 24_000}
    print(run_inline(workspace, "shop", size).summary())
    print(run_inline(workspace, "train", {"dataset": "shop", "model": "ease"}).summary())

    # Each run stands in the register: its parameters, its end, how long it took.
    for run in workspace.register.runs():
        print(run.task, run.status)

    # Things are kept in versions and know what they were made from.
    for thing in (*workspace.things("dataset"), *workspace.things("model")):
        print(thing.kind, thing.name, f"v{thing.version}", thing.made_from)
