"""DAGitty's older model code: a block of nodes, an empty line, a block of edges.

A node's line is its name, a mark (E exposure, O outcome, A adjusted, U unobserved, or a number)
and perhaps ``@x,y``; an edge's line is a node and what it causes. Names are written as in web
addresses. An edge in both directions is a bidirected one.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from causalrec.causal.graph.causal_graph import CausalGraph
from causalrec.causal.parsing.gathered import Gathered
from causalrec.causal.parsing.marks import written_place
from causalrec.causal.parsing.source import Source

__all__ = ["is_model_code", "read_model_code"]

BLANK = re.compile(r"\n[ \t]*\n")
FLAGS = re.compile(r"[EOAU]+|[0-9]+")
ROLES = {"E": "treatment", "O": "outcome", "A": "adjusted"}
WORD = re.compile(r"\S+")

Word = tuple[str, int]
"""A word and where it begins."""


def is_model_code(text: str) -> bool:
    """Whether a text has the two blocks, every line of the first being a node's."""
    blank = BLANK.search(text)
    if blank is None:
        return False
    lines = [line.split() for line in text[: blank.start()].split("\n")]
    return all(len(_marked(words)) > 1 and FLAGS.fullmatch(_marked(words)[-1]) for words in lines)


def _marked(words: list[str]) -> list[str]:
    """A node's words without its place."""
    return words[:-1] if words and words[-1].startswith("@") else words


def read_model_code(source: Source) -> CausalGraph:
    """The graph of DAGitty's older model code.

    Raises:
        GraphError: an edge names no node, there are too many nodes or edges, or the graph is
            cyclic.
    """
    text = source.text
    blank = BLANK.search(text)
    assert blank is not None
    edges = [line for line in _lines(text, blank.end(), len(text)) if line]
    nodes = [line for line in _lines(text, 0, blank.start()) if line]
    # DAGitty takes one mark off a line; older texts have several
    reader = _Reader(source, nodes, most=1)
    if not reader.resolves(edges):
        reader = _Reader(source, nodes, most=3)
    return reader.read(edges)


def _lines(text: str, start: int, end: int) -> list[list[Word]]:
    lines, at = [], start
    for line in text[start:end].split("\n"):
        lines.append([(match.group(), at + match.start()) for match in WORD.finditer(line)])
        at += len(line) + 1
    return lines


class _Reader:
    def __init__(self, source: Source, lines: list[list[Word]], most: int) -> None:
        self.source = source
        self.gathered = Gathered()
        for line in lines:
            self.node([word for word, _ in line], most, line[0][1])
        self.longest = max(len(key.split()) for key in self.gathered.nodes)  # names are short

    def node(self, words: list[str], most: int, at: int) -> None:
        place = words[-1] if words[-1].startswith("@") else ""
        words, flags = _marked(words), ""
        while most > 0 and len(words) > 1 and FLAGS.fullmatch(words[-1]):
            flags += words[-1]
            words, most = words[:-1], most - 1
        node = self.gathered.add(self.source.name(unquote(" ".join(words)), at))
        node.latent = "U" in flags
        node.roles = {role for flag, role in ROLES.items() if flag in flags}
        node.place = written_place(place[1:])

    def resolves(self, edges: list[list[Word]]) -> bool:
        return all(self.next(line, 0) for line in edges)

    def next(self, line: list[Word], at: int) -> tuple[str, int] | None:
        """The node whose name begins at a word of a line, and the word after it."""
        for end in range(at + 1, min(at + self.longest, len(line)) + 1):
            name = unquote(" ".join(word for word, _ in line[at:end]))
            if name in self.gathered.nodes:
                return name, end
        return None

    def read(self, edges: list[list[Word]]) -> CausalGraph:
        pairs: dict[tuple[str, str], None] = {}
        for line in edges:
            names = self.names(line)
            pairs |= {(names[0], effect): None for effect in names[1:]}
        for cause, effect in pairs:
            if (effect, cause) not in pairs:
                self.gathered.join([cause], [effect])
            elif cause < effect:
                self.gathered.join([cause], [effect], arc=True)
        return self.gathered.graph()

    def names(self, line: list[Word]) -> list[str]:
        names: list[str] = []
        at = 0
        while at < len(line):
            if names and line[at][0].startswith("@"):
                at += 1
                continue
            named = self.next(line, at)
            if named is None:
                word, where = line[at]
                raise self.source.refuse(where, "causal.read_no_node", name=word)
            names.append(named[0])
            at = named[1]
        return names
