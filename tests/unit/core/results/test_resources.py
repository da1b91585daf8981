"""What work cost: processor, memory, GPU and energy, against work of known size."""

from __future__ import annotations

import stat
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from causalrec.core.results import resources
from causalrec.core.results.resources import WATTS_PER_CORE, Meter


def test_a_busy_second_is_a_cpu_second() -> None:
    with Meter() as meter:
        ends = time.process_time() + 0.3
        while time.process_time() < ends:
            sum(range(1_000))
        usage = meter.usage()
    assert 0.28 <= usage.cpu_seconds < 1.5
    assert usage.seconds >= 0.28
    assert usage.energy_wh == pytest.approx(usage.cpu_seconds * WATTS_PER_CORE / 3600)
    assert (usage.gpu_seconds, usage.gpu_peak_mb) == (None, None)
    assert usage.energy_note.key == "core.energy_cpu"
    for lang in ("en", "zh"):
        assert f"{usage.peak_mb:,.0f} MB" in usage.summary(lang)


def test_sleeping_costs_no_energy() -> None:
    with Meter() as meter:
        time.sleep(0.3)
        usage = meter.usage()
    assert usage.seconds >= 0.3
    assert usage.cpu_seconds < 0.2


def test_the_peak_is_seen_though_the_memory_is_given_back() -> None:
    with Meter() as meter:
        before = meter.usage().peak_mb
        held = np.ones(40_000_000)  # 320 MB
        time.sleep(0.2)
        del held
        usage = meter.usage()
    assert usage.peak_mb > before + 250


def fake_gpu() -> SimpleNamespace:
    cuda = SimpleNamespace(
        reset_peak_memory_stats=lambda device: None,
        synchronize=lambda device: None,
        max_memory_allocated=lambda device: 5_000_000,
    )
    return SimpleNamespace(cuda=cuda)


@pytest.mark.parametrize("tells", [True, False])
def test_a_gpu_counts_its_time_memory_and_what_its_driver_tells(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, tells: bool
) -> None:
    driver = tmp_path / "nvidia-smi"
    driver.write_text("#!/bin/sh\necho 250.0\n" if tells else "#!/bin/sh\necho '[N/A]'\n")
    driver.chmod(driver.stat().st_mode | stat.S_IEXEC)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setattr(Meter, "_torch", property(lambda self: fake_gpu()))
    with Meter("cuda") as meter:
        time.sleep(0.3)
        usage = meter.usage()
    assert usage.gpu_seconds == usage.seconds
    assert usage.gpu_peak_mb == 5.0
    cpu = usage.cpu_seconds * WATTS_PER_CORE
    gpu = 250.0 * usage.seconds if tells else 0.0
    assert usage.energy_wh == pytest.approx((cpu + gpu) / 3600)
    assert usage.energy_note.key == ("core.energy_gpu" if tells else "core.energy_gpu_unknown")


def test_a_driver_that_is_not_there_tells_nothing() -> None:
    assert resources._watts("/nowhere/nvidia-smi", "cuda:1") == []
