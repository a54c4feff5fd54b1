"""CPU seconds and memory of the processes that are measured."""

import os
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import psutil

MEGABYTE = 1 << 20
SECONDS_BETWEEN_SAMPLES = 0.1
LONGEST_WAIT = 60
IDLE_SHARE = 0.05


@dataclass(frozen=True)
class Measurement:
    """The CPU and wall-clock seconds of a command, its peak memory, and its memory sampled over time."""

    cpu_seconds: float
    wall_seconds: float
    peak_megabytes: float
    memory_megabytes: Sequence[float]
    output: str


def run_measured(command: Sequence[str], *, environment: Mapping[str, str]) -> Measurement:
    """Run a command to its end and measure it; raise `RuntimeError` with its output when it fails.

    The CPU seconds contain those of children it waited for. The peak is the kernel's own figure for the command alone.
    """
    samples: list[float] = []
    with tempfile.TemporaryFile() as log:
        began = time.monotonic()
        process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        while True:
            ended, status, usage = os.wait4(process.pid, os.WNOHANG)
            if ended:
                break
            samples.append(psutil.Process(process.pid).memory_info().rss / MEGABYTE)
            time.sleep(SECONDS_BETWEEN_SAMPLES)
        wall = time.monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        log.seek(0)
        output = log.read().decode(errors="replace")
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}:\n{output}")
    return Measurement(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024, samples, output)


def growth(samples: Sequence[float]) -> float:
    """Return by how much the mean memory of the last quarter of a run exceeds that of the third: 0.1 is 10 %.

    The first half of the run is left out, because caches and indexes of documents fill up in it.
    """
    quarter = len(samples) // 4
    if not quarter:
        return 0.0
    third, last = samples[2 * quarter : 3 * quarter], samples[-quarter:]
    return sum(last) / len(last) / (sum(third) / len(third)) - 1


def tree(process_id: int) -> list[psutil.Process]:
    """Return a process and all its descendants that still run."""
    root = psutil.Process(process_id)
    return [root, *root.children(recursive=True)]


def tree_cpu_seconds(process_id: int) -> float:
    """Return the CPU seconds so far of a process and its running descendants."""
    times = [process.cpu_times() for process in tree(process_id)]
    return float(sum(cpu.user + cpu.system for cpu in times))


def wait_until_idle(process_id: int) -> None:
    """Wait until a process and its descendants have started and do nothing more."""
    before = tree_cpu_seconds(process_id)
    for _ in range(LONGEST_WAIT):
        time.sleep(1)
        used = tree_cpu_seconds(process_id)
        if used - before < IDLE_SHARE:
            return
        before = used
    raise RuntimeError(f"The processes are still busy after {LONGEST_WAIT} s.")


def tree_megabytes(process_id: int) -> tuple[float, float]:
    """Return the memory of a process and its descendants: (PSS, RSS).

    PSS counts a page shared by several processes once, RSS once for each of them.
    """
    memory = [process.memory_full_info() for process in tree(process_id)]
    return sum(usage.pss for usage in memory) / MEGABYTE, sum(usage.rss for usage in memory) / MEGABYTE
