"""A transformer read from a folder, its last states pooled as the folder asks."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from causalrec.core.errors import DataError
from causalrec.core.machine.device import resolve_device
from causalrec.core.words import Text
from causalrec.language.encoders.encoder import TextEncoder, unit_rows
from causalrec.language.encoders.model_files import checked, digest_of
from causalrec.language.encoders.pooling import pooled, recipe_of
from causalrec.language.texts.item_texts import TEMPLATE
from causalrec.language.texts.vector_cache import VectorCache, cache_folder

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

__all__ = ["Transformer"]

_BATCH_TOKENS = 8_192
_KEPT_AT_ONCE = 2_048
_ABOUT = ("config.json", "tokenizer.json", "tokenizer_config.json", "vocab.txt")


class Transformer(TextEncoder):
    """A Hugging Face model with the pooling and length that its folder asks for.

    Without a word of them in the folder, the mean over at most 256 tokens (Reimers and
    Gurevych, 2019).

    Only safetensors weights are read, no code that comes with a model is run, and nothing asks
    the network. Vectors are kept by content, so that texts met before need no model.

    Args:
        folder: config, tokenizer and weights.
        title: what people call it; by default the folder's name.
        reason: why this encoder, in words.
        device: "auto", "cpu" or "cuda".

    Raises:
        NotFoundError: there is no model in the folder.
        DataError: its weights are in a form that can run code, the bundled model was changed, or
            it asks for a pooling that is not done here.
    """

    name: ClassVar[str] = "transformer"
    source: ClassVar[str] = "Reimers and Gurevych, 2019"
    reads_folder: ClassVar[bool] = True

    def __init__(
        self, folder: str | Path, title: str = "", reason: Text | None = None, device: str = "auto"
    ) -> None:
        self.folder = Path(folder)
        self.weights = checked(self.folder)
        self.title = title or self.folder.name
        self.recipe = recipe_of(self.folder, self.title)
        self.reason = reason or Text("language.reason_asked", name=self.title)
        self.device = device

    @cached_property
    def fingerprint(self) -> str:
        """Of the weights, the tokenizer, and how texts are pooled."""
        files = [*self.weights, *(self.folder / name for name in _ABOUT)]
        digests = [f"{file.name} {digest_of(file)}" for file in files if file.is_file()]
        text = "\n".join([str(self.recipe), *digests])
        return hashlib.sha256(text.encode()).hexdigest()

    def _vectors(self, texts: list[str]) -> np.ndarray:
        cache = VectorCache(f"{self.fingerprint} {TEMPLATE}", cache_folder())
        wanted = list(dict.fromkeys(text for text in texts if text))
        vector_of = cache.find(wanted)
        missing = [text for text in wanted if text not in vector_of]
        for start in range(0, len(missing), _KEPT_AT_ONCE):
            some = missing[start : start + _KEPT_AT_ONCE]
            vectors = unit_rows(self._pooled(some))
            cache.keep(some, vectors)
            vector_of.update(zip(some, vectors, strict=True))
        size = len(next(iter(vector_of.values()))) if vector_of else 1
        rows = np.zeros((len(texts), size), dtype=np.float32)
        for i, text in enumerate(texts):
            if text:
                rows[i] = vector_of[text]
        return rows

    def _pooled(self, texts: list[str]) -> np.ndarray:
        """One vector a text, (n, d); texts of like length go together."""
        import torch

        tokenizer, model, device = self._loaded
        most = min(self.recipe.tokens, _takes(tokenizer, model))
        texts = self.recipe.ready(texts)
        lengths = np.array([len(text) for text in texts])
        order = np.argsort(lengths, kind="stable")
        parts: list[np.ndarray] = []
        start = 0
        with torch.inference_mode():
            while start < len(order):
                # A token has about four letters of English; of Chinese, one.
                longest = lengths[order[start:]].clip(4, most)
                fit = np.searchsorted(longest * np.arange(1, len(longest) + 1), _BATCH_TOKENS)
                some = order[start : start + max(1, int(fit))]
                batch = tokenizer(
                    [texts[i] for i in some],
                    padding=True,
                    truncation=True,
                    max_length=most,
                    return_tensors="pt",
                ).to(device)
                states = model(**batch).last_hidden_state
                batch_vectors = pooled(states, batch["attention_mask"], self.recipe.modes)
                parts.append(batch_vectors.float().cpu().numpy())
                start += len(some)
        vectors = np.empty((len(texts), parts[0].shape[1]), dtype=np.float32)
        vectors[order] = np.concatenate(parts)
        return vectors

    @cached_property
    def _loaded(self) -> tuple[Any, Any, str]:
        """Tokenizer, model and device.

        Raises:
            DataError: transformers cannot read the folder.
        """
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        from safetensors import SafetensorError
        from transformers import AutoModel, AutoTokenizer
        from transformers.utils import logging

        device = resolve_device(self.device)
        local: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
        bars = logging.is_progress_bar_enabled()
        logging.disable_progress_bar()
        try:
            tokenizer = AutoTokenizer.from_pretrained(str(self.folder), **local)
            model, report = AutoModel.from_pretrained(
                str(self.folder), use_safetensors=True, output_loading_info=True, **local
            )
            _require_whole(report["missing_keys"])
        except (OSError, ValueError, KeyError, SafetensorError, RuntimeError) as error:
            raise DataError(
                "language.unreadable_model",
                hint="language.unreadable_model_hint",
                name=self.title,
                why=str(error).splitlines()[0][:200] if str(error) else type(error).__name__,
            ) from error
        finally:
            if bars:
                logging.enable_progress_bar()
        return tokenizer, model.eval().to(device), device


def _require_whole(missing: Iterable[str]) -> None:
    """Weights that are missing would be filled with random numbers; those of the pooler unused.

    Raises:
        ValueError: some are missing.
    """
    absent = sorted(name for name in missing if not name.startswith("pooler."))
    if absent:
        raise ValueError(", ".join(absent[:3]))


def _takes(tokenizer: PreTrainedTokenizerBase, model: PreTrainedModel) -> int:
    """Tokens that the model takes at most: places that it has vectors for."""
    places = int(getattr(model.config, "max_position_embeddings", 0) or 10**9)
    table = getattr(getattr(model, "embeddings", None), "position_embeddings", None)
    # Where places count from the padding's number on (RoBERTa), so many are never used.
    unused = getattr(table, "padding_idx", None)
    places -= 0 if unused is None else int(unused) + 1
    return max(1, min(places, int(tokenizer.model_max_length)))
