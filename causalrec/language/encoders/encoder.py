"""What every text encoder promises."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from causalrec.core.catalogue import Entry
from causalrec.core.words import Text
from causalrec.language.texts.item_texts import clean_text

__all__ = ["TextEncoder", "unit_rows"]


class TextEncoder(Entry, ABC):
    """Makes vectors of texts: alike texts, alike vectors.

    One that reads a folder is made of the folder, a title, a reason and a device; any other of
    a reason alone, and is asked for by its name.

    Attributes:
        reads_folder: whether it is a model that lies in a folder.
        title: what people call it.
        reason: why it is this one, in words.
    """

    words: ClassVar[str] = "language.encoder_"
    reads_folder: ClassVar[bool] = False
    title: str
    reason: Text

    @property
    @abstractmethod
    def fingerprint(self) -> str:
        """Hex digits that differ wherever the vectors would."""

    @abstractmethod
    def _vectors(self, texts: list[str]) -> np.ndarray:
        """Vectors (n, d) of cleaned texts, of any length."""

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """One vector a text.

        Args:
            texts: any strings; control characters are left out, an empty text is a zero row.

        Returns:
            float32 (n, d), rows of length 1.

        Raises:
            DataError: the encoder's model cannot be read.
        """
        return unit_rows(self._vectors([clean_text(text) for text in texts]))


def unit_rows(vectors: np.ndarray) -> np.ndarray:
    """Rows (n, d) scaled to length 1, zero rows as they are; float32."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled = np.divide(vectors, norms, out=np.zeros_like(vectors), where=norms > 0)
    return np.asarray(scaled, dtype=np.float32)
