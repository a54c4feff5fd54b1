"""Deletion of a project: complete, limited to the project, confirmed."""

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db.models import ForeignKey

from annotator.datasets.releases.services.building import directory_of
from annotator.site.removal import services
from annotator.site.removal.project_rows import _paths, rows_of_project
from projects.models import Project
from tests.api.world import make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(project, lead, ada, ben, stranger, make_document, make_set, now, settings, tmp_path):
    """A project in which everything exists."""
    settings.RELEASES_DIR = tmp_path / "releases"
    people = {"lead": lead, "ada": ada, "ben": ben, "stranger": stranger}
    return make_world(project, people, make_document, make_set, now)


def test_no_other_table_refers_to_deleted_rows():
    inside = set(_paths())
    outside = [model for model in apps.get_models(include_auto_created=True) if model not in inside]

    pointing = [
        (model.__name__, key.name)
        for model in outside
        for key in model._meta.get_fields()
        if isinstance(key, ForeignKey) and key.related_model in inside
    ]

    assert pointing == []


def test_a_project_is_deleted_completely(world, django_capture_on_commit_callbacks):
    project = world.project
    release = project.releases.get()
    before = {rows.model.__name__: rows.count() for rows in rows_of_project(project)}
    others = {model: model._base_manager.count() for model in _paths()}

    with django_capture_on_commit_callbacks(execute=True):
        services.delete_project(project, confirmed=project.slug, with_releases=True)

    assert before["Release"] == before["Project"] == 1
    assert min(before[name] for name in ("Span", "Document", "Job", "FrozenSet", "Membership", "ActiveTime")) > 0
    assert {name: rows.count() for rows in rows_of_project(project) if (name := rows.model.__name__)} == dict.fromkeys(
        before, 0
    )
    left = {model: model._base_manager.count() for model in _paths()}
    assert left == {model: count - before[model.__name__] for model, count in others.items()}
    assert [other.slug for other in Project.objects.all()] == ["elsewhere"]
    assert not list(directory_of(release).files())


def test_deletion_requires_the_address(world):
    with pytest.raises(services.InvalidInput, match="to confirm"):
        services.delete_project(world.project, confirmed="other", with_releases=True)

    assert world.project.releases.exists()


def test_releases_require_a_confirmation(world):
    with pytest.raises(services.ReleasesAtStake, match="has 1 release: 1"):
        services.delete_project(world.project, confirmed=world.project.slug, with_releases=False)

    assert world.project.releases.exists()


def test_a_running_job_prevents_deletion(world, now):
    world.project.jobs.update(state="running")

    with pytest.raises(services.ProjectBusy):
        services.delete_project(world.project, confirmed=world.project.slug, with_releases=True)


def test_the_page_lists_the_content_and_asks_for_the_address(world, page):
    url = f"/projects/{world.project.slug}/delete/"
    lead = page(world.lead)
    shown = lead.get(url).content.decode()
    refused = lead.post(url, {"confirmed": world.project.slug})
    wrong = lead.post(url, {"confirmed": "else", "with_releases": "on"})
    gone = lead.post(url, {"confirmed": world.project.slug, "with_releases": "on"})

    assert "Other people may rely on these releases." in shown
    assert "<script>alert" not in shown
    assert (refused.status_code, wrong.status_code) == (422, 422)
    assert "Its archive would be deleted." in refused.content.decode()
    assert gone["Location"] == "/"
    assert lead.get(url).status_code == 404


def test_only_leads_find_the_page(world, page):
    assert page(world.ben).get(f"/projects/{world.project.slug}/delete/").status_code == 404


@pytest.mark.stores
@pytest.mark.django_db(transaction=True)
def test_the_command_deletes_only_when_confirmed(world, capsys):
    slug = world.project.slug

    call_command("delete_project", slug)
    output = capsys.readouterr().out
    call_command("delete_project", slug, "--confirm", slug, "--with-releases")

    assert f"Nothing was deleted. To delete the project, add --confirm {slug}" in output
    assert "release 1, " in output
    assert not Project.objects.filter(slug=slug).exists()
