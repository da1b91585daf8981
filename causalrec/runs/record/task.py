"""What every task is: parameters in, one result out, told on the way and stoppable."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Generic, TypeVar

from causalrec.core.catalogue import Entry
from causalrec.core.params import Params as AnyParams
from causalrec.core.progress import OnProgress, silent
from causalrec.core.results.result import Result as AnyResult
from causalrec.workspace import Workspace

__all__ = ["Task"]

P = TypeVar("P", bound=AnyParams)
R = TypeVar("R", bound=AnyResult)


class Task(ABC, Entry, Generic[P, R]):
    """One thing the product does.

    A task's module imports no heavy library at its top, so that forms, help and the
    register come at once; `run` imports what it needs.

    Attributes:
        Params: its parameter class.
        Result: its result class.
        heavy: whether it waits for other heavy runs (it fills the processor or the memory).
        shared: whether several processes can do it together.
        page: the page that starts it; "" for the command line and other tasks alone.
        telling: its parameters that tell one run from another, in the order they are said.
        icon: what stands before it where a page offers several.
        called: other words for it on the command line.

    Args:
        params: parameters, or plain values to make them from.
    """

    words: ClassVar[str] = "tasks."
    Params: ClassVar[type[AnyParams]]
    Result: ClassVar[type[AnyResult]]
    heavy: ClassVar[bool] = False
    shared: ClassVar[bool] = False
    page: ClassVar[str] = ""
    telling: ClassVar[tuple[str, ...]] = ()
    icon: ClassVar[str] = ""
    called: ClassVar[tuple[str, ...]] = ()

    def __init__(self, params: P | Mapping[str, Any] | None = None) -> None:
        given = params if isinstance(params, self.Params) else self.Params.make(dict(params or {}))
        self.params: P = given  # type: ignore[assignment]

    @abstractmethod
    def run(self, workspace: Workspace, on_progress: OnProgress = silent) -> R:
        """Do it: read and save things in the workspace, tell progress, give the result.

        Raises:
            CausalRecError: it cannot be done; says why and what to do next.
            Cancelled: a person stopped it.
        """
