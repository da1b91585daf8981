"""How a folder's model makes one vector of a text: what it says itself of pooling and length."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from causalrec.core.errors import DataError
from causalrec.core.untrusted.documents import ForeignError, parsed, read_file, read_object

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["Recipe", "pooled", "recipe_of"]

_TOKENS = 256
_MOST_TOKENS = 8_192
_KINDS = ("bert", "roberta", "distilbert", "camembert", "albert", "xlm-roberta", "xlnet")
"""``sentence_KIND_config.json`` says how long a text may be, and whether it is put in small."""
#: The names that the pooling's configuration uses, and ours.
_MODES = {
    "pooling_mode_cls_token": "cls",
    "pooling_mode_mean_tokens": "mean",
    "pooling_mode_max_tokens": "max",
    "pooling_mode_mean_sqrt_len_tokens": "mean_sqrt_len_tokens",
    "pooling_mode_weightedmean_tokens": "weightedmean",
    "pooling_mode_lasttoken": "lasttoken",
}


@dataclass(frozen=True)
class Recipe:
    """What is done with a text's tokens.

    Attributes:
        modes: how states become a vector; of several the vectors stand side by side.
        tokens: length at which a text is cut, where the model takes as many.
        lower: whether texts are put in small letters first.
        prompt: what is put before every text.
    """

    modes: tuple[str, ...] = ("mean",)
    tokens: int = _TOKENS
    lower: bool = False
    prompt: str = ""

    def __str__(self) -> str:
        lower = ", small letters" if self.lower else ""
        prompt = f", after {self.prompt!r}" if self.prompt else ""
        return f"{' and '.join(self.modes)} pooling, {self.tokens} tokens{lower}{prompt}"

    def ready(self, texts: list[str]) -> list[str]:
        """The texts as the model is to see them."""
        prompted = [self.prompt + text for text in texts] if self.prompt else texts
        return [text.lower() for text in prompted] if self.lower else prompted


def recipe_of(folder: Path, name: str) -> Recipe:
    """What a folder asks for: ``modules.json``, the pooling's and the sentence model's settings.

    Without any, the mean over at most 256 tokens; a sentence model that names no length reads as
    many as it takes.

    Raises:
        DataError: it asks for what is not done here, or a file cannot be read.
    """
    try:
        return _recipe(folder)
    except (OSError, ForeignError) as error:
        raise DataError(
            "language.other_pooling",
            hint="language.other_pooling_hint",
            name=name,
            why=str(error)[:160],
        ) from error


def _recipe(folder: Path) -> Recipe:
    """As `recipe_of`.

    Raises:
        ForeignError: it asks for what is not done here.
        OSError: a file cannot be read.
    """
    place = _places(folder)
    pooling = _document(folder / place / "config.json") if place else {}
    files = (folder / f"sentence_{kind}_config.json" for kind in _KINDS)
    settings = next((_document(file) for file in files if file.exists()), {})
    tokens = settings.get("max_seq_length")
    if tokens is None:
        tokens = _MOST_TOKENS if place else _TOKENS
    if type(tokens) is not int or not 1 <= tokens <= _MOST_TOKENS:
        raise ForeignError(f"max_seq_length {tokens}")
    prompt = _prompt(folder)
    if prompt and pooling.get("include_prompt") is False:
        raise ForeignError("include_prompt false")
    return Recipe(_modes(pooling), tokens, bool(settings.get("do_lower_case")), prompt)


def _prompt(folder: Path) -> str:
    """What the sentence model puts before every text where nobody says otherwise.

    Raises:
        ForeignError: the prompt named is none.
    """
    settings = _document(folder / "config_sentence_transformers.json")
    name, prompts = settings.get("default_prompt_name"), settings.get("prompts")
    if name is None:
        return ""
    prompt = prompts.get(name) if isinstance(prompts, dict) else None
    if not isinstance(prompt, str):
        raise ForeignError(f"default_prompt_name {name}")
    return prompt


def _document(path: Path) -> dict[str, Any]:
    """A JSON object; empty where there is no file.

    Raises:
        ForeignError: the file holds something else.
    """
    # Files of a download cache are links, to files that may lie elsewhere.
    return read_object(path.resolve()) if path.exists() else {}


def _places(folder: Path) -> str:
    """The folder of the pooling's settings within the model's, "" without one.

    Raises:
        ForeignError: it asks for a step that is not done here.
    """
    listed = folder / "modules.json"
    if not listed.exists():
        return "1_Pooling" if (folder / "1_Pooling").is_dir() else ""
    modules = parsed(read_file(listed.resolve(), 8.0))
    place = ""
    for module in modules if isinstance(modules, list) else [None]:
        if not isinstance(module, dict) or not all(
            isinstance(module.get(key), str) for key in ("type", "path")
        ):
            raise ForeignError("modules.json")
        kind = module["type"].rpartition(".")[2]
        if kind not in ("Transformer", "Pooling", "Normalize") or ".." in module["path"]:
            raise ForeignError(f"{kind} {module['path']}")
        if kind == "Pooling":
            place = module["path"].lstrip("/")
    return place


def _modes(settings: dict[str, Any]) -> tuple[str, ...]:
    """The modes that the pooling's settings switch on.

    Raises:
        ForeignError: it asks for a mode that is not done here.
    """
    plain = settings.get("pooling_mode")
    if plain is not None:
        modes = (plain,) if isinstance(plain, str) else tuple(plain)
    else:
        asked = [
            key for key, on in settings.items() if key.startswith("pooling_mode_") and on is True
        ]
        modes = tuple(_MODES.get(key, key) for key in asked)
    strange = [mode for mode in modes if mode not in _MODES.values()]
    if strange or (settings and not modes):
        raise ForeignError(f"pooling {strange or settings}")
    return modes or ("mean",)


def pooled(states: Tensor, mask: Tensor, modes: tuple[str, ...]) -> Tensor:
    """One vector a text, (n, d) for each mode, side by side.

    Args:
        states: the model's last, (n, t, d).
        mask: 1 where there is a token, (n, t).
        modes: of a `Recipe`.
    """
    import torch

    return torch.cat([_by_mode(states, mask, mode) for mode in modes], dim=1)


def _by_mode(states: Tensor, mask: Tensor, mode: str) -> Tensor:
    import torch

    rows = torch.arange(len(states), device=states.device)
    place = torch.arange(mask.shape[1], device=mask.device)
    if mode == "cls":  # the first token, wherever the padding stands
        return states[rows, mask.argmax(dim=1)]
    if mode == "lasttoken":
        return states[rows, (mask * (place + 1)).argmax(dim=1)]
    there = mask[:, :, None].to(states.dtype)
    if mode == "max":
        return states.masked_fill(there == 0, -torch.inf).amax(dim=1)
    if mode == "weightedmean":  # later tokens have seen more (Muennighoff, 2022)
        there = there * torch.cumsum(there, dim=1)
    total, count = (states * there).sum(dim=1), there.sum(dim=1).clamp(min=1.0)
    return total / (count.sqrt() if mode == "mean_sqrt_len_tokens" else count)
