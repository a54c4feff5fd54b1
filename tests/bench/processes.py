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


@dataclass(frozen=True)
class Measured:
    """What a command took: CPU and wall-clock seconds, and the memory it held, at most and sampled over time."""

    cpu_seconds: float
    wall_seconds: float
    peak_megabytes: float
    memory_megabytes: Sequence[float]
    output: str


def run_measured(command: Sequence[str], *, environment: Mapping[str, str]) -> Measured:
    """Run a command to its end and measure it; raise `RuntimeError` with what it said when it fails.

    The CPU seconds contain those of children it waited for. The peak is the kernel's own figure for the command alone.
    """
    samples: list[float] = []
    with tempfile.TemporaryFile() as said:
        began = time.monotonic()
        process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
        while True:
            ended, status, usage = os.wait4(process.pid, os.WNOHANG)
            if ended:
                break
            samples.append(psutil.Process(process.pid).memory_info().rss / MEGABYTE)
            time.sleep(SECONDS_BETWEEN_SAMPLES)
        wall = time.monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        output = said.read().decode(errors="replace")
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}:\n{output}")
    return Measured(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024, samples, output)


def growth(samples: Sequence[float]) -> float:
    """How much larger memory is in the last quarter of a run than in the third: 0.1 is a tenth; flat is about 0.

    Half of the run is given to it to warm up: caches, and what it has to know of the documents so far.
    """
    quarter = len(samples) // 4
    if not quarter:
        return 0.0
    third, last = samples[2 * quarter : 3 * quarter], samples[-quarter:]
    return sum(last) / len(last) / (sum(third) / len(third)) - 1


def tree(process_id: int) -> list[psutil.Process]:
    """A process and everything it started that still runs."""
    root = psutil.Process(process_id)
    return [root, *root.children(recursive=True)]


def tree_cpu_seconds(process_id: int) -> float:
    """CPU seconds so far of a process and its running children."""
    times = [process.cpu_times() for process in tree(process_id)]
    return float(sum(each.user + each.system for each in times))


def tree_megabytes(process_id: int) -> tuple[float, float]:
    """Memory of a process and its children: (what they use together, what each is shown to use added up).

    The first counts a page shared by several once (PSS), the second once for each (RSS).
    """
    memory = [process.memory_full_info() for process in tree(process_id)]
    return sum(each.pss for each in memory) / MEGABYTE, sum(each.rss for each in memory) / MEGABYTE
