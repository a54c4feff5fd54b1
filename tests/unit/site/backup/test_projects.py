"""The file of a project: everything arrives under new keys, and people are mapped as chosen."""

from uuid import uuid4

import pytest

from annotator.agreement import services as agreement
from annotator.agreement.scope import Scope
from annotator.corpus.spans import services
from annotator.corpus.spans.changes import parse_changes
from annotator.corpus.spans.models import AnnotationSet, OutsideName
from annotator.corpus.spans.selectors import find_damage
from annotator.datasets.exports import services as datasets
from annotator.datasets.exports.options import ExportOptions, View
from annotator.datasets.exports.output.dataset import data_path
from annotator.datasets.releases.services.building import check_release
from annotator.platform.accounts.models import User
from annotator.platform.jobs import services as jobs
from annotator.site.backup.problems import OtherVersion, PeopleUndecided
from annotator.site.backup.project_export import export_project, project_tables
from annotator.site.backup.project_import import import_project
from annotator.site.backup.project_people import PeopleChoice
from annotator.site.backup.tables import name_of
from annotator.site.removal.project_rows import rows_of_project
from annotator.site.removal.services import ProjectBusy
from annotator.workload.assignments import services as assignments
from projects.problems import SlugTaken
from tests.api.world import make_world

pytestmark = pytest.mark.django_db
SAME = PeopleChoice(same_names=True)


@pytest.fixture
def world(project, lead, ada, ben, stranger, make_document, make_set, now, settings, tmp_path):
    """A project in which everything exists, with a report on one document and a logged change."""
    settings.RELEASES_DIR, settings.EXPORTS_DIR = tmp_path / "releases", tmp_path / "exports"
    people = {"lead": lead, "ada": ada, "ben": ben, "stranger": stranger}
    world = make_world(project, people, make_document, make_set, now)
    scope = Scope(documents=(world.parameters["document_id"],))
    report = agreement.start_report(project, started_by=lead, now=now, scope=scope, own_process=True)
    jobs.run_here(agreement.job_of(report))
    annotation_set = assignments.next_document(project, user=ben, now=now).assignment.annotation_set
    span = {"id": str(uuid4()), "label": "Claim", "fragments": [[0, 3]], "attributes": {}, "note": ""}
    changes = parse_changes([{"id": str(uuid4()), "kind": "add_span", "span": span | {"origin": "manual"}}])
    sha256 = annotation_set.document.sha256
    services.apply_changes(annotation_set, changes, base_revision=0, sha256=sha256, author=ben, now=now)
    return world


@pytest.fixture
def file(world, now, tmp_path):
    """The file of the project."""
    path = tmp_path / "news.project"
    export_project(world.project, path, now=now)
    return path


def counts(project):
    moved = {name_of(table) for table in project_tables()}
    return {name: rows.count() for rows in rows_of_project(project) if (name := name_of(rows.model)) in moved}


def exported(project, lead, now):
    options = ExportOptions(view=View.ALL)
    export = datasets.start_export(project, options=options, started_by=lead, now=now, own_process=True)
    jobs.run_here(datasets.job_of(export))
    return data_path(datasets.directory_of(export)).read_bytes()


def test_everything_arrives_under_new_keys(world, file, now, page):
    imported = import_project(file, now=now, slug="copy", choice=SAME)

    copy = imported.project
    assert counts(copy) == counts(world.project)
    assert min(counts(copy)[name] for name in ("spans_change", "releases_frozenset", "adjudication_unit")) > 0
    assert exported(copy, world.lead, now) == exported(world.project, world.lead, now)
    for annotation_set in AnnotationSet.objects.filter(document__project=copy, changes__isnull=False).distinct():
        assert find_damage(annotation_set) is None
    assert check_release(copy.releases.get(), on_progress=lambda *_: None).errors == ()
    report = copy.agreement_reports.exclude(scope={}).get()
    assert report.scope["documents"] == [copy.documents.get(sha256=world.project.documents.order_by("id")[0].sha256).pk]
    first = copy.agreement_reports.order_by("id")[0]
    (listed,) = first.result["document_attributes"][0]["listed"]
    assert listed["document"] == report.scope["documents"][0]
    assert b"Answer of B" in exported(copy, world.lead, now)
    for address in (
        "",
        "agreement/",
        f"agreement/{report.pk}/",
        f"agreement/{first.pk}/",
        "adjudication/",
        "releases/",
        "people/",
    ):
        assert page(world.lead).get(f"/projects/copy/{address}").status_code == 200


def test_new_names_become_closed_accounts(world, file, now):
    User.objects.filter(username="ada").update(username="augusta")

    imported = import_project(file, now=now, slug="copy", choice=PeopleChoice(accounts={
        "lena": "sam", "ben": "ben", "vera": "vera",
    }))  # fmt: skip

    ada = User.objects.get(username="ada")
    assert (ada.is_active, ada.has_usable_password()) == (False, False)
    assert {member.user.username: member.role for member in imported.project.memberships.all()} == {
        "sam": "lead", "ada": "annotator", "ben": "annotator", "vera": "viewer",
    }  # fmt: skip
    assert AnnotationSet.objects.get(document__project=imported.project, annotator=ada).name == "ada"
    linked = OutsideName.objects.filter(project=imported.project).values_list("name", "user__username")
    assert sorted(linked) == [("B", "ada"), ("lena", "sam")]


def test_names_only_leaves_out_what_needs_an_account(world, file, now):
    imported = import_project(file, now=now, slug="copy", choice=PeopleChoice(names_only=True), lead=world.ben)

    assert [member.user for member in imported.project.memberships.all()] == [world.ben]
    assert imported.left_out["projects_membership"] == 4
    assert imported.left_out["assignments_assignment"] > 0
    sets = AnnotationSet.objects.filter(document__project=imported.project, kind="annotator")
    assert set(sets.values_list("annotator", "name")) == {(None, "ada"), (None, "ben")}


def test_names_that_exist_here_have_to_be_decided(world, file, now):
    with pytest.raises(PeopleUndecided, match="exist here: ada, "):
        import_project(file, now=now, slug="copy")
    with pytest.raises(PeopleUndecided, match="no person “zoe”"):
        import_project(file, now=now, slug="copy", choice=PeopleChoice(accounts={"zoe": "ada"}))
    with pytest.raises(PeopleUndecided, match="no user “zoe”"):
        import_project(file, now=now, slug="copy", choice=PeopleChoice(accounts={"ada": "zoe"}))


def test_address_has_to_be_free(world, file, now):
    with pytest.raises(SlugTaken, match="with --slug"):
        import_project(file, now=now, choice=SAME)


def test_running_jobs_and_other_versions_are_refused(world, file, now, monkeypatch):
    world.project.jobs.update(state="running")
    with pytest.raises(ProjectBusy):
        export_project(world.project, file, now=now)

    monkeypatch.setattr("annotator.site.backup.project_import.applied_migrations", lambda: {"spans": ["0003_later"]})
    with pytest.raises(OtherVersion, match="Upgrade that site"):
        import_project(file, now=now, slug="copy", choice=SAME)
