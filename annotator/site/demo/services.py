"""Creation of the sample project. Each step checks what already exists, so that an interrupted start is completed."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from annotator.agreement import services as agreement
from annotator.agreement.models import AgreementReport
from annotator.corpus.documents.models import Document
from annotator.corpus.spans.models import AnnotationSet
from annotator.imports.services import start_import
from annotator.imports.uploads import IncomingFile
from annotator.ledger import services as ledger
from annotator.ledger.models import Ledger
from annotator.ledger.reading.sources import ADJUDICATED
from annotator.platform.accounts.models import User
from annotator.platform.accounts.services import create_user
from annotator.platform.jobs.console import run_in_console
from projects.models import Membership, Project
from projects.roles import Role
from projects.services.members import add_member
from projects.services.projects import create_project

Say = Callable[[str], None]

SLUG = "sample"
NAME = "Sample: claims & attribution"
DESCRIPTION = (
    "Six short fictional articles. Five of them have been annotated by two people (A and B) and adjudicated; "
    "one is left for you to annotate."
)
MEMBERS = {"lead": Role.LEAD, "ada": Role.ANNOTATOR, "ben": Role.ANNOTATOR, "reader": Role.VIEWER}
CORPUS = Path(__file__).parent / "sample-corpus"
# Imported without annotations, for the tour in the README: two annotators submit it, then it is adjudicated.
OPEN_DOCUMENT = "05-rumours"
# With this seed the open document is the first one in the order of both annotators.
SEED = "sample-36"


def create_sample_project(passwords: dict[str, str], *, say: Say, now: datetime) -> Project:
    """Return the sample project with members, documents, annotation sets and a first agreement report."""
    users = {name: _get_or_create_user(name, passwords[name], now=now) for name in MEMBERS}
    project = Project.objects.filter(slug=SLUG).order_by("id").first()
    if project is None:
        say("Creating the sample project …")
        project = create_project(SLUG, created_by=users["lead"], now=now, name=NAME, description=DESCRIPTION, seed=SEED)
    members = set(Membership.objects.filter(project=project).values_list("user_id", flat=True))
    for name, role in MEMBERS.items():
        if users[name].pk not in members:
            add_member(project, users[name], role=role, now=now)
    records = sample_records()
    if not _is_imported(project, records):
        say("Importing the sample documents …")
        _import(project, records, lead=users["lead"], now=now)
    if not AgreementReport.objects.filter(project=project, measured_at__isnull=False).exists():
        say("Measuring agreement …")
        report = agreement.start_report(project, started_by=users["lead"], now=now, own_process=True)
        run_in_console(agreement.job_of(report))
    if not Ledger.objects.filter(project=project).exists():
        say("Reading who said what …")
        run_in_console(ledger.start_update(project, view=ADJUDICATED, started_by=None, now=now, own_process=True))
    return project


def sample_records() -> list[dict[str, Any]]:
    """Return the documents of the sample corpus as JSONL records, the open one without its annotations."""
    records = [orjson.loads(path.read_bytes()) for path in sorted(CORPUS.glob("*.jsonl"))]
    return [record | ({"annotators": {}} if record["id"] == OPEN_DOCUMENT else {}) for record in records]


def _get_or_create_user(name: str, password: str, *, now: datetime) -> User:
    user = User.objects.filter(username=name).order_by("id").first()
    return user or create_user(name, password=password, now=now)


def _is_imported(project: Project, records: Sequence[dict[str, Any]]) -> bool:
    """Return whether every document and annotation set of the records exists."""
    documents = Document.objects.filter(project=project, external_id__in=[record["id"] for record in records])
    sets = AnnotationSet.objects.filter(document__in=documents).values_list("document__external_id", "name")
    expected = {(record["id"], name) for record in records for name in record["annotators"]}
    return documents.count() == len(records) and expected <= set(sets)


def _import(project: Project, records: Sequence[dict[str, Any]], *, lead: User, now: datetime) -> None:
    files = [IncomingFile(f"{record['id']}.jsonl", [orjson.dumps(record)]) for record in records]
    run_in_console(start_import(project, files=files, started_by=lead, now=now, own_process=True))
