"""What others do while a document is open: work is kept, reported, and saved once."""

import json
from collections.abc import Callable
from datetime import datetime

import pytest
from playwright.sync_api import BrowserContext, Route, expect

from annotator.corpus.spans.models import AnnotationSet, Change
from annotator.imports.services import start_import
from annotator.imports.uploads import IncomingFile
from annotator.platform.accounts.models import User
from annotator.platform.jobs.models import JobState
from annotator.platform.jobs.services import run_here
from annotator.site.removal.services import delete_project
from annotator.workload.assignments import services as assignments
from projects import services as projects
from projects.models import Membership, Project, SchemaVersion
from tests.browser.editor.conftest import OpenEditor
from tests.browser.editor.editor_page import EditorPage
from tests.conftest import PASSWORD, MakeDocument


def _saving(editor: EditorPage, words: str) -> None:
    expect(editor.page.locator("#saving-text")).to_contain_text(words, ignore_case=True)


def _notices(editor: EditorPage, words: str) -> None:
    expect(editor.page.locator("#notices")).to_contain_text(words)


def _sign_in_elsewhere(editor: EditorPage, name: str) -> None:
    """Sign out and in again, in another tab of the same browser, by the forms of the site."""
    other = editor.page.context.new_page()
    other.goto("/")
    other.get_by_role("button", name="Sign out").click()
    expect(other.get_by_role("button", name="Sign out")).to_have_count(0)
    editor.press("Control+Home", "2")
    _saving(editor, "Signed out: 1 change not saved")
    other.goto("/sign-in/")
    other.get_by_label("User name").fill(name)
    other.get_by_label("Password").fill(PASSWORD)
    other.get_by_role("button", name="Sign in").click()
    expect(other.get_by_role("button", name="Sign out")).to_be_visible()
    other.close()


def test_ended_session_keeps_work_until_the_user_returns(
    open_editor: OpenEditor,
) -> None:
    editor = open_editor("Torvand denies it.")
    _sign_in_elsewhere(editor, "ada")

    assert editor.covered() == [("Speaker", "Torvand")]
    assert Change.objects.filter(annotation_set=editor.annotation_set).count() == 1


def test_another_user_neither_sends_nor_sees_the_work(
    open_editor: OpenEditor, make_context: Callable[..., BrowserContext], ben: User
) -> None:
    editor = open_editor("Torvand denies it.")
    _sign_in_elsewhere(editor, "ben")

    _notices(editor, "Another user is signed in in this browser. 1 change is stored in this browser.")
    expect(editor.rows.locator("li")).to_have_count(1)
    assert not Change.objects.exists()
    _sign_in_elsewhere(editor, "ada")
    assert editor.covered() == [("Speaker", "Torvand")]
    page = make_context(ben).new_page()
    page.goto(f"/annotation-sets/{editor.annotation_set.pk}/")
    expect(page.get_by_text("There is no annotation set")).to_be_visible()


def test_missing_permission_keeps_the_work(open_editor: OpenEditor) -> None:
    editor = open_editor("Torvand denies it.")

    def refuse(route: Route) -> None:
        if route.request.method == "POST":
            route.fulfill(status=403, content_type="application/problem+json", body='{"code": "csrf_failed"}')
        else:
            route.continue_()

    editor.page.route("**/changes/**", refuse)
    editor.press("2")
    _saving(editor, "Signed out: 1 change not saved")
    editor.page.unroute("**/changes/**")

    assert editor.covered() == [("Speaker", "Torvand")]


def test_withdrawn_document_keeps_the_work(
    make_document: MakeDocument,
    make_context: Callable[..., BrowserContext],
    project: Project,
    lead: User,
    ada: User,
    now: datetime,
) -> None:
    make_document("Torvand denies it.")
    assignment = assignments.next_document(project, user=ada, now=now).assignment
    editor = EditorPage(make_context(ada).new_page(), assignment.annotation_set).open()
    editor.page.context.set_offline(True)
    editor.press("2")
    assignments.withdraw(assignment, by=lead, now=now)
    editor.page.context.set_offline(False)

    _notices(editor, "There is no annotation set")
    _notices(editor, "1 change is stored in this browser")
    expect(editor.rows.locator("li")).to_have_count(1)
    editor.press("ArrowRight", "3")
    expect(editor.rows.locator("li")).to_have_count(2)
    _saving(editor, "2 changes not saved")
    with editor.page.expect_download() as download:
        editor.page.get_by_role("button", name="Save my work as a file").click()
    file = IncomingFile("my-work.jsonl", [download.value.path().read_bytes()])
    job = run_here(start_import(project, files=[file], started_by=lead, now=now, own_process=True))

    assert job.state == JobState.DONE, job.problem
    [rescued] = AnnotationSet.objects.filter(document__project=project)
    assert rescued.name.startswith("ada, saved as a file 2")
    assert list(rescued.spans.order_by("start").values_list("label", "start", "end")) == [
        ("Speaker", 0, 7),
        ("Denial", 8, 14),
    ]


def test_deleted_document_can_be_saved_as_a_file(open_editor: OpenEditor, project: Project) -> None:
    editor = open_editor("Torvand denies it.")
    delete_project(project, confirmed=project.slug, with_releases=False)
    editor.press("2")

    _notices(editor, "There is no annotation set")
    _notices(editor, "1 change is stored in this browser")
    with editor.page.expect_download() as download:
        editor.page.get_by_role("button", name="Save my work as a file").click()
    line = json.loads(download.value.path().read_text("utf-8"))
    [rescued] = line["annotators"].values()
    assert (line["text"], [span["fragments"] for span in rescued["spans"]]) == ("Torvand denies it.", [[[0, 7]]])


def test_set_submitted_on_another_device_keeps_the_work(
    open_editor: OpenEditor, make_context: Callable[..., BrowserContext], ada: User
) -> None:
    editor = open_editor("Torvand denies it.")
    other = EditorPage(make_context(ada).new_page(), editor.annotation_set).open()
    editor.page.context.set_offline(True)
    editor.press("2")
    other.page.get_by_role("button", name="Submit").click()
    expect(other.page.get_by_role("button", name="Reopen")).to_be_visible()
    editor.page.context.set_offline(False)

    _saving(editor, "Closed: 1 change not saved")
    _notices(editor, "This annotation set is closed. 1 change is stored in this browser")
    editor.page.get_by_role("button", name="Reopen").click()
    assert editor.covered() == [("Speaker", "Torvand")]
    expect(other.rows.locator("li")).to_have_count(1)


def test_label_dropped_from_the_schema_stays_in_older_sets(
    open_editor: OpenEditor, project: Project, lead: User, now: datetime
) -> None:
    editor = open_editor("Torvand denies it.")
    definition = SchemaVersion.objects.get(project=project).definition
    kept = [label for label in definition["labels"] if label["id"] != "Speaker"]
    without = {"labels": [{"id": label["id"]} for label in kept]}
    assert projects.publish_schema(project, without, by=lead, now=now).number == 2
    editor.press("2", "Escape", "ArrowRight", "3")

    assert editor.covered() == [("Speaker", "Torvand"), ("Denial", "denies")]
    editor.page.reload()
    expect(editor.rows.locator("li")).to_have_count(2)


@pytest.mark.parametrize("role", ["viewer", None], ids=["made a viewer", "removed"])
def test_demoted_annotator_keeps_unsent_changes(open_editor: OpenEditor, project: Project, role: str | None) -> None:
    editor = open_editor("Torvand denies it.")
    mine = Membership.objects.filter(project=project, user__username="ada")
    if role:
        mine.update(role=role)
    else:
        mine.delete()
    editor.press("2")

    _notices(editor, "1 change is stored in this browser")
    _notices(editor, "Your role in the project" if role else "You are no longer a member of the project")
    mine.update(role="annotator") if role else Membership.objects.create(
        project=project, user=User.objects.get(username="ada"), role="annotator", joined_at=project.created_at
    )
    editor.page.get_by_role("button", name="Try again").click()
    assert editor.covered() == [("Speaker", "Torvand")]
