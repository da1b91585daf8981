"""TF-IDF: weighed words and parts of words, always there and quick."""

from __future__ import annotations

import hashlib
import re
import warnings
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np
from scipy import sparse

from causalrec.core.errors import DataError
from causalrec.core.words import Text
from causalrec.language.encoders.encoder import TextEncoder
from causalrec.language.texts.item_texts import clean_text
from causalrec.language.texts.vector_cache import cache_folder

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["TfIdf", "pieces_of", "words_of"]

_DIMENSIONS = 256
_SMALL = 1_000
_WORDS, _PIECES = 30_000, 8_000
_PIECES_WEIGH = 0.5
_RUN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+|[^\W_]+")
_CHINESE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")


class TfIdf(TextEncoder):
    """Words and their parts, weighed by how rare they are, in at most some hundred dimensions.

    Chinese is cut into words by jieba. From 1,000 texts on, the weighed counts are brought to
    256 dimensions by a truncated singular value decomposition (latent semantic analysis,
    Deerwester et al., 1990); fewer texts keep one dimension a term.

    The weights belong to a corpus: `fit` learns them; without it the first texts encoded are
    the corpus of all later ones.

    Args:
        reason: why this encoder, in words.
    """

    name: ClassVar[str] = "tf-idf"
    source: ClassVar[str] = "Deerwester et al., 1990"

    def __init__(self, reason: Text | None = None) -> None:
        self.title = self.word()
        self.reason = reason or Text("language.reason_asked", name=self.title)
        self._terms: tuple[dict[str, int], dict[str, int]] = ({}, {})
        self._rarity = np.zeros(0)
        self._turn: np.ndarray | None = None
        self._corpus = ""

    @property
    def fingerprint(self) -> str:
        """Of the corpus that it was fitted on."""
        return hashlib.sha256(f"tf-idf 1 {self._corpus}".encode()).hexdigest()

    def fit(self, texts: Sequence[str]) -> Self:
        """Learn which terms there are and how rare each is.

        Raises:
            DataError: the texts hold no word.
        """
        cleaned = [clean_text(text) for text in texts]
        self._terms = (_known(cleaned, words_of, _WORDS), _known(cleaned, pieces_of, _PIECES))
        size = sum(map(len, self._terms))
        if not size:
            raise DataError("language.no_words", hint="language.no_words_hint")
        self._rarity, self._turn = np.ones(size), None
        counts = self._weighed(cleaned)
        met = counts.getnnz(axis=0)
        self._rarity = np.log((1.0 + len(cleaned)) / (1.0 + met)) + 1.0
        self._corpus = hashlib.sha256("\n".join(cleaned).encode()).hexdigest()
        if len(cleaned) >= _SMALL and size > _DIMENSIONS:
            from sklearn.decomposition import TruncatedSVD

            reduced = TruncatedSVD(_DIMENSIONS, random_state=0)
            self._turn = reduced.fit(self._weighed(cleaned)).components_.T
        return self

    def _vectors(self, texts: list[str]) -> np.ndarray:
        if not self._corpus:
            self.fit(texts)
        counts = self._weighed(texts)
        return counts.toarray() if self._turn is None else np.asarray(counts @ self._turn)

    def _weighed(self, texts: list[str]) -> sparse.csr_matrix:
        """(1 + log count) times rarity, (n, terms); a row has length 1 in words, 1/2 in pieces."""
        both = []
        start = 0
        for columns, cut, weight in zip(
            self._terms, (words_of, pieces_of), (1.0, _PIECES_WEIGH), strict=True
        ):
            counts = _counted(texts, columns, cut)
            counts.data = 1.0 + np.log(counts.data)
            counts = counts @ sparse.diags_array(self._rarity[start : start + len(columns)])
            norms = np.sqrt(np.asarray(counts.multiply(counts).sum(axis=1)).ravel())
            scale = np.divide(weight, norms, out=np.zeros(len(norms)), where=norms > 0)
            both.append(sparse.diags_array(scale) @ counts)
            start += len(columns)
        return sparse.csr_matrix(sparse.hstack(both))


def words_of(text: str) -> list[str]:
    """Words in small letters; Chinese cut by jieba."""
    words: list[str] = []
    for run in _RUN.findall(text.lower()):
        words += [w for w in _jieba()(run) if w.strip()] if _CHINESE.match(run) else [run]
    return words


def pieces_of(text: str) -> list[str]:
    """Parts of words: three and four letters with the word's ends, pairs of Chinese characters."""
    pieces: list[str] = []
    for run in _RUN.findall(text.lower()):
        if _CHINESE.match(run):
            pieces += [run[i : i + 2] for i in range(len(run) - 1)] or [run]
        else:
            whole = f" {run} "
            pieces += [whole[i : i + n] for n in (3, 4) for i in range(len(whole) - n + 1)]
    return pieces


def _known(texts: list[str], cut: Callable[[str], list[str]], most: int) -> dict[str, int]:
    """The terms found in most texts, each with its column."""
    counts: dict[str, int] = {}
    for text in texts:
        for term in set(cut(text)):
            counts[term] = counts.get(term, 0) + 1
    kept = sorted(counts, key=lambda term: (-counts[term], term))[:most]
    return {term: j for j, term in enumerate(sorted(kept))}


def _counted(
    texts: list[str], columns: dict[str, int], cut: Callable[[str], list[str]]
) -> sparse.csr_matrix:
    codes: list[int] = []
    ends = [0]
    for text in texts:
        codes += [columns[term] for term in cut(text) if term in columns]
        ends.append(len(codes))
    ones = np.ones(len(codes))
    counts = sparse.csr_matrix((ones, codes, ends), shape=(len(texts), len(columns)))
    counts.sum_duplicates()
    return counts


@cache
def _jieba() -> Callable[[str], list[str]]:
    """Cut for search by jieba, its dictionary's cache in a folder of our own, without its log."""
    with warnings.catch_warnings():
        # jieba 0.42 has escapes that Python 3.12 warns of, and asks pkg_resources.
        warnings.simplefilter("ignore")
        import jieba
    jieba.setLogLevel("WARNING")
    cutter = jieba.Tokenizer()
    folder = cache_folder()
    if folder is not None:
        cutter.tmp_dir = str(folder)
    cut: Callable[[str], list[str]] = cutter.lcut_for_search
    return cut
