"""Deletion of documents with all work: complete, limited, confirmed; reports and releases keep what they had."""

import json
from collections import Counter

import pytest
from django.core.management import call_command

from annotator.agreement.models import AgreementReport
from annotator.corpus.documents import search
from annotator.corpus.documents.models import DeletedDocument, Document
from annotator.corpus.spans.models import AnnotationSet, Change
from annotator.datasets.releases.models import Release
from annotator.datasets.releases.problems import ReleaseIncomplete
from annotator.datasets.releases.services import building
from annotator.ledger.models import Proposition
from annotator.platform.jobs import services as jobs
from annotator.platform.jobs.models import Job
from annotator.problems import InvalidInput
from annotator.site.removal import documents
from annotator.site.removal.document_rows import rows_of_documents, tables_of_documents
from annotator.site.removal.services import ProjectBusy, ReleasesAtStake
from annotator.workload.assignments.models import WeekTally
from annotator.workload.assignments.services import tallies
from tests.api.world import make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(project, lead, ada, ben, stranger, make_document, make_set, now, settings, tmp_path):
    """A project in which everything exists."""
    settings.RELEASES_DIR = tmp_path / "releases"
    people = {"lead": lead, "ada": ada, "ben": ben, "stranger": stranger}
    made = make_world(project, people, make_document, make_set, now)
    Job.objects.filter(project=project, kind__in=documents.BUSY_KINDS).update(state="done")
    return made


def test_everything_of_a_document_is_deleted_and_reports_and_releases_keep_theirs(world, page, lead, ada, now):
    project = world.project
    tallies.count_sets(project)
    search.index_documents(project, most=50)
    changed = AnnotationSet.objects.filter(document__project=project).first()
    Change.objects.create(annotation_set=changed, revision=99, change_id="c", kind="note", payload={}, created_at=now)
    report = AgreementReport.objects.filter(project=project, measured_at__isnull=False).first()
    release = Release.objects.get(project=project)
    figures, archive = report.result, building.archive_of(release).read_bytes()
    keys = list(Document.objects.filter(project=project).values_list("pk", flat=True))
    kept = Document.objects.exclude(pk__in=keys).count()
    filled = {rows.model.__name__ for rows in rows_of_documents(keys) if rows.exists()}
    assert {"Span", "Change", "Question", "FrozenSet", "ReportedSet", "Unit", "LedgerEntry", "SearchText"} <= filled

    url = f"/projects/{project.slug}/documents/"
    answer = page(lead).post(url, {"all": "yes", "action": "delete_with_work"})
    shown = page(lead).get(answer["Location"])
    assert shown.context["stakes"].documents == len(keys)
    assert "cannot be built again" in shown.content.decode()
    assert page(ada).get(answer["Location"]).status_code == 404
    refused = page(lead).post(answer["Location"], {"reason": "Takedown", "confirmed": len(keys)})
    assert (refused.status_code, Document.objects.filter(project=project).count()) == (422, len(keys))
    page(lead).post(answer["Location"], {"reason": "Takedown", "confirmed": len(keys), "with_releases": "on"})

    assert not [rows.model for rows in rows_of_documents(keys) if rows.exists()]
    assert Document.objects.count() == kept
    assert not Proposition.objects.filter(ledger__project=project).exists()
    assert not WeekTally.objects.filter(project=project).exists()
    report.refresh_from_db()
    assert (report.result, report.sums) == (figures, None)
    body = page(lead).get(f"/projects/{project.slug}/agreement/{report.pk}/").content.decode()
    assert "of its documents" in body
    assert "Takedown" in body
    assert building.archive_of(release).read_bytes() == archive
    assert building.check_release(release, on_progress=lambda done, total: None).errors == []
    with pytest.raises(ReleaseIncomplete):
        building.build_release(release, now=now, on_progress=lambda done, total: None)
    assert "cannot be built again" in page(lead).get(f"/projects/{project.slug}/releases/1/").content.decode()
    listed = page(lead).get(f"/api/v1/projects/{project.slug}/deleted-documents/").json()["results"]
    assert {row["reason"] for row in listed} == {"Takedown"}
    assert sum(row["sets"] for row in listed) > 0


def test_other_documents_keep_their_rows_and_shared_propositions(world, now, capsys):
    project = world.project
    first, *others = Document.objects.filter(project=project).order_by("pk")
    keys = [document.pk for document in others]
    before = Counter({rows.model.__name__: rows.count() for rows in rows_of_documents(keys)})

    call_command("delete_documents", project.slug, "--id", first.external_id, "--json")
    assert json.loads(capsys.readouterr().out)["deleted"] is False
    options = ["--confirm", "1", "--reason", "Private", "--with-releases", "--json"]
    call_command("delete_documents", project.slug, "--id", first.external_id, *options)

    assert json.loads(capsys.readouterr().out)["deleted"] is True
    after = Counter({rows.model.__name__: rows.count() for rows in rows_of_documents(keys)})
    # Pairs and decisions of the ledger belong to both documents.
    assert {name for name in before if before[name] != after[name]} <= {"LedgerPair", "LedgerDecision"}
    assert DeletedDocument.objects.get().external_id == first.external_id


def test_deletion_is_refused_without_confirmation_or_while_jobs_run(world, now):
    project = world.project
    keys = list(Document.objects.filter(project=project).values_list("pk", flat=True))
    options = {"reason": "x", "confirmed": len(keys), "with_releases": True, "by": None, "now": now}
    for changed, problem in (
        ({"confirmed": 1 + len(keys)}, InvalidInput),
        ({"reason": ""}, InvalidInput),
        ({"with_releases": False}, ReleasesAtStake),
    ):
        with pytest.raises(problem):
            documents.start_deletion(project, keys, **(options | changed))
    jobs.start("measure_agreement", project_id=project.pk, params={}, started_by=None, now=now)
    with pytest.raises(ProjectBusy):
        documents.start_deletion(project, keys, **options)
    assert Document.objects.filter(project=project).count() == len(keys)


def test_every_table_of_documents_is_reached_by_a_key_that_is_always_there():
    without = {table.__name__ for table, keys in tables_of_documents().items() if keys and keys[0].null}
    assert without == {"Question", "Exclusion"}
