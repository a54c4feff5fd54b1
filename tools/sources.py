"""The files of the project that its own rules apply to: those that git tracks or would add."""

import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path


def files(*patterns: str, exclude: Sequence[str] = ()) -> Iterator[Path]:
    """Yield the project's files that match any of the git path patterns, sorted, without those excluded."""
    without = [f":(exclude){pattern}" for pattern in exclude]
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *patterns, *without],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for name in sorted(set(listed.split("\0")) - {""}):
        path = Path(name)
        if path.is_file():
            yield path
