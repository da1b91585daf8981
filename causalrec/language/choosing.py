"""Which text encoder: one that is asked for, or the best that is present."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from causalrec.core.errors import NotFoundError
from causalrec.core.words import Text
from causalrec.language.encoders import ENCODERS
from causalrec.language.encoders.encoder import TextEncoder
from causalrec.language.encoders.model_files import (
    BUNDLED,
    BUNDLED_NAMES,
    bundled_folder,
    cached_folder,
)
from causalrec.language.texts.item_texts import chinese_share

__all__ = ["text_encoder"]

_MINILM = "all-MiniLM-L6-v2"
_MULTILINGUAL = "sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2"
_MOSTLY = 0.3


def text_encoder(
    name: str | Path = "auto", *, texts: Sequence[str] | None = None, device: str = "auto"
) -> TextEncoder:
    """An encoder of texts; nothing is downloaded.

    Args:
        name: "auto" takes the best that is present (MiniLM, else TF-IDF; for Chinese texts a
            multilingual model, else TF-IDF); the name of one of `ENCODERS` that reads no
            folder; a folder with a model; or a Hugging Face id that is in the local cache or is
            the bundled MiniLM.
        texts: what will be encoded, for "auto" to see in which script it is.
        device: "auto", "cpu" or "cuda", for models that use one.

    Raises:
        NotFoundError: no such folder, or a model that is not on this machine.
        DataError: the model's weights are in a form that can run code, or the bundled ones changed.
    """
    asked = str(name)
    if asked == "auto":
        return _best(texts, device)
    if asked in ENCODERS.where(reads_folder=False):
        encoder: TextEncoder = ENCODERS[asked]()
        return encoder
    if asked in BUNDLED_NAMES:
        folder = bundled_folder() or cached_folder("sentence-transformers/all-MiniLM-L6-v2")
        label = _MINILM
    else:
        given = Path(asked).expanduser()
        folder = given if given.is_dir() else cached_folder(asked)
        label = given.name if given.is_dir() else asked
    if folder is None:
        raise NotFoundError(
            "language.model_absent",
            hint="language.model_absent_hint",
            name=asked,
            package=BUNDLED,
        )
    return _of_folder(folder, label, Text("language.reason_asked", name=label), device)


def _best(texts: Sequence[str] | None, device: str) -> TextEncoder:
    chinese = texts is not None and chinese_share(texts) > _MOSTLY
    if chinese:
        folder = cached_folder(_MULTILINGUAL)
        if folder is not None:
            label = _MULTILINGUAL.rpartition("/")[2]
            return _of_folder(
                folder, label, Text("language.reason_multilingual", name=label), device
            )
        return _without_model(Text("language.reason_chinese"))
    folder = bundled_folder() or cached_folder("sentence-transformers/all-MiniLM-L6-v2")
    if folder is None:
        return _without_model(Text("language.reason_no_model", package=BUNDLED))
    return _of_folder(folder, _MINILM, Text("language.reason_best", name=_MINILM), device)


def _without_model(reason: Text) -> TextEncoder:
    """The encoder that is always there."""
    kind: Callable[..., TextEncoder] = ENCODERS[ENCODERS.where(reads_folder=False)[0]]
    return kind(reason)


def _of_folder(folder: Path, title: str, reason: Text, device: str) -> TextEncoder:
    kind: Callable[..., TextEncoder] = ENCODERS[ENCODERS.where(reads_folder=True)[0]]
    return kind(folder, title, reason, device)
