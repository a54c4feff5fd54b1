"""Agreement: CPU seconds of our measures, and how many times faster they are than the released packages.

The packages are installed once, in an environment of their own under `.cache/`. Every row is measured in its own
process and on the same data. Our figure is the median of several runs; a package runs once, for up to minutes.
"""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tests.bench import agreement_scale
from tests.bench.agreement_data import noisy_annotations, noisy_tokens
from tests.bench.figures import Figure, at_least, at_most, noted, report
from tests.bench.processes import Measurement, run_measured

PINNED = Path("tests/bench/agreement-others.txt")
FOLDER = Path(".cache/bench-agreement")
RUNS = 5
TOKENS = 1_000_000
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}

AGAINST_PYGAMMA = [(2, 1_000, 300), (3, 200, 500)]
"""Annotators, units of each, and how many times faster our measure should be."""
ALONE = [(3, 1_000, 0.5), (2, 5_000, 0.2), (5, 50, 1.0), (5, 200, 2.0)]
"""Annotators, units of each, and CPU seconds: sizes that no other program reaches."""
MOST_MEGABYTES = {(2, 5_000): 250}
LARGEST_DIFFERENCE = 4e-6


def measure() -> Sequence[Figure]:
    """Measure all rows; only our own where the other packages are not installed."""
    others = _environment()
    with tempfile.TemporaryDirectory() as folder:
        return [
            *_gamma_against(others, Path(folder)),
            *_gamma_alone(),
            *_tokens(others, Path(folder)),
            at_most("interval, 10,000 documents × 3, 2,000 resamples", _ours("interval", 3, 10_000)[0], "s", 1.0),
            *agreement_scale.figures(),
        ]


def _gamma_against(others: Path | None, folder: Path) -> list[Figure]:
    figures = []
    for annotators, units, target in AGAINST_PYGAMMA:
        what = f"γ {annotators} × {units:,}"
        seconds, values, _ = _ours("gamma", annotators, units)
        figures.append(noted(f"{what}, 30 samples", seconds, "s"))
        if others:
            data = folder / f"{annotators}-{units}.json"
            data.write_text(json.dumps(noisy_annotations(annotators, units)))
            theirs = _theirs(others, "gamma", data)
            figures += [
                at_least(
                    f"{what}: pygamma-agreement / ours", [theirs["seconds"][0] / own for own in seconds], "×", target
                ),
                at_most(
                    f"{what}: difference of the disorders, 10⁻⁶",
                    1e6 * abs(theirs["disorder"] - values["disorder"]),
                    "",
                    1e6 * LARGEST_DIFFERENCE,
                ),
            ]
    return figures


def _gamma_alone() -> list[Figure]:
    figures = []
    for annotators, units, target in ALONE:
        seconds, _, process = _ours("gamma", annotators, units)
        figures.append(at_most(f"γ {annotators} × {units:,}, 30 samples", seconds, "s", target))
        if most := MOST_MEGABYTES.get((annotators, units)):
            figures.append(at_most(f"γ {annotators} × {units:,}: peak memory", process.peak_megabytes, "MB", most))
    return figures


def _tokens(others: Path | None, folder: Path) -> list[Figure]:
    seconds, values, _ = _ours("tokens", 5, TOKENS)
    figures = [noted("α, Fleiss' κ, AC1, ten Cohen's κ, 5 × 1 M", seconds, "s")]
    if others:
        data = folder / "tokens.npy"
        np.save(data, noisy_tokens(5, TOKENS))
        for package, target in (("krippendorff", 200), ("nltk", 1_000)):
            theirs = _theirs(others, package, data)
            if abs(theirs["alpha"] - values["alpha"]) > 1e-6:
                raise RuntimeError(f"{package} computes alpha {theirs['alpha']}, ours is {values['alpha']}.")
            ratios = [theirs["seconds"][0] / own for own in seconds]
            figures.append(at_least(f"α alone by {package} / all of these by ours", ratios, "×", target))
    return figures


def _ours(name: str, annotators: int, size: int) -> tuple[list[float], dict[str, Any], Measurement]:
    command = [sys.executable, "-m", "tests.bench.agreement_ours", name, str(annotators), str(size), str(RUNS)]
    process = run_measured(command, environment={**os.environ, **ONE_THREAD})
    values = json.loads(process.output)
    return values["seconds"], values, process


def _theirs(python: Path, name: str, data: Path) -> dict[str, Any]:
    command = [str(python), "tests/bench/agreement_others.py", name, str(data)]
    output = run_measured(command, environment={**os.environ, **ONE_THREAD}).output
    values: dict[str, Any] = json.loads(output.splitlines()[-1])
    return values


def _environment() -> Path | None:
    """Return the Python that has the other packages; print a line and return None when they cannot be installed."""
    python, stamp = FOLDER / "bin" / "python", FOLDER / "stamp"
    wanted = hashlib.sha256(PINNED.read_bytes() + sys.version.encode()).hexdigest()
    if stamp.is_file() and stamp.read_text() == wanted:
        return python
    log = FOLDER.with_suffix(".log")
    FOLDER.parent.mkdir(exist_ok=True)
    steps = [
        [sys.executable, "-m", "venv", "--clear", str(FOLDER)],
        [str(python), "-m", "pip", "--disable-pip-version-check", "install", "-q", "--no-deps", "-r", str(PINNED)],
    ]
    with log.open("w") as output:
        if any(subprocess.run(step, stdout=output, stderr=output, check=False).returncode for step in steps):
            print(
                f"The packages to compare with could not be installed (see {log}). Only our figures are shown.",
                flush=True,
            )
            return None
    stamp.write_text(wanted)
    return python


if __name__ == "__main__":
    report("Agreement", measure)
