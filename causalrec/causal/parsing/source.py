"""A text and the places in it, so that a refusal says line and column."""

from __future__ import annotations

from causalrec.causal.graph.node_names import clean_name
from causalrec.core.errors import GraphError
from causalrec.core.words import Text

__all__ = ["SHOWN", "Source"]

SHOWN = 40
"""Most characters of a person's text that a message repeats."""


class Source:
    """A text to read; line breaks are one character each."""

    def __init__(self, text: str) -> None:
        self.text = text.replace("\r\n", "\n").replace("\r", "\n")

    def line(self, at: int) -> int:
        """The line of a position, from 1."""
        return self.text.count("\n", 0, at) + 1

    def refuse(
        self, at: int, key: str, hint: str = "causal.unreadable_hint", **values: object
    ) -> GraphError:
        """A refusal that says where: the sentence of `key` behind line and column.

        Args:
            at: position in the text.
            key: word key of the sentence.
            hint: word key of the next step.
            values: what both name; a text is cut to `SHOWN` characters.
        """
        facts = {name: _shown(value) for name, value in values.items()}
        return GraphError(
            "causal.read_at",
            hint=Text(hint, **facts),
            line=self.line(at),
            column=at - self.text.rfind("\n", 0, at),
            what=Text(key, **facts),
        )

    def name(self, given: str, at: int) -> str:
        """A node's name that stands at a position, cleaned.

        Raises:
            GraphError: nothing is left of it, or it is too long.
        """
        try:
            return clean_name(given)
        except GraphError as error:
            key, values = str(error.text.key), error.text.values
            raise self.refuse(at, key, hint="causal.empty_name_hint", **values) from error


def _shown(value: object) -> object:
    if isinstance(value, str) and not isinstance(value, Text):
        return value if len(value) <= SHOWN else f"{value[:SHOWN]}…"
    return value
