"""Pages of agreement, adjudication and quality control of an ordinary project: server CPU of each, and of downloads.

Two projects: 24 articles of six annotators, with 78,000 tokens, and 200 documents of three. Half of the documents, at
least 20, have an adjudicated set; six people have annotated gold checks and documents for qualification.
"""

import json
import random
import time
from collections.abc import Iterator, Sequence
from typing import Any

from tests.bench.corpus import records
from tests.bench.figures import Figure, at_most, report
from tests.bench.people import PASSWORD, set_up
from tests.bench.site import Site, new_site

PROJECTS = {"articles": (24, 6, 3250, 135), "documents": (200, 3, 400, 17)}
"""Documents, annotators, words and spans of each project."""
PEOPLE, CHECKS, QUALIFYING, ROUNDS = 6, 20, 10, 5
REPORT_PAGES = (
    "", "disagreements/", "disagreements/?kind=boundary", "patterns/", "documents/{document}/", "against/?with={other}",
)  # fmt: skip
PAGES = (
    "quality/", "quality/calibration/", "quality/calibration/?before={other}&after={report}",
    "quality/members/{member}/", "quality/mine/", "adjudication/", "adjudication/reversals/", "agreement/document/",
)  # fmt: skip
DOWNLOADS = (
    "report.json",
    "report.csv",
    "disagreements.csv",
    "disagreements.jsonl",
    "locations.csv",
    "locations.jsonl",
)


def measure() -> Sequence[Figure]:
    """Import both projects, report on them, and open every page."""
    with new_site() as site:
        site.command("migrate", "--verbosity", "0")
        site.command("collectstatic", "--noinput", "--verbosity", "0")
        for project in PROJECTS:
            site.command("create_project", project, "--template", "claims-attribution")
            source = site.folder / f"{project}.jsonl"
            source.write_text("\n".join(_lines(project)), encoding="utf-8")
            site.command("import_documents", project, str(source))
        set_up(site)
        return [figure for project in PROJECTS for figure in _figures(site, project)]


def _lines(project: str) -> Iterator[str]:
    documents, annotators, words, spans = PROJECTS[project]
    generator = random.Random(2)
    for record in records(documents=documents, words=words, spans=spans):
        [own] = record["annotators"].values()
        record["annotators"] = {
            name: {"spans": [_varied(generator, span) for span in own["spans"] if generator.random() < 0.85]}
            for name in "ABCDEF"[:annotators]
        }
        yield json.dumps(record, ensure_ascii=False)


def _varied(generator: random.Random, span: dict[str, Any]) -> dict[str, Any]:
    [[start, end]] = span["fragments"]
    return {**span, "fragments": [[start, end + (generator.random() < 0.2)]]}


def _figures(site: Site, project: str) -> Iterator[Figure]:
    from django.test import Client

    from annotator.agreement.models import AgreementReport
    from annotator.platform.accounts.models import User
    from projects.models import Membership, Project

    _add_people(Project.objects.get(slug=project))
    for _ in range(2):
        site.command("measure_agreement", project, "--without-gamma")
    first, second = AgreementReport.objects.filter(project__slug=project).order_by("id")
    member = Membership.objects.filter(project__slug=project, user__username__endswith="-1").get()
    document = second.documents.order_by("id").first()
    assert document is not None
    names = {"report": second.pk, "other": first.pk, "member": member.pk, "document": document.document_id}
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(User.objects.get(username=f"{project}-lead"))
    for page in (*(f"agreement/{second.pk}/{each}" for each in REPORT_PAGES), *PAGES):
        address = f"/projects/{project}/{page.format(**names)}"
        times = [_seconds(client, address) for _ in range(ROUNDS + 1)]
        yield at_most(f"{project}: {page.split('?')[0]}", [1000 * seconds for seconds in times[1:]], "ms", 100)
    for name in DOWNLOADS:
        times = [_seconds(client, f"/projects/{project}/agreement/{second.pk}/{name}") for _ in range(ROUNDS + 1)]
        yield at_most(f"{project}: first byte of {name}", [1000 * seconds for seconds in times[1:]], "ms", 50)


def _seconds(client: Any, address: str) -> float:
    """Return the processor time of an answer, of a stream until its first piece.

    What follows of a stream is not read: a download of all pairs of six annotators takes minutes in all rounds.
    """
    began = time.process_time()
    answer = client.get(address)
    if answer.status_code != 200:
        raise RuntimeError(f"{address} answered {answer.status_code}.")
    if answer.streaming:
        next(iter(answer.streaming_content))
    seconds = time.process_time() - began
    answer.close()
    return seconds


def _add_people(project: Any) -> None:
    """Create a lead and annotators, adjudicated sets for half of the documents, and sets made for checks."""
    from django.utils import timezone

    from annotator.corpus.spans.models import AnnotationSet, SetKind, SetPurpose, SetState, Span
    from annotator.platform.accounts.models import User
    from annotator.quality.models import GoldDocument, QualityPlan
    from projects.models import Membership

    now = timezone.now()
    lead = User.objects.create_user(f"{project.slug}-lead", password=PASSWORD)
    Membership.objects.create(project=project, user=lead, role="lead", joined_at=now)
    QualityPlan.objects.create(project=project, is_required=True, least_overlap=0.8, check_every=10)
    source = list(AnnotationSet.objects.filter(document__project=project, name="A").order_by("document"))
    golds = source[: max(len(source) // 2, CHECKS)]

    def copy(own: AnnotationSet, **fields: Any) -> None:
        versions = {"schema_version": own.schema_version, "guideline_version": own.guideline_version}
        times = {"created_at": now, "changed_at": now, "submitted_at": now}
        made = AnnotationSet.objects.create(document=own.document, **versions, **times, **fields)
        spans = list(Span.objects.filter(annotation_set=own).order_by("id"))
        for span in spans:
            span.pk, span.annotation_set = None, made
        Span.objects.bulk_create(spans)

    for own in golds:
        copy(own, kind=SetKind.ADJUDICATED, name="adjudicated", state=SetState.ADJUDICATED)
        GoldDocument.objects.create(project=project, document=own.document, purpose=SetPurpose.CHECK)
    for number in range(PEOPLE):
        user = User.objects.create_user(f"{project.slug}-{number}", password=None)
        Membership.objects.create(project=project, user=user, role="annotator", joined_at=now)
        for index, own in enumerate(golds[: CHECKS + QUALIFYING]):
            purpose = SetPurpose.CHECK if index < CHECKS else SetPurpose.QUALIFICATION
            fields = {"kind": SetKind.ANNOTATOR, "state": SetState.SUBMITTED, "purpose": purpose}
            copy(own, annotator=user, name=user.username, **fields)


if __name__ == "__main__":
    report("Pages of agreement, adjudication and quality control", measure)
