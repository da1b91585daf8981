"""Keeps things and runs in a folder, and knows no kind of thing."""

from causalrec.workspace.register.register import Register
from causalrec.workspace.register.run import Run
from causalrec.workspace.disk.thing import Ref, Thing
from causalrec.workspace.workspace import Workspace, default_root

__all__ = ["Ref", "Register", "Run", "Thing", "Workspace", "default_root"]
