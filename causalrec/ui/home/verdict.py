"""The newest answer of a workspace, on top of Home."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from causalrec.causal.effects.effect import Effect
from causalrec.core.errors import StorageError
from causalrec.core.results.answer import Answer
from causalrec.core.results.result import Result
from causalrec.tasks.whatif.compare import comparison_of
from causalrec.ui.kit import widgets
from causalrec.ui.kit.answer_card import answer_card
from causalrec.ui.kit.session import t
from causalrec.whatif.forecasts.answers import answer
from causalrec.workspace import Thing, Workspace

__all__ = ["newest_answer"]

_PAGES = {"scenario": "compare", "effect": "effects"}
"""Where an answer is shown with its evidence."""


def newest_answer(place: Workspace) -> bool:
    """Draw the newest comparison, else the newest effect.

    Returns:
        Whether there is one that can be read.
    """
    ways: tuple[tuple[str, Callable[[Thing], Result]], ...] = (
        ("comparison", comparison_of),
        ("effect", _effect),
    )
    for kind, read in ways:
        for thing in place.things(kind)[:1]:
            try:
                shown = answer(read(thing))  # type: ignore[arg-type]
            except StorageError:
                continue  # of an older form; its own page says so
            answer_card(shown, partial(_open, shown))
            return True
    return False


def _effect(thing: Thing) -> Effect:
    return Effect.revived(thing.document()).model_copy(update={"name": thing.name})


def _open(shown: Answer) -> None:
    page, icon = _PAGES[shown.kind], ":material/arrow_forward:"
    widgets.link(page, t("page_home.open_answer"), icon, **shown.address)
