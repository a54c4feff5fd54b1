"""*Next document* for 50 people at once, at 100,000 documents and 2 million spans: response times, and the limit.

The people ask in threads of this process, each with a connection of its own, at the same moment; SQLite lets one
write after the other.
"""

import threading
import time
from collections.abc import Sequence
from typing import Any

from tests.bench.figures import Figure, at_most, noted, report
from tests.bench.large_project import open_large_project

TARGET_MS = 300


def measure() -> Sequence[Figure]:
    """Let everyone ask once, submit what they got, and ask again: the second time is measured."""
    project = open_large_project()
    from django.db.models import Count, F, Q
    from django.db.models.functions import Coalesce

    from annotator.corpus.documents.models import Document
    from annotator.platform.accounts.models import User

    people = list(User.objects.filter(username__startswith="person-").order_by("id"))
    _ask(project, people)
    began = time.process_time()
    times = sorted(_ask(project, people))
    used = time.process_time() - began
    limit = Coalesce("plan__round__annotators_per_document", "project__annotators_per_document")
    held = Count("assignments", filter=Q(assignments__slot__isnull=False))
    over = Document.objects.filter(project=project).annotate(held=held, limit=limit).filter(held__gt=F("limit"))
    return [
        at_most("95 % of the answers", times[len(times) * 95 // 100 - 1], "ms", TARGET_MS),
        noted("median", times[len(times) // 2], "ms"),
        noted("CPU of one answer", 1000 * used / len(times), "ms"),
        at_most("documents above their limit", over.count(), "", 0),
    ]


def _ask(project: Any, people: Sequence[Any]) -> list[float]:
    """Assign the next document to all at once, and submit it; return the milliseconds that each waited."""
    from django.db import connection
    from django.utils import timezone

    from annotator.corpus.spans.models import AnnotationSet
    from annotator.workload.assignments.services import next_document

    together, times, sets = threading.Barrier(len(people)), [], []

    def ask(user: Any) -> None:
        connection.ensure_connection()
        together.wait()
        began = time.monotonic()
        result = next_document(project, user=user, now=timezone.now())
        times.append(1000 * (time.monotonic() - began))
        sets.append(result.assignment.annotation_set_id)
        connection.close()

    threads = [threading.Thread(target=ask, args=(user,)) for user in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(times) != len(people):
        raise RuntimeError(f"{len(people) - len(times)} people got no answer.")
    AnnotationSet.objects.filter(pk__in=sets).update(state="submitted", submitted_at=timezone.now(), is_tallied=False)
    return times


if __name__ == "__main__":
    report("Next document for 50 people at once", measure)
