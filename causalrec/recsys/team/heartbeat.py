"""A process that died, froze or lost its network ends its team: each one beats, all listen.

A sum waits for the slowest process, so that a long wait does not tell whether a peer works or
is gone. The beat of a thread of its own does.
"""

from __future__ import annotations

import atexit
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch.distributed.distributed_c10d import Store

__all__ = ["Heartbeat"]

_EVERY = 1.0
_PATIENCE = 20.0
_LEFT = "left"


class Heartbeat:
    """This process's beat and its ear for the others', through the store where they met.

    Args:
        store: a `torch.distributed.Store` client that nothing else uses.
        rank, size: which process this is, of how many.
        patience: seconds of silence after which a peer counts as gone.
    """

    def __init__(self, store: Store, rank: int, size: int, *, patience: float = _PATIENCE) -> None:
        self._store, self._rank, self._patience = store, rank, patience
        self._peers = [peer for peer in range(size) if peer != rank]
        self._heard: dict[int, tuple[str, float]] = {}
        self._left = threading.Event()
        self._threads: list[threading.Thread] = []
        self._say("0")

    def start(self, gone: Callable[[int, float], None]) -> None:
        """Beat and listen from now on; all processes have been constructed.

        Args:
            gone: called once, in a thread of its own, with the peer's rank and the seconds
                since it was last heard of.
        """
        self._heard = {peer: ("", time.monotonic()) for peer in self._peers}
        # Two threads: a store on a machine that vanished answers nothing, not even an error.
        for work in (self._beat, lambda: self._watch(gone)):
            self._threads.append(threading.Thread(target=work, daemon=True, name="heartbeat"))
            self._threads[-1].start()
        atexit.register(self.stop)

    def stop(self) -> None:
        """Leave in good order: the others no longer expect a beat."""
        self._left.set()
        atexit.unregister(self.stop)
        for thread in self._threads:
            thread.join(timeout=2 * _EVERY)

    def _say(self, word: str) -> None:
        self._store.set(f"beat/{self._rank}", word)

    def _beat(self) -> None:
        count = 0
        try:
            while not self._left.wait(_EVERY):
                count += 1
                self._say(str(count))
                words = self._store.multi_get([f"beat/{peer}" for peer in self._peers])
                now = time.monotonic()
                for peer, raw in zip(self._peers, words, strict=True):
                    word = raw.decode()
                    if word != self._heard[peer][0] or word == _LEFT:
                        self._heard[peer] = (word, now)
            self._say(_LEFT)
        except RuntimeError:
            return  # the store is gone: `_watch` hears the silence

    def _watch(self, gone: Callable[[int, float], None]) -> None:
        while not self._left.wait(_EVERY):
            for peer, (word, heard) in list(self._heard.items()):
                silent = time.monotonic() - heard
                if word != _LEFT and silent > self._patience:
                    gone(peer, silent)
                    return
