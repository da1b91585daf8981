"""The pages of the dashboard, in the order of the journey: each declares itself in one line.

A page is a folder ``causalrec/ui/NAME`` with ``show()``, a script ``pages/NAME.py``, the words
``ui.page_NAME`` and ``ui.purpose_NAME``, and its line here.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from causalrec.core.words import Text
from causalrec.ui.kit.site import SITE

__all__ = ["HOME", "PAGES", "Page"]


@dataclass(frozen=True)
class Page:
    """A page.

    Attributes:
        name: in its address, its script and its words.
        section: of the navigation; "home" has no heading (words ``ui.section_...``).
        icon: before its name.
        leaves: the kind of thing that its step of the journey leaves; "" where it is no step.
    """

    name: str
    section: str
    icon: str
    leaves: str = ""

    @property
    def title(self) -> Text:
        """What it is called."""
        return Text(f"ui.page_{self.name}")

    @property
    def purpose(self) -> Text:
        """What it is for, in a sentence."""
        return Text(f"ui.purpose_{self.name}")

    @property
    def script(self) -> Path:
        """What streamlit runs."""
        return SITE / "pages" / f"{self.name}.py"

    @property
    def room(self) -> str:
        """The module that draws it."""
        return f"causalrec.ui.{self.name}"


_ALL = (
    Page("home", "home", ":material/home:"),
    Page("story", "home", ":material/slideshow:"),
    Page("data", "learn", ":material/table_chart:", "dataset"),
    Page("train", "learn", ":material/model_training:", "model"),
    Page("graph", "understand", ":material/account_tree:", "graph"),
    Page("effects", "understand", ":material/query_stats:", "effect"),
    Page("interventions", "decide", ":material/tune:", "scenario"),
    Page("compare", "decide", ":material/compare_arrows:", "comparison"),
    Page("runs", "record", ":material/history:"),
)
PAGES = {page.name: page for page in _ALL}
HOME = _ALL[0]
