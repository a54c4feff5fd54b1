"""Run all benchmarks or those named: `make bench`, `make bench ARGS="import export"`.

Each runs in its own process, one after the other, so that none disturbs another.
"""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

FOLDER = Path(__file__).parent


def names() -> list[str]:
    """Return the names of all benchmarks."""
    return sorted(path.stem.removeprefix("bench_") for path in FOLDER.glob("bench_*.py"))


def main() -> int:
    """Run benchmarks and return 0 when all of them ran, whether or not targets are reached."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("names", nargs="*", help=f"names of benchmarks ({', '.join(names())}); default: all")
    chosen = parser.parse_args().names or names()
    if unknown := set(chosen) - set(names()):
        parser.error(f"unknown benchmark: {', '.join(sorted(unknown))}; choose from {', '.join(names())}")
    load = os.getloadavg()[0]
    print(f"{os.cpu_count()} cores, load {load:.1f}, Python {sys.version.split()[0]}\n", flush=True)
    failed = [name for name in chosen if _run(name)]
    if failed:
        print(f"Failed: {', '.join(failed)}")
    return 1 if failed else 0


def _run(name: str) -> int:
    began = time.monotonic()
    process = subprocess.run([sys.executable, "-m", f"tests.bench.bench_{name}"], check=False)
    print(f"({name}: {time.monotonic() - began:.0f} s)\n", flush=True)
    return process.returncode


if __name__ == "__main__":
    sys.exit(main())
