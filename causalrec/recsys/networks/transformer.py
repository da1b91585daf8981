"""A small causal transformer over item sequences, in torch to learn and in numpy to list.

Events of all sequences lie one after another without padding; only attention, which needs a
rectangle, puts them into one. Both versions read the same named arrays:

    item_vectors (m, d)    place_vectors (length, d)
    query_key_value (blocks, d, 3 d)    mix (blocks, d, d)
    widen (blocks, d, w)    narrow (blocks, w, d)    scale, shift (2 blocks + 1, d)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from causalrec.recsys.arrays.topk import chunks

if TYPE_CHECKING:
    from torch import Generator, Tensor

    from causalrec.recsys.interactions.sequences import Batch

__all__ = ["Dropout", "first_weights", "last_states", "states"]

_SMALL = 1e-5
_SPREAD = 0.02
_WIDER = 2
_PER_BLOCK = ("query_key_value", "mix", "widen", "narrow")


def first_weights(
    rng: np.random.Generator, *, items: int, factors: int, length: int, blocks: int
) -> dict[str, np.ndarray]:
    """Where learning starts: small normal numbers, so that blocks pass their input on."""

    def drawn(*shape: int) -> np.ndarray:
        return rng.normal(0.0, _SPREAD, shape).astype(np.float32)

    return {
        "item_vectors": drawn(items, factors),
        "place_vectors": drawn(length, factors),
        "query_key_value": drawn(blocks, factors, 3 * factors),
        "mix": drawn(blocks, factors, factors),
        "widen": drawn(blocks, factors, _WIDER * factors),
        "narrow": drawn(blocks, _WIDER * factors, factors),
        "scale": np.ones((2 * blocks + 1, factors), dtype=np.float32),
        "shift": np.zeros((2 * blocks + 1, factors), dtype=np.float32),
    }


class Dropout:
    """Sets a share of numbers to zero and raises the others; draws from its own generator.

    One random byte a number: the share is rounded to 1/256.
    """

    def __init__(self, share: float, random: Generator) -> None:
        self.least = round(256 * share)
        self.random = random

    def __call__(self, x: Tensor) -> Tensor:
        """``x`` of any shape, with the share set to zero."""
        import torch

        if not self.least:
            return x
        words = torch.empty(-(-x.numel() // 8), dtype=torch.int64, device=x.device)
        drawn = words.random_(-(2**63), None, generator=self.random).view(torch.uint8)
        kept = drawn[: x.numel()].view(x.shape) >= self.least
        return x * kept.to(x.dtype).mul_(256 / (256 - self.least))


def states(
    weights: Mapping[str, Tensor], batch: Batch, heads: int, drop: Callable[[Tensor], Tensor]
) -> Tensor:
    """What is known after each event of a batch: (t, d). Nothing looks ahead.

    Blocks of causal self-attention and a two-layer network, each with its input normalised
    (Vaswani et al., 2017; Kang and McAuley, 2018).
    """
    import torch.nn.functional as F  # noqa: N812

    parts = {name: weights[name].unbind() for name in (*_PER_BLOCK, "scale", "shift")}
    size = weights["item_vectors"].shape[1:]

    def normal(x: Tensor, number: int) -> Tensor:
        return F.layer_norm(x, size, parts["scale"][number], parts["shift"][number], _SMALL)

    x = F.embedding(batch.items, weights["item_vectors"])
    x = drop(x + F.embedding(batch.place, weights["place_vectors"]))
    blocks = zip(*(parts[name] for name in _PER_BLOCK), strict=True)
    for number, (query_key_value, mix, widen, narrow) in enumerate(blocks):
        seen = _attention(normal(x, 2 * number) @ query_key_value, batch, heads)
        x = x + drop(seen @ mix)
        x = x + drop(F.relu(normal(x, 2 * number + 1) @ widen) @ narrow)
    return normal(x, -1)


def _attention(query_key_value: Tensor, batch: Batch, heads: int) -> Tensor:
    """Causal attention within each window: (t, 3 d) -> (t, d)."""
    import torch.nn.functional as F  # noqa: N812

    rows, longest = batch.shape
    at = batch.row * longest + batch.place
    # Padding stands after what is real, so that a causal mask keeps it out.
    wide = query_key_value.new_zeros(rows * longest, query_key_value.shape[1])
    wide = wide.index_copy(0, at, query_key_value)
    query, key, value = wide.view(rows, longest, 3, heads, -1).permute(2, 0, 3, 1, 4).unbind()
    seen = F.scaled_dot_product_attention(query, key, value, is_causal=True)
    return seen.transpose(1, 2).reshape(rows * longest, -1).index_select(0, at)


def last_states(
    weights: Mapping[str, np.ndarray], items: np.ndarray, sizes: np.ndarray, heads: int
) -> np.ndarray:
    """What is known after the last event of each sequence, in numpy: (n, d).

    Args:
        weights: the arrays above.
        items: int64 (t,), one sequence after another.
        sizes: of the sequences (n,), each at least 1.
        heads: of attention.
    """
    starts = np.cumsum(sizes) - sizes
    last = np.zeros((len(sizes), weights["item_vectors"].shape[1]), dtype=np.float32)
    alike = np.argsort(sizes, kind="stable")
    longest = int(sizes.max(initial=1))
    for part in chunks(len(sizes), heads * longest * longest):
        few = alike[part]
        place = np.arange(sizes[few].max())
        inside = place < sizes[few, None]
        padded = items[np.where(inside, starts[few, None] + place, 0)]
        last[few] = _last_of_few(weights, padded, sizes[few], heads)
    return last


def _last_of_few(
    weights: Mapping[str, np.ndarray], items: np.ndarray, sizes: np.ndarray, heads: int
) -> np.ndarray:
    """`last_states` of padded sequences (n, l): (n, d)."""
    longest, blocks = items.shape[1], len(weights["mix"])
    x = weights["item_vectors"][items] + weights["place_vectors"][:longest]
    place = np.arange(longest)
    ahead = place > place[:, None]
    last = np.arange(len(sizes)), sizes - 1
    for number in range(blocks):
        given = _normal(weights, x, 2 * number) @ weights["query_key_value"][number]
        parts = given.reshape(*items.shape, 3, heads, -1).transpose(2, 0, 3, 1, 4)
        query, key, value = parts
        if number == blocks - 1:  # what was known earlier is not asked for any more
            x = x[last][:, None]
            query = query.transpose(0, 2, 1, 3)[last][:, :, None]
            ahead = (place >= sizes[:, None])[:, None, None]
        seen = _attend(query, key, ahead) @ value
        x = x + seen.transpose(0, 2, 1, 3).reshape(x.shape) @ weights["mix"][number]
        wide = np.maximum(_normal(weights, x, 2 * number + 1) @ weights["widen"][number], 0.0)
        x = x + wide @ weights["narrow"][number]
    return np.asarray(_normal(weights, x[:, 0], -1))


def _attend(query: np.ndarray, key: np.ndarray, ahead: np.ndarray) -> np.ndarray:
    """Shares (n, heads, asked, l) of attention; none of what lies ahead."""
    scores = query @ key.transpose(0, 1, 3, 2)
    scores /= np.float32(np.sqrt(query.shape[-1]))
    scores = np.where(ahead, np.float32(-1e30), scores)
    scores -= scores.max(axis=-1, keepdims=True)
    shares = np.exp(scores, out=scores)
    shares /= shares.sum(axis=-1, keepdims=True)
    return shares


def _normal(weights: Mapping[str, np.ndarray], x: np.ndarray, number: int) -> np.ndarray:
    """Layer normalisation, (…, d)."""
    x = x - x.mean(axis=-1, keepdims=True)
    x *= 1.0 / np.sqrt(np.square(x).mean(axis=-1, keepdims=True) + np.float32(_SMALL))
    return np.asarray(x * weights["scale"][number] + weights["shift"][number])
