"""Adjudication of a document with 10,000 spans per annotator: server CPU of a decision and the page after it."""

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.bench.corpus import records
from tests.bench.figures import Figure, at_most, noted, report
from tests.bench.people import PASSWORD, PROJECT, set_up
from tests.bench.site import new_site

SPANS, WORDS, DECISIONS = 10_000, 50_000, 40


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
        at_most(f"server CPU of a decision with its page, {SPANS:,} spans per annotator", totals[5:], "ms", 200),
        noted("of which the page", pages[5:], "ms"),
        noted("starting the adjudication", start, "s"),
    ]


if __name__ == "__main__":
    report("Adjudication of a long document", measure)
