"""Number and size on disk of the runtime packages, without those for checks and tests."""

import glob
import importlib.metadata
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.bench.figures import Figure, at_most, noted, report

PINNED = Path("requirements.txt")
BLOCK = 512


def measure() -> Sequence[Figure]:
    """Add up the files of every package in requirements.txt that applies to this Python, with compiled files."""
    sizes = {name: _megabytes(name) for name in _names()}
    installer = sum(_megabytes(name) for name in ("pip", "setuptools"))
    return [
        at_most("runtime packages", len(sizes), "", 55),
        at_most("on disk, with pip", sum(sizes.values()) + installer, "MB", 380),
        noted("of which numpy", sizes["numpy"], "MB"),
        noted("of which django", sizes["django"], "MB"),
    ]


def _names() -> list[str]:
    pinned = [line for line in PINNED.read_text().splitlines() if re.match(r"[a-z]", line)]
    names = [line.partition("==")[0] for line in pinned]
    installed = {_normal(distribution.name) for distribution in importlib.metadata.distributions()}
    return [name for name in names if _normal(name) in installed]


def _megabytes(name: str) -> float:
    try:
        files = importlib.metadata.files(name) or []
    except importlib.metadata.PackageNotFoundError:
        return 0.0
    paths = {Path(str(file.locate())) for file in files}
    # Files that Python has compiled are in no list of files.
    compiled = {file for path in paths if path.suffix == ".py" for file in _compiled(path)}
    return sum(path.stat().st_blocks * BLOCK for path in paths | compiled if path.is_file()) / 1e6


def _compiled(path: Path) -> Iterator[Path]:
    return (path.parent / "__pycache__").glob(f"{glob.escape(path.stem)}.*.pyc")


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    report("Environment", measure)
