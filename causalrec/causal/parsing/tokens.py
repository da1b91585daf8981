"""The tokens of DAGitty's and Graphviz' text, one after the other in one pass.

Graphviz: the DOT language, graphviz.org/doc/info/lang.html. DAGitty: its parser's grammar
(Textor et al., 2016, "Robust causal inference using directed acyclic graphs: the R package
dagitty").
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from causalrec.causal.parsing.source import Source
from causalrec.core.errors import GraphError

__all__ = ["ARROWS", "Token", "Tokens"]

ARROWS = {"->", "<-", "<->", "--", "@->", "<-@", "@-@", "@--", "--@"}
NAME = r"(?:[\w.]|[^\x00-\x7f\s])"
TOKEN = re.compile(
    rf"""(?P<skip>\s+|//[^\n]*|\#[^\n]*)
    |(?P<comment>/\*)
    |(?P<string>"[^"\\]*(?:\\.[^"\\]*)*"|'[^'\\]*(?:\\.[^'\\]*)*')
    |(?P<quote>["'])
    |(?P<arrow><->|<-@|@->|@-@|--@|@--|->|<-|--)(?![-<>@~|=])
    |(?P<html><(?![-=~|.>@]))
    |(?P<odd>=[=>~]+|[-<>@~|]*[<>@~|][-<>@~|=.]*|-[-=|]+[>|]*)
    |(?P<sign>[{{}}\[\];,=:+])
    |(?P<word>-?{NAME}(?:{NAME}|-(?={NAME}))*)""",
    re.VERBOSE | re.DOTALL,
)
CIRCLE = re.compile(r"""o(?:->|-o|--)(?=\s)|(?:<-|--|-)o(?=[ \t]+[\w"'])""")
"""Ends of edges as PAGs in R write them."""
FOREIGN = {"Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Zs", "Zl", "Zp", "Sm", "Cc", "Cs"}
"""Kinds of characters that are in no name without quotes."""
ANGLE = re.compile("[<>]")


class Token(NamedTuple):
    """A token: its kind, what was written, where it begins and ends."""

    kind: str
    text: str
    at: int
    end: int


class Tokens:
    """A text's tokens with a look ahead.

    Raises:
        GraphError: a character is none of the language's; the message says where. Quotes,
            comments and brackets that are never closed are told at once, so that reading
            takes time in proportion to the text.
    """

    def __init__(self, source: Source, start: int = 0) -> None:
        self.source = source
        self.at = start
        self.ahead: list[Token] = []
        self.last = Token("start", "", start, start)

    def peek(self, ahead: int = 0) -> Token:
        """A token to come."""
        while len(self.ahead) <= ahead:
            self.ahead.append(self._next())
        return self.ahead[ahead]

    def take(self) -> Token:
        """The next token."""
        self.last = self.peek()
        return self.ahead.pop(0)

    def is_sign(self, sign: str) -> bool:
        """Whether the next token is this sign."""
        token = self.peek()
        return token.kind == "sign" and token.text == sign

    def _next(self) -> Token:
        text = self.source.text
        while self.at < len(text):
            match = TOKEN.match(text, self.at)
            if match is None:
                raise self._foreign(text[self.at], self.at)
            kind = str(match.lastgroup)
            if kind == "comment":
                self.at = self._closed("*/", self.at)
            elif kind == "skip":
                self.at = match.end()
            else:
                return self._token(kind, match)
        return Token("end", "", len(text), len(text))

    def _token(self, kind: str, match: re.Match[str]) -> Token:
        at, end, text = match.start(), match.end(), match.group()
        if kind == "quote":
            raise self._unclosed(text, at)
        circle = CIRCLE.match(self.source.text, at)
        if circle and self._stands_in_an_edge(at):
            kind, end, text = "odd", circle.end(), circle.group()
        if kind == "html":
            end = self._html(at)
            text = self.source.text[at:end]
        if kind == "word" and not text.isalnum():
            self._check_letters(text, at)
        self.at = end
        return Token(kind, text, at, end)

    def _stands_in_an_edge(self, at: int) -> bool:
        """Whether a node precedes on the same line with a blank between."""
        before = self.ahead[-1] if self.ahead else self.last
        gap = self.source.text[before.end : at]
        return before.kind in ("word", "string") and gap.strip(" \t") == "" and gap != ""

    def _html(self, at: int) -> int:
        deep = 0
        for match in ANGLE.finditer(self.source.text, at):
            deep += 1 if match.group() == "<" else -1
            if deep == 0:
                return match.end()
        raise self._unclosed("<", at)

    def _closed(self, sign: str, at: int) -> int:
        end = self.source.text.find(sign, at + 2)
        if end < 0:
            raise self._unclosed("/*", at)
        return end + len(sign)

    def _unclosed(self, sign: str, at: int) -> GraphError:
        return self.source.refuse(at, "causal.read_unclosed", sign=sign)

    def _check_letters(self, word: str, at: int) -> None:
        if not any(map(_carries, word)):
            raise self._foreign(word[0], at)
        for i, letter in enumerate("" if word.isascii() else word):
            kind = unicodedata.category(letter)
            if kind in FOREIGN and letter not in ".-":
                raise self._foreign(letter, at + i)
            if kind == "So" and "ARROW" in unicodedata.name(letter, ""):
                raise self._foreign(letter, at + i)

    def _foreign(self, letter: str, at: int) -> GraphError:
        named = unicodedata.name(letter, "")
        hint = "causal.read_arrow_hint" if "ARROW" in named else "causal.read_quote_hint"
        hint = "causal.read_inside_hint" if letter == "(" else hint
        return self.source.refuse(at, "causal.read_character", hint=hint, sign=letter)


def _carries(letter: str) -> bool:
    """Whether a character alone could be a name."""
    return letter.isalnum() or letter == "_" or unicodedata.category(letter)[0] == "S"
