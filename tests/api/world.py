"""One project with an object for every route, all with hostile names."""

import json
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone
from django.utils.http import urlsafe_base64_encode

from annotator.adjudication import services as adjudication
from annotator.agreement import services as agreement
from annotator.corpus import identities
from annotator.corpus.documents.models import Document
from annotator.corpus.documents.services import keep_originals
from annotator.corpus.relabelling import services as relabelling
from annotator.corpus.spans import exclusions, lifecycle
from annotator.corpus.speakers import services as speakers
from annotator.corpus.suggestions import services as suggestions
from annotator.datasets.exports import services as datasets
from annotator.datasets.exports.options import ExportOptions
from annotator.datasets.releases import services as releases
from annotator.datasets.releases.serializers import parse_release
from annotator.formats.incoming import IncomingOriginal
from annotator.imports import services as imports
from annotator.imports.options import ImportOptions
from annotator.imports.uploads import IncomingFile
from annotator.ledger import services as ledger
from annotator.ledger.models import LedgerDecision, LedgerPair
from annotator.platform.accounts.models import User
from annotator.platform.accounts.services import create_token
from annotator.platform.jobs import runner
from annotator.platform.jobs import services as jobs
from annotator.platform.jobs.models import Job, JobLine
from annotator.platform.jobs.workers import report_worker
from annotator.site.work_table.choice import Choice
from annotator.site.work_table.services import save_view
from annotator.suggestions.evaluation import LabelCounts
from annotator.suggestions.models import TrainedModel
from annotator.workload.assignments import services as assignments
from annotator.workload.assignments.models import Assignment, Skip
from annotator.workload.questions.services import Subject, ask
from annotator.workload.timing.models import ActiveTime
from projects import services as projects
from projects.models import Project
from projects.roles import Role
from projects.selectors import schema_of
from tests.conftest import MakeDocument, MakeSet
from tests.notation import make_spans

HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7|add:7 }}'
SECRET_WORDS = ["alert(1)", "Xanthippe", "confidential-slug", "lena", "bela"]
TEXT, SPANS = make_spans(f"Xanthippe[Speaker] said [it rained](Claim kind=fact) {HOSTILE}.")


@dataclass(frozen=True)
class World:
    """The project, its users, and a value for each parameter of a URL."""

    project: Project
    lead: User
    ada: User
    ben: User
    stranger: User
    parameters: dict[str, object] = field(default_factory=dict)


def make_world(
    project: Project, people: dict[str, User], make_document: MakeDocument, make_set: MakeSet, now: datetime
) -> World:
    """Fill a project with objects of Ada and the lead, none of Ben."""
    lead, ada = people["lead"], people["ada"]
    Project.objects.filter(pk=project.pk).update(
        slug="confidential-slug", name=f"Name {HOSTILE}", description=f"Description {HOSTILE}"
    )
    project.refresh_from_db()
    projects.publish_guideline(project, f"# Guidelines {HOSTILE}\n\n[a](javascript:alert(1))", by=lead, now=now)
    version = project.schema_versions.get(number=1)
    version.definition = version.definition | {"document_attributes": [{"id": "genre", "name": "Genre"}]}
    version.save(update_fields=["definition"])
    compared = make_document(TEXT, title=f"Title {HOSTILE}", external_id=f"Id {HOSTILE}", meta={"note": HOSTILE})
    keep_originals({compared.pk: IncomingOriginal(f"page {HOSTILE}.html", "text/html", HOSTILE.encode())})
    for name in (f"A {HOSTILE}", "B"):
        answers = {"genre": f"Answer of {name}"}
        make_set(compared, name, SPANS, state="submitted", revision=1, document_attributes=answers)
    make_document(f"Xanthippe {HOSTILE} once more.", title=f"Another title {HOSTILE}")
    assignments.next_document(project, user=ada, now=now)
    assignment = Assignment.objects.select_related("annotation_set__document").get(annotator=ada)
    lifecycle.submit(assignment.annotation_set, now=now)
    ActiveTime.objects.create(annotation_set=assignment.annotation_set, seconds=60, words=4, reported_at=now)
    token, _ = create_token(lead, name=f"Token {HOSTILE}", now=now)
    invitation, secret = projects.create_invitation(project, role=Role.VIEWER, by=lead, now=now, note=HOSTILE)
    report = agreement.start_report(project, started_by=lead, now=now, own_process=True)
    jobs.run_here(agreement.job_of(report))
    export = datasets.start_export(project, options=ExportOptions(), started_by=lead, now=now, own_process=True)
    job = jobs.run_here(datasets.job_of(export))
    JobLine.objects.create(job=job, level="error", where=HOSTILE, message=HOSTILE)
    release = releases.create_release(
        project,
        options=parse_release({"name": f"Release {HOSTILE}"[:100], "notes": f"Notes {HOSTILE}"}),
        created_by=lead,
        now=now,
        own_process=True,
    )
    jobs.run_here(releases.job_of(release))
    options = parse_release({"name": f"Draft {HOSTILE}"[:100]})
    draft = jobs.run_here(releases.start_draft(project, options=options, started_by=lead, now=now, own_process=True))
    report_worker(started_at=now, now=timezone.now())
    started = adjudication.start(compared, by=lead, now=now)
    exclusion = assignments.exclude_work(
        project, exclusions.Person("B", "imported"), reason=f"Reason {HOSTILE}", by=lead, now=now
    )
    assignments.lift_exclusion(exclusion, by=lead, now=now)
    link = identities.link(project, "B", member=ada, by=lead, now=now)
    identities.unlink(link, by=lead, now=now)
    skipped = Skip.objects.create(
        document=Document.objects.exclude(pk=compared.pk).get(),
        annotator=ada,
        reason="other",
        note=HOSTILE,
        created_at=now,
    )
    current_round = assignments.create_round(project, now=now, name=f"Round {HOSTILE}"[:100])
    proposition, pair, decision = _ledger(project, lead, make_document, make_set, now)
    parameters = {
        "slug": project.slug,
        "exclusion_id": exclusion.pk,
        "link_id": link.pk,
        "skip_id": skipped.pk,
        "round_id": current_round.pk,
        "document_id": compared.pk,
        "set_id": assignment.annotation_set_id,
        "assignment_id": assignment.pk,
        "report_id": report.pk,
        "export_id": export.pk,
        "preview_id": _previewed(project, lead, now),
        "unit_id": started.units.order_by("id")[0].pk,
        "draft_id": draft.pk,
        "job_id": Job.objects.get(pk=job.pk).pk,
        "member_id": project.memberships.get(user=ada).pk,
        "invitation_id": invitation.pk,
        "token_id": token.pk,
        "token": secret,
        "uidb64": urlsafe_base64_encode(str(lead.pk).encode()),
        "check": "database",
        "run_id": _suggestions(compared, lead, now),
        "proposition_id": proposition,
        "pair_id": pair,
        "decision_id": decision,
        "file_format": "jsonl",
        "question_id": ask(
            project, by=lead, text=f"Question {HOSTILE}", subject=Subject(compared, rule=HOSTILE), now=now
        ).pk,
        "view_id": save_view(project, owner=lead, name=f"View {HOSTILE}"[:60], choice=Choice(), shared=True).pk,
        "migration_id": _migration(project, lead, now),
        **_registry(project, lead, now),
        "digest": projects.add_picture(project, b"\x89PNG\r\n\x1a\n", name=HOSTILE, by=lead, now=now).digest,
        "number": _model(project, lead, now),
        "other_number": 1,
    }
    return World(project, lead, ada, people["ben"], people["stranger"], parameters)


def _migration(project: Project, lead: User, now: datetime) -> int:
    """Store and preview a migration to a version without Speaker, and return its key."""
    old = project.schema_versions.get(number=1)
    labels = [label for label in old.definition["labels"] if label["id"] != "Speaker"]
    target = projects.publish_schema(project, {"labels": [*labels, {"id": HOSTILE[:60].strip()}]}, by=lead, now=now)
    definition = {
        "labels": {"Speaker": HOSTILE[:60].strip()},
        "relations": {name: {"drop": True} for name in schema_of(old).relations},
    }
    migration = relabelling.create_migration(
        project, source=old, target=target, definition=definition, by=lead, now=now
    )
    jobs.run_here(relabelling.start_job(migration, action="preview", by=lead, now=now, own_process=True))
    return migration.pk


def _model(project: Project, lead: User, now: datetime) -> int:
    """Store a trained model with hostile labels whose file is damaged, and return its number."""
    figures = {
        "labels": {HOSTILE: LabelCounts(suggested=4, finished=3, by_score={80: [4, 2]}).as_json()},
        "curve": [{"documents": 4, "f1": 0.2}, {"documents": 8, "f1": 0.3}],
        "coverage": {HOSTILE: {"learned": 30, "left_out": 2}},
        "compared": {"number": 1, "documents": 2, "before": 0.2, "after": 0.3},
        "held_out_documents": 2,
        "finished_documents": 10,
    }
    TrainedModel.objects.create(
        project=project, number=1, schema_version=project.schema_versions.get(number=1), documents=10, figures=figures,
        sha256="0" * 64, content=b"damaged", measured=b"damaged", created_by=lead, created_at=now,
    )  # fmt: skip
    return 1


def _registry(project: Project, lead: User, now: datetime) -> dict[str, object]:
    """Add a hostile entry to the speaker registry; return its key and the one of the step."""
    values = {"name": f"Xanthippe {HOSTILE}", "role": HOSTILE, "aliases": [HOSTILE]}
    entry = speakers.add_entry(project, values, by=lead, now=now)
    return {"entry_id": entry.pk, "change_id": project.speaker_changes.get().pk}


def _suggestions(document: Document, lead: User, now: datetime) -> int:
    """Store suggestions with hostile values, and return the key of their run."""
    given = {"source": "rules", "version": f"1 {HOSTILE}", "spans": SPANS, "relations": []}
    return suggestions.store_run(document, given, by=lead, now=now).pk


def _ledger(
    project: Project, lead: User, make_document: MakeDocument, make_set: MakeSet, now: datetime
) -> tuple[int, int, int]:
    """Make the ledger of two documents with hostile claims; return a proposition, a pair and a decision."""
    marked = f"Xanthippe[Speaker] said [the harbour bridge over the Lomen opened {HOSTILE}](Claim kind=fact)"
    for number in (1, 2):
        text, spans = make_spans(f"{marked} {number}.")
        make_set(make_document(text), "gold", spans, kind="adjudicated", state="adjudicated")
    job = ledger.start_update(project, view="adjudicated", started_by=lead, now=now, own_process=True)
    jobs.run_here(job)
    pair = LedgerPair.objects.get()
    decision = ledger.decide(
        project, kind=LedgerDecision.Kind.DIFFERENT, first=pair.first, second=pair.second, by=lead, now=now
    )
    assert pair.first.proposition_id is not None
    return pair.first.proposition_id, pair.pk, decision.pk


def _previewed(project: Project, lead: User, now: datetime) -> int:
    """Start a preview of a file with a hostile name, label and text, and return its id."""
    record = {"text": f"{HOSTILE} left.", "annotator": HOSTILE, "spans": [
        {"id": "s1", "label": HOSTILE, "fragments": [[0, len(HOSTILE)]], "attributes": {HOSTILE: HOSTILE}}
    ]}  # fmt: skip
    files = [IncomingFile(f"{HOSTILE}.jsonl", [json.dumps(record).encode()])]
    job = imports.start_import(project, files=files, options=ImportOptions(preview=True), started_by=lead, now=now)
    runner.run(job.pk)
    return job.pk
