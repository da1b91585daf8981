"""What the strings of DOT say: escapes, entities and HTML-like labels.

Graphviz: escString and HTML-like labels, graphviz.org/docs/attr-types/escString.
"""

from __future__ import annotations

import html
import re
import sys

from causalrec.causal.parsing.tokens import Token

__all__ = ["entities", "said"]

ESCAPE = re.compile(r"\\(\n|.)", re.DOTALL)
ENTITY = re.compile(r"&(?:#[0-9]+|#[xX][0-9a-fA-F]+|[A-Za-z][A-Za-z0-9]*);")
BREAK = re.compile(r"<\s*(?:br|/?td|/?tr|/?table|hr)\b[^<>]*>", re.IGNORECASE)
LONGEST = 12
"""Digits of a character's number, leading zeros among them."""
TAG = re.compile(r"<[^<>]*>")


def said(token: Token, *, node: str | None = None, graph: str = "") -> str:
    r"""The text of an id or a value.

    Args:
        token: a word, a quoted string or an HTML-like one.
        node: name of the node whose label it is: then ``\N`` and ``\G`` are the names of node
            and graph, and entities are decoded; None where it is no label.
        graph: name of the graph.
    """
    if token.kind == "html":
        inner = TAG.sub("", BREAK.sub(" ", token.text[1:-1]))
        return entities(" ".join(inner.split()))
    if token.kind != "string":
        return token.text
    names = {} if node is None else {"N": node, "G": graph}
    text = ESCAPE.sub(lambda match: _escaped(match.group(1), names), token.text[1:-1])
    return text if node is None else entities(text)


def _escaped(letter: str, names: dict[str, str]) -> str:
    if letter == "\n":
        return ""
    return " " if letter in "nlr" else names.get(letter, letter)


def entities(text: str) -> str:
    """A text with its complete entities (``&amp;``, ``&#246;``) as the characters they name."""
    return ENTITY.sub(_character, text)


def _character(match: re.Match[str]) -> str:
    """The character of an entity; one with a number is that character and no other."""
    text = match.group()
    if text[1] != "#":
        return html.unescape(text)
    code = text[2:-1]
    if len(code) > LONGEST:
        return text
    number = int(code[1:], 16) if code[0] in "xX" else int(code)
    return chr(number) if number <= sys.maxunicode else text
