"""Making the sample project, or what of it is not there yet: every step looks before it does anything."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import orjson

from annotator.agreement import services as agreement
from annotator.agreement.models import AgreementReport
from annotator.corpus.spans.models import AnnotationSet
from annotator.imports.services import start_import
from annotator.imports.uploads import IncomingFile
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
DESCRIPTION = "Six short invented texts, annotated by two people (A and B) and adjudicated, to try everything on."
PEOPLE = {"lead": Role.LEAD, "ada": Role.ANNOTATOR, "ben": Role.ANNOTATOR, "reader": Role.VIEWER}
CORPUS = Path(__file__).parent / "sample-corpus"


def make_sample_project(passwords: dict[str, str], *, say: Say, now: datetime) -> Project:
    """Return the sample project with its people, texts, annotation sets and a first agreement report."""
    people = {name: _person(name, passwords[name], now=now) for name in PEOPLE}
    project = Project.objects.filter(slug=SLUG).order_by("id").first()
    if project is None:
        say("Making the sample project …")
        project = create_project(
            SLUG, created_by=people["lead"], now=now, name=NAME, description=DESCRIPTION, annotators_per_document=2
        )
    members = set(Membership.objects.filter(project=project).values_list("user_id", flat=True))
    for name, role in PEOPLE.items():
        if people[name].pk not in members:
            add_member(project, people[name], role=role, now=now)
    files = sorted(CORPUS.glob("*.jsonl"))
    if not _is_imported(project, files):
        say("Importing the sample texts …")
        _import(project, files, lead=people["lead"], now=now)
    if not AgreementReport.objects.filter(project=project, measured_at__isnull=False).exists():
        say("Measuring agreement …")
        report = agreement.start_report(project, started_by=people["lead"], now=now, own_process=True)
        run_in_console(agreement.job_of(report))
    return project


def _person(name: str, password: str, *, now: datetime) -> User:
    known = User.objects.filter(username=name).order_by("id").first()
    return known or create_user(name, password=password, now=now)


def _is_imported(project: Project, files: Sequence[Path]) -> bool:
    """Return whether every annotation set of the files is there."""
    lines = [orjson.loads(line) for file in files for line in file.read_bytes().splitlines()]
    wanted = {(line["id"], name) for line in lines for name in line["annotators"]}
    sets = AnnotationSet.objects.filter(document__project=project, document__external_id__in={id_ for id_, _ in wanted})
    return wanted <= set(sets.values_list("document__external_id", "name"))


def _import(project: Project, files: Sequence[Path], *, lead: User, now: datetime) -> None:
    incoming = [IncomingFile(file.name, [file.read_bytes()]) for file in files]
    run_in_console(start_import(project, files=incoming, started_by=lead, now=now, own_process=True))
