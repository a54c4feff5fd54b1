"""Run the benchmarks, all or those named: `make bench`, `make bench ARGS="import export"`.

Each is a script of its own and runs in a process of its own, one after the other, so that none disturbs another.
"""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

FOLDER = Path(__file__).parent


def names() -> list[str]:
    """The benchmarks there are."""
    return sorted(path.stem.removeprefix("bench_") for path in FOLDER.glob("bench_*.py"))


def main() -> int:
    """Run benchmarks and answer 0 when all of them could be measured, whether or not targets are reached."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("names", nargs="*", help=f"which: {', '.join(names())}; all when left out")
    wanted = parser.parse_args().names or names()
    if unknown := set(wanted) - set(names()):
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}; there are {', '.join(names())}")
    load = os.getloadavg()[0]
    print(f"{os.cpu_count()} cores, load {load:.1f}, Python {sys.version.split()[0]}\n", flush=True)
    failed = [name for name in wanted if _run(name)]
    if failed:
        print(f"Could not be measured: {', '.join(failed)}")
    return 1 if failed else 0


def _run(name: str) -> int:
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-m", f"tests.bench.bench_{name}"], check=False)
    print(f"({name}: {time.monotonic() - began:.0f} s)\n", flush=True)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
