"""The upgrade of a site of commit 00811ce with 100,000 documents and 2 million spans, killed once on the way.

Needs the history of the repository. The old version runs on the packages of today.
"""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.bench.corpus import write_corpus
from tests.bench.figures import Figure, at_most, noted, report
from tests.bench.people import PROJECT
from tests.bench.processes import Measurement, run_measured
from tests.bench.site import Site, new_site

COMMIT = "00811ce"
DOCUMENTS, WORDS, SPANS = 100_000, 300, 20
SECONDS_UNTIL_KILLED = 3.0


def measure() -> Sequence[Figure]:
    """Fill a site of the old version, and bring its tables up to date."""
    with new_site() as site:
        with _old_version(site.folder / "old") as old:
            _command(old, site, "migrate", "--verbosity", "0")
            _command(old, site, "create_project", PROJECT, "--template", "claims-attribution")
            source = site.folder / "corpus.jsonl"
            write_corpus(source, documents=DOCUMENTS, words=WORDS, spans=SPANS)
            _command(old, site, "import_documents", PROJECT, str(source))
            source.unlink()
        _kill_migration(site)
        migrated = site.command("migrate", "--verbosity", "0")
        checked = site.command("check_log", PROJECT)
    if " 0 damaged" not in checked.output:
        raise RuntimeError(f"The upgrade damaged the site: {checked.output}")
    return [
        at_most(
            f"CPU of the migrations of {DOCUMENTS * SPANS:,} spans, after an interruption",
            migrated.cpu_seconds,
            "s",
            60,
        ),
        noted("the same, wall-clock time", migrated.wall_seconds, "s"),
        noted("its peak memory", migrated.peak_megabytes, "MB"),
    ]


@contextmanager
def _old_version(folder: Path) -> Iterator[Path]:
    """Yield a folder with the code of the old version."""
    subprocess.run(["git", "worktree", "add", "--quiet", "--detach", str(folder), COMMIT], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["git", "worktree", "remove", "--force", str(folder)], check=True)


def _command(code: Path, site: Site, *arguments: str) -> Measurement:
    """Run a command of the version in a folder."""
    return run_measured([sys.executable, str(code / "manage.py"), *arguments], environment=site.environment)


def _kill_migration(site: Site) -> None:
    """Start the migrations and kill them after a moment."""
    process = subprocess.Popen(
        [sys.executable, "manage.py", "migrate"], env=site.environment, stdout=subprocess.DEVNULL
    )
    time.sleep(SECONDS_UNTIL_KILLED)
    process.send_signal(signal.SIGKILL)
    process.wait()


if __name__ == "__main__":
    report(f"Upgrade from {COMMIT} of {DOCUMENTS:,} documents, {WORDS} words, {SPANS} spans each", measure)
