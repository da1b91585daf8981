"""What every text encoder promises."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np

from causalrec.core.words import Text
from causalrec.language.texts.item_texts import clean_text

__all__ = ["TextEncoder", "unit_rows"]


class TextEncoder(ABC):
    """Makes vectors of texts: alike texts, alike vectors.

    Attributes:
        name: what people call it.
        reason: why it is this one, in words.
    """

    name: str
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
