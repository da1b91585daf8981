"""What work costs beside its result: seconds of processor and GPU, memory, an estimate of energy.

The energy is no measurement: a busy core is taken to draw `WATTS_PER_CORE`, a GPU what its
driver says it draws. It compares runs on one machine; it is no electricity bill.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from types import ModuleType
from typing import Self

import psutil

from causalrec.core.results.result import Result
from causalrec.core.words import Text, render

__all__ = ["WATTS_PER_CORE", "Meter", "Usage"]

WATTS_PER_CORE = 10.0
"""Taken for a busy core with its share of memory and supply: servers lie between 5 and 15."""
_EVERY = 0.05
"""Seconds between two looks at the memory."""
_POWER_EVERY = 1.0
"""Seconds between two questions to the GPU's driver."""


class Usage(Result):
    """What work cost.

    Attributes:
        seconds: wall time.
        cpu_seconds: processor time of this process and of children that ended meanwhile.
        gpu_seconds: wall time on the GPU; None without one.
        peak_mb: most memory that the process held at once, in MB (its libraries included).
        gpu_peak_mb: most memory of the GPU that tensors held; None without one.
        energy_wh: estimate in watt-hours.
        energy_note: what the estimate takes for granted.
    """

    seconds: float
    cpu_seconds: float
    gpu_seconds: float | None = None
    peak_mb: float
    gpu_peak_mb: float | None = None
    energy_wh: float
    energy_note: Text

    def summary(self, lang: str = "en") -> str:
        """One sentence: processor seconds, memory, energy."""
        text = Text("core.usage", cpu=self.cpu_seconds, mb=self.peak_mb, wh=self.energy_wh)
        return str(render(text, lang))


class Meter:
    """Measures what is done between entering and leaving; `usage` tells it at any time.

    Args:
        device: where the work computes ("cpu", "cuda", "cuda:1").
    """

    def __init__(self, device: str = "cpu") -> None:
        self._cuda = device.startswith("cuda")
        self._device = device
        self._process = psutil.Process()
        self._stop = threading.Event()
        self._peak = 0
        self._power: list[float] = []
        self._thread = threading.Thread(target=self._look, daemon=True, name="resource meter")

    def __enter__(self) -> Self:
        if self._cuda:
            self._torch.cuda.reset_peak_memory_stats(self._device)
        self._cpu, self._high = _cpu_seconds(), _high_water()
        self._started = time.perf_counter()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def usage(self) -> Usage:
        """The cost so far."""
        if self._cuda:
            self._torch.cuda.synchronize(self._device)
        seconds = time.perf_counter() - self._started
        cpu = _cpu_seconds() - self._cpu
        high = _high_water()
        # A high-water mark that rose meanwhile is exact; else the samples are all there is.
        now = self._process.memory_info().rss
        peak = max(self._peak, now, high if high > self._high else 0)
        watts = sum(self._power) / len(self._power) if self._power else None
        gpu_energy = 0.0 if watts is None else watts * seconds
        return Usage(
            seconds=seconds,
            cpu_seconds=cpu,
            gpu_seconds=seconds if self._cuda else None,
            peak_mb=peak / 1e6,
            gpu_peak_mb=self._gpu_peak() if self._cuda else None,
            energy_wh=(cpu * WATTS_PER_CORE + gpu_energy) / 3600.0,
            energy_note=self._note(watts),
        )

    @property
    def _torch(self) -> ModuleType:
        import torch

        return torch

    def _gpu_peak(self) -> float:
        return float(self._torch.cuda.max_memory_allocated(self._device)) / 1e6

    def _note(self, watts: float | None) -> Text:
        if not self._cuda:
            return Text("core.energy_cpu", watts=WATTS_PER_CORE)
        if watts is None:
            return Text("core.energy_gpu_unknown", watts=WATTS_PER_CORE)
        return Text("core.energy_gpu", watts=WATTS_PER_CORE, gpu=watts)

    def _look(self) -> None:
        asked = 0.0
        driver = shutil.which("nvidia-smi") if self._cuda else None
        while True:
            self._peak = max(self._peak, self._process.memory_info().rss)
            if driver and time.monotonic() - asked >= _POWER_EVERY:
                asked = time.monotonic()
                self._power += _watts(driver, self._device)
            if self._stop.wait(_EVERY):
                return


def _cpu_seconds() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _high_water() -> int:
    """Bytes that this process held at most since it started."""
    if sys.platform == "win32":
        return 0
    import resource

    kilo = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * kilo


def _watts(driver: str, device: str) -> list[float]:
    """What the GPU draws now; nothing where its driver does not tell."""
    number = device.partition(":")[2] or "0"
    ask = [driver, f"--id={number}", "--query-gpu=power.draw", "--format=csv,noheader,nounits"]
    try:
        answer = subprocess.run(ask, capture_output=True, text=True, timeout=2.0, check=True)
        return [float(answer.stdout.strip())]
    except (OSError, subprocess.SubprocessError, ValueError):
        return []
