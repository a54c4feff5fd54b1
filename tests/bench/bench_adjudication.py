"""Adjudication of a document with 10,000 spans per annotator: server CPU of a decision and the page after it."""

import json
import re
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.bench.corpus import records
from tests.bench.figures import Figure, at_most, noted, report
from tests.bench.people import PASSWORD, PROJECT, set_up
from tests.bench.site import new_site

SPANS, WORDS, DECISIONS = 10_000, 50_000, 40
NEXT_PART = re.compile(rb'part=([0-9]+)" data-key="n"')
REVISION = re.compile(rb'data-revision="([0-9]+)"')


def measure() -> Sequence[Figure]:
    """Import three sets that differ in places, then decide unit by unit and open the page after each decision."""
    with new_site() as site:
        site.command("migrate", "--verbosity", "0")
        site.command("collectstatic", "--noinput", "--verbosity", "0")
        site.command("create_project", PROJECT, "--template", "claims-attribution")
        source = site.folder / "corpus.jsonl"
        _write(source)
        site.command("import_documents", PROJECT, str(source))
        set_up(site)
        return _figures()


def _write(path: Path) -> None:
    [record] = records(documents=1, words=WORDS, spans=SPANS)
    first = record["annotators"]["A"]
    # Labels alternate: a claim, a speaker, a denial, a hedge.
    first["relations"] = [
        {"id": f"r{number}", "label": "attributed-to", "from": f"s{number}", "to": f"s{number + 1}"}
        for number in range(0, SPANS, 4)
    ]
    spans = [_lengthened(span) if number % 3 == 0 else span for number, span in enumerate(first["spans"])]
    record["annotators"]["B"] = {"spans": spans, "relations": first["relations"]}
    # With three annotators, the page says which version is probably right.
    others = [
        _lengthened(span) if number % 5 == 0 else span for number, span in enumerate(first["spans"]) if number % 7
    ]
    record["annotators"]["C"] = {"spans": others, "relations": []}
    path.write_text(json.dumps(record, ensure_ascii=False) + "\n", encoding="utf-8")


def _lengthened(span: dict[str, Any]) -> dict[str, Any]:
    [[start, end]] = span["fragments"]
    return {**span, "fragments": [[start, end + 1]]}


def _figures() -> Sequence[Figure]:
    from django.test import Client
    from django.urls import reverse

    from annotator.adjudication.board.overview import read_overview
    from annotator.adjudication.models import Adjudication
    from annotator.corpus.documents.models import Document
    from annotator.platform.accounts.models import User
    from projects.models import Membership

    document = Document.objects.get()
    lead = User.objects.create_user("lead", password=PASSWORD)
    Membership.objects.create(project=document.project, user=lead, role="lead", joined_at=document.created_at)
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(lead)
    began = time.process_time()
    client.post(reverse("adjudication:start", args=[document.pk]), {"rule": "exact", "blind": "yes"})
    start = time.process_time() - began
    head = Adjudication.objects.get()
    totals, pages = [], []
    for number in range(DECISIONS + 5):
        head.refresh_from_db()
        unit = read_overview(head).open[number]
        address = reverse("adjudication:unit", args=[document.pk, unit])
        began = time.process_time()
        decision = client.post(address, {"choice": f"take:{number % 2}", "revision": head.revision})
        between = time.process_time()
        page = client.get(decision["Location"])
        pages.append(1000 * (time.process_time() - between))
        totals.append(1000 * (time.process_time() - began))
        if (decision.status_code, page.status_code) != (302, 200):
            raise RuntimeError(
                f"Status of the decision: {decision.status_code}; status of the page after it: {page.status_code}."
            )
    # The first decisions also load modules.
    return [
        *_text_figures(client, document),
        *_completion_figures(client, document, lead),
        at_most(f"server CPU of a decision with its page, {SPANS:,} spans per annotator", totals[5:], "ms", 100),
        noted("of which the page", pages[5:], "ms"),
        at_most("starting the adjudication", start, "s", 2),
    ]


def _text_figures(client: Any, document: Any) -> Sequence[Figure]:
    """Open every part of the whole text."""
    from django.urls import reverse

    address = reverse("adjudication:work", args=[document.pk])
    parts, sizes, following = [], [], 1
    while following:
        began = time.process_time()
        page = client.get(address, {"view": "text", "part": following})
        parts.append(1000 * (time.process_time() - began))
        sizes.append(len(page.content) / 1000)
        following = next((int(found) for found in NEXT_PART.findall(page.content)), 0)
    return [
        at_most(f"server CPU of a part of the whole text, median of {len(parts)}", parts, "ms", 100),
        at_most("slowest part of the whole text", max(parts), "ms", 200),
        noted("the whole text, all parts one after another", sum(parts) / 1000, "s"),
        noted("largest part of the whole text", max(sizes), "kB"),
    ]


def _completion_figures(client: Any, document: Any, lead: Any) -> Sequence[Figure]:
    """Decide what is open in one action, then complete the adjudication through its page."""
    from django.db import transaction
    from django.urls import reverse
    from django.utils import timezone

    from annotator.adjudication.board.contents import read_board
    from annotator.adjudication.models import Adjudication, Decision
    from annotator.adjudication.services.records import record, update_set

    now = timezone.now()
    while open_units := read_board(Adjudication.objects.get()).open:  # relations after their spans
        head = Adjudication.objects.get()
        with transaction.atomic():
            record(head, [Decision(unit=unit.row, kind="none", outcome=[]) for unit in open_units], by=lead, now=now)
            update_set(head, by=lead, now=now)
    page = client.get(reverse("adjudication:work", args=[document.pk]))
    [revision] = REVISION.findall(page.content)
    began = time.process_time()
    answer = client.post(reverse("adjudication:settle", args=[document.pk]), {"revision": int(revision)}, follow=True)
    completing = time.process_time() - began
    if Adjudication.objects.get().state != "settled" or answer.status_code != 200:
        raise RuntimeError("The adjudication was not completed.")
    return [at_most("completing the adjudication, with its page", completing, "s", 2)]


if __name__ == "__main__":
    report("Adjudication of a long document", measure)
