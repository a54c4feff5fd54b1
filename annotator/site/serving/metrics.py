"""Metrics in the text format of Prometheus: requests, saves, jobs, workers, database, disk."""

import os
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.db import Error, connection
from django.db.models import Count, Min
from django.utils import timezone

from annotator.platform.jobs.models import Job, JobState
from annotator.platform.jobs.workers import running_workers
from annotator.platform.observability.counters import BUCKETS, Key
from annotator.platform.observability.middleware import counts

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
SAVES_ROUTE = "changes/"


@dataclass
class Metric:
    """A metric with its samples: labels and value."""

    name: str
    kind: str
    help: str
    samples: list[tuple[str, dict[str, str], float]] = field(default_factory=list)

    def add(self, value: float, suffix: str = "", **labels: str) -> None:
        """Add a sample."""
        self.samples.append((suffix, labels, value))

    def lines(self) -> Iterator[str]:
        """Yield the lines of the text format."""
        yield f"# HELP {self.name} {self.help}"
        yield f"# TYPE {self.name} {self.kind}"
        for suffix, labels, value in self.samples:
            written = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
            yield f"{self.name}{suffix}{{{written}}} {value:.17g}" if written else f"{self.name}{suffix} {value:.17g}"


def metrics_text() -> str:
    """Return all metrics; those of the database are left out while it does not respond, and its own one is 0."""
    metrics = [*_request_metrics(counts.totals()), _disk()]
    began = time.monotonic()
    up = Metric("annotator_database_up", "gauge", "Whether the database responds.")
    try:
        metrics += [*_database(began), *_jobs()]
        up.add(1)
    except Error:
        up.add(0)
    return "".join(f"{line}\n" for metric in [up, *metrics] for line in metric.lines())


def _request_metrics(totals: "Counter[Key]") -> Iterable[Metric]:
    requests = Metric("annotator_request_seconds", "histogram", "Duration of requests by method, route and status.")
    saves = Metric("annotator_saves_total", "counter", "Saves by status: 200 saved, 409 based on an older revision.")
    series: dict[tuple[str, str, str], dict[str, float]] = {}
    for (method, route, status, bucket), value in totals.items():
        series.setdefault((method, route, status), {})[bucket] = value
    for (method, route, status), buckets in sorted(series.items()):
        labels = {"method": method, "route": route, "status": status}
        total = 0.0
        for index, limit in enumerate((*BUCKETS, None)):
            total += buckets.get(str(index), 0)
            requests.add(total, "_bucket", **labels, le="+Inf" if limit is None else f"{limit:g}")
        requests.add(buckets.get("seconds", 0), "_sum", **labels)
        requests.add(total, "_count", **labels)
        if method == "POST" and route.endswith(SAVES_ROUTE):
            saves.add(total, status=status)
    return [requests, saves]


def _jobs() -> Iterable[Metric]:
    now = timezone.now()
    jobs = Metric("annotator_jobs", "gauge", "Queued and running jobs by kind.")
    age = Metric("annotator_job_queue_age_seconds", "gauge", "Age of the oldest queued job by kind.")
    workers = Metric("annotator_workers", "gauge", "Workers that run.")
    active = Job.objects.filter(state__in=(JobState.QUEUED, JobState.RUNNING)).order_by("kind", "state")
    for kind, state, count, oldest in active.values_list("kind", "state").annotate(Count("id"), Min("created_at")):
        jobs.add(count, kind=kind, state=state)
        if state == JobState.QUEUED:
            age.add((now - oldest).total_seconds(), kind=kind)
    workers.add(running_workers(now=now))
    return [jobs, age, workers]


def _database(began: float) -> Iterable[Metric]:
    size = Metric("annotator_database_bytes", "gauge", "Size of the database.")
    seconds = Metric("annotator_database_response_seconds", "gauge", "How long the database took for a small query.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
        seconds.add(time.monotonic() - began)
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_database_size(current_database())")
            size.add(cursor.fetchone()[0])
        else:
            path = Path(connection.settings_dict["NAME"])
            size.add(sum(part.stat().st_size for part in path.parent.glob(f"{path.name}*") if part.is_file()))
    return [seconds, size]


def _disk() -> Metric:
    free = Metric("annotator_disk_free_bytes", "gauge", "Free space in VAR_DIR.")
    status = os.statvfs(settings.VAR_DIR)
    free.add(status.f_bavail * status.f_frsize)
    return free


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
