"""A label migration of 2 million spans, 100,000 documents, while ten annotators save; on a copy of the large project.

The project is made by `tests.bench.large_project` once, and copied: the folder with SQLite, the database with
PostgreSQL (`BENCH_DATABASE_URL`). One label is renamed, one split by an attribute, one merged into another.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from tests.bench.bench_migration import MAPPING, publish_second_version
from tests.bench.client import Client
from tests.bench.figures import Figure, at_most, noted, report
from tests.bench.large_project import PROJECT, folder_of_large_project, open_large_project
from tests.bench.people import Person
from tests.bench.site import Site
from tools.services.processes import free_port

SAVERS, SECONDS_BETWEEN = 10, 0.5
SECONDS_ALONE = 15
BUILD = "from tests.bench.large_project import open_large_project; open_large_project()"


def measure() -> Sequence[Figure]:
    """Save for a while, then migrate, saving on; undo at the end."""
    with _copied_project() as settings:
        project = open_large_project()
        _split_claims()
        site = Site(folder_of_large_project(), free_port(), settings)
        mapping = site.folder / "mapping.json"
        mapping.write_text(json.dumps(MAPPING | {"relations": publish_second_version(project)}), "utf-8")
        start = site.command("migrate_labels", "--help").cpu_seconds
        versions = ("migrate_labels", PROJECT, "--from", "1", "--to", "2", "--mapping", str(mapping), "--json")
        with site.running("serve"):
            savers = [Saver(Client(site, person, PROJECT)) for person in _people()]
            with _saving(savers):
                time.sleep(SECONDS_ALONE)
            alone = _times(savers)
            with _saving(savers):
                run = site.command(*versions, "--run")
            beside = _times(savers)
            lost = sum(abs(saver.client.count_spans() - saver.saved) for saver in savers)
        undo = site.command("migrate_labels", PROJECT, "--undo", _newest_migration(project))
    return [
        at_most("preview and migration of 2 million spans", run.cpu_seconds - start, "s", 60),
        noted("… until it has ended", run.wall_seconds, "s"),
        noted("undo of the migration", undo.cpu_seconds - start, "s"),
        at_most("peak memory of the migration", run.peak_megabytes, "MB", 300),
        noted(f"95 % of {len(alone)} saves before", _percentile(alone), "ms"),
        noted(f"95 % of {len(beside)} saves beside the migration", _percentile(beside), "ms"),
        at_most("longest save beside the migration", max(beside), "ms", 2_000),
        noted("saves repeated because the set was migrated", sum(saver.repeated for saver in savers), ""),
        at_most("saves that failed", sum(len(saver.client.errors) for saver in savers), "", 0),
        at_most("spans lost or doubled", lost, "", 0),
    ]


@contextmanager
def _copied_project() -> Iterator[dict[str, str]]:
    """Copy the project, made before if it is missing; yield the settings of a site on the copy."""
    subprocess.run([sys.executable, "-c", BUILD], check=True)
    with tempfile.TemporaryDirectory(prefix="annotator-bench-") as folder:
        url = os.environ.get("BENCH_DATABASE_URL")
        if url:
            with _copied_database(url) as copy:
                os.environ |= {"BENCH_FOLDER": folder, "BENCH_DATABASE_URL": copy}
                yield {"VAR_DIR": folder, "DATABASE_URL": copy}
        else:
            shutil.copytree(
                folder_of_large_project(), folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("broker")
            )
            os.environ["BENCH_FOLDER"] = folder
            yield {"VAR_DIR": folder}


@contextmanager
def _copied_database(url: str) -> Iterator[str]:
    import psycopg

    name = urlsplit(url).path[1:]
    with psycopg.connect(url.rpartition("/")[0] + "/postgres", autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}-copy" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}-copy" TEMPLATE "{name}"')
        try:
            yield f"{url}-copy"
        finally:
            connection.execute(f'DROP DATABASE "{name}-copy" WITH (FORCE)')


def _split_claims() -> None:
    """Give the claims the values by which they are split."""
    from django.db.models import F

    from annotator.corpus.spans.models import Span

    claims = Span.objects.filter(label="Claim").alias(rest=F("id") % 2)
    for rest, kind in enumerate(("fact", "position")):
        claims.filter(rest=rest).update(attributes={"kind": kind})


def _people() -> list[Person]:
    from django.utils import timezone

    from annotator.platform.accounts.models import User
    from annotator.platform.accounts.services import create_token

    names = [f"person-{number}" for number in range(20, 20 + SAVERS)]
    users = User.objects.filter(username__in=names).order_by("id")
    return [Person(user.username, create_token(user, name="bench", now=timezone.now())[1]) for user in users]


def _newest_migration(project: Any) -> str:
    from projects.models import SchemaMigration

    return str(SchemaMigration.objects.filter(project=project).order_by("-id")[0].pk)


@dataclass
class Saver:
    """An annotator who saves one span after the other, and again after a migration of the set, as the editor does."""

    client: Client
    milliseconds: list[float] = field(default_factory=list)
    saved: int = 0
    repeated: int = 0

    def __post_init__(self) -> None:
        self.client.open()
        self.saved = self.client.count_spans()

    def save(self) -> None:
        """Add a span of a label that both versions have."""
        span = {"label": "Denial", "fragments": [[self.saved % 100, self.saved % 100 + 9]], "attributes": {}}
        began = time.monotonic()
        try:
            self._save(span)
            self.saved += 1
        except (RuntimeError, OSError) as error:
            self.client.errors.append(str(error))
        self.milliseconds.append(1000 * (time.monotonic() - began))

    def _save(self, span: dict[str, Any]) -> None:
        try:
            self.client.save_spans([span])
        except RuntimeError as error:
            if "stale_revision" not in str(error):
                raise
            self.repeated += 1
            self.client.reload()
            self.client.save_spans([span])


@contextmanager
def _saving(savers: Sequence[Saver]) -> Iterator[None]:
    """Let everyone save inside."""
    stop = threading.Event()

    def work(saver: Saver) -> None:
        while not stop.wait(SECONDS_BETWEEN):
            saver.save()

    threads = [threading.Thread(target=work, args=[saver]) for saver in savers]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def _times(savers: Sequence[Saver]) -> list[float]:
    """Return the milliseconds of all saves since the last call, in order."""
    times = sorted(milliseconds for saver in savers for milliseconds in saver.milliseconds)
    for saver in savers:
        saver.milliseconds.clear()
    return times


def _percentile(times: Sequence[float]) -> float:
    return times[len(times) * 95 // 100]


if __name__ == "__main__":
    report("Label migration of 2 million spans, ten annotators saving", measure)
