"""What the two ways through an autograd function hand each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["Saving"]


class Saving(Protocol):
    """What a `torch.autograd.Function` keeps on the way there for the way back."""

    @property
    def saved_tensors(self) -> tuple[Tensor, ...]:
        """What was saved, in its order."""

    def save_for_backward(self, *tensors: Tensor) -> None:
        """Keep inputs or outputs of the function."""
