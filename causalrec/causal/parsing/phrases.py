"""The parts that statements of DAGitty and DOT are made of: ids, values and attributes."""

from __future__ import annotations

from typing import NoReturn

from causalrec.causal.parsing.source import Source
from causalrec.causal.parsing.strings import said
from causalrec.causal.parsing.tokens import Token, Tokens

__all__ = ["HEADS", "IDS", "Phrases", "plain", "value_or_mark"]

HEADS = ("digraph", "graph", "dag", "pdag", "mag", "pag")
IDS = ("word", "string", "html")


class Phrases:
    """Reads ids, values and attributes, and refuses what does not go on."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.tokens = Tokens(source)

    def identifier(self) -> str:
        """An id; quoted parts may be joined with ``+``."""
        token = self.tokens.take()
        parts = [said(token)]
        while token.text[:1] == '"' and self.tokens.is_sign("+"):
            self.tokens.take()
            if self.tokens.peek().text[:1] != '"':
                self.unexpected()
            parts.append(said(self.tokens.take()))
        return "".join(parts)

    def value(self) -> list[Token]:
        """The tokens of a value."""
        if self.tokens.peek().kind not in IDS:
            self.unexpected()
        tokens = [self.tokens.take()]
        while tokens[-1].text[:1] == '"' and self.tokens.is_sign("+"):
            self.tokens.take()
            if self.tokens.peek().text[:1] != '"':
                self.unexpected()
            tokens.append(self.tokens.take())
        return tokens

    def attributes(self) -> dict[str, list[Token]]:
        """``[exposure,pos="1,2"]`` by name; what stands without a value has no tokens."""
        given: dict[str, list[Token]] = {}
        while self.tokens.is_sign("["):
            opened = self.tokens.take()
            while not self.tokens.is_sign("]"):
                if self.tokens.peek().kind == "end":
                    raise self.source.refuse(opened.at, "causal.read_unclosed", sign="[")
                self.attribute(given)
            self.tokens.take()
        return given

    def attribute(self, given: dict[str, list[Token]]) -> None:
        if self.tokens.peek().kind not in ("word", "string"):
            self.unexpected()
        name = said(self.tokens.take()).strip().lower()
        given[name] = []
        if self.tokens.is_sign("="):
            self.tokens.take()
            given[name] = self.value()
        if self.tokens.is_sign(",") or self.tokens.is_sign(";"):
            self.tokens.take()

    # -- refusals -----------------------------------------------------------------------

    def unexpected(self, key: str = "", *, hint: str = "", **values: object) -> NoReturn:
        """Refuse the next token.

        Raises:
            GraphError: always.
        """
        token = self.tokens.peek()
        if token.kind == "end":
            key = "causal.read_end"
        facts = {"found": token.text, **values}
        key = key or "causal.read_unexpected"
        raise self.source.refuse(token.at, key, hint=hint or self.hint(token), **facts)

    def hint(self, token: Token) -> str:
        """What most likely was meant where the grammar does not go on."""
        if "~" in token.text:
            return "causal.read_formula_hint"
        if token.text in ("(", "`") or any(f"{head} {{" in self.source.text for head in HEADS):
            return "causal.read_inside_hint"
        return "causal.read_list_hint" if token.text == "," else "causal.unreadable_hint"


def plain(value: list[Token]) -> str:
    """What a value says."""
    return "".join(map(said, value))


def value_or_mark(value: list[Token]) -> str | bool:
    """A value that says nothing is a mark that stands alone."""
    return plain(value) or True
