"""Pages of projects: creation, members, settings, schema and guidelines."""

import html
import json
import re
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from annotator.platform.accounts.models import User
from projects import selectors, services
from projects.models import Invitation, Project
from projects.roles import Role
from tests.conftest import SCHEMA

Page = Callable[[User | None], Client]


def text_of(response: object) -> str:
    return " ".join(response.content.decode().split())  # type: ignore[attr-defined]


def file(name: str, content: object) -> SimpleUploadedFile:
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    return SimpleUploadedFile(name, data)


def link_on(response: object) -> str:
    match = re.search(r'value="http://testserver(/invitations/[^"]+)"', text_of(response))
    assert match is not None
    return match.group(1)


def test_a_project_is_created_from_the_template(page: Page, lead: User) -> None:
    form = {"name": "Daily", "slug": "daily", "template": "claims-attribution"}
    answer = page(lead).post("/projects/new/", form)

    assert answer.headers["Location"] == "/projects/daily/"
    assert selectors.role_in(Project.objects.get(), lead) is Role.LEAD


def test_a_project_is_created_from_a_name_and_labels(page: Page, project: Project, lead: User) -> None:
    form = {"name": "News", "template": "own", "labels": "Person\r\n\r\n First Name \r\n人名\r\n"}
    first = page(lead).post("/projects/new/", form)
    second = page(lead).post("/projects/new/", {"name": "Новости", "template": "claims-attribution"})

    assert (first.headers["Location"], second.headers["Location"]) == ("/projects/news-2/", "/projects/project/")
    schema = selectors.current_schema(Project.objects.get(slug="news-2"))
    assert [label["id"] for label in schema.definition["labels"]] == ["Person", "First Name", "人名"]


def test_a_project_is_created_from_files(page: Page, lead: User) -> None:
    form = {
        "name": "Daily",
        "slug": "daily",
        "template": "own",
        "schema_file": file("schema.json", {"labels": [{"id": "Person"}]}),
        "guideline_file": file("rules.md", b"# Mine"),
    }
    assert page(lead).post("/projects/new/", form).status_code == 302

    project = Project.objects.get()
    assert "Person" in text_of(page(lead).get("/projects/daily/schema/"))
    assert selectors.current_guideline(project).text == "# Mine"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"slug": "Not this"}, "Use lowercase letters"),
        ({"slug": "news"}, "is already in use"),
        ({"name": ""}, "required"),
        ({"template": "own"}, "Enter at least one label, or choose a schema file."),
        ({"template": "own", "labels": "A", "schema_file": {"labels": [{"id": "A"}]}}, "not both"),
        ({"template": "own", "labels": "A\nA"}, "Label “A”"),
        ({"schema_file": {"labels": [{"id": "A"}]}}, "You gave a schema"),
        ({"labels": "A"}, "You gave a schema"),
        ({"template": "own", "schema_file": b"{"}, "not valid JSON"),
        ({"template": "own", "schema_file": {"labels": [{"id": " a"}]}}, "Label “ a”, id"),
        ({"guideline_file": b"\xff\xfe\x00"}, "cannot be read"),
    ],
)
def test_errors_of_a_new_project_are_shown_beside_the_field(
    changes: dict[str, object], words: str, page: Page, project: Project, lead: User
) -> None:
    form = {"name": "Daily", "slug": "daily", "template": "claims-attribution"} | changes
    form = {name: file(name, value) if name.endswith("_file") else value for name, value in form.items()}
    answer = page(lead).post("/projects/new/", form)

    assert answer.status_code == 422
    assert words in text_of(answer)
    assert Project.objects.count() == 1


def test_an_invitation_link_is_shown_once(page: Page, project: Project, lead: User) -> None:
    made = page(lead).post("/projects/news/people/", {"role": "adjudicator", "note": "for Carol"})
    link = link_on(made)
    guest = Client()
    joined = guest.post(link, {"username": "carol", "password": "a long way from home"})
    listed = text_of(page(lead).get("/projects/news/people/"))

    assert link not in listed
    assert "carol (Adjudicator)" in listed
    assert joined.headers["Location"] == "/projects/news/"
    assert "Your role: Adjudicator." in text_of(guest.get("/projects/news/"))
    assert guest.get(link).status_code == 410


def test_a_user_with_an_account_signs_in_and_joins(page: Page, project: Project, lead: User, stranger: User) -> None:
    link = link_on(page(lead).post("/projects/news/people/", {"role": "viewer"}))
    signing_in = f"/sign-in/?next={link}"

    assert signing_in in text_of(Client().get(link))
    assert "Join as sam" in text_of(page(stranger).get(link))
    page(stranger).post(link)
    assert selectors.role_in(project, stranger) is Role.VIEWER


def test_an_invalid_account_keeps_the_invitation_open(page: Page, project: Project, lead: User) -> None:
    link = link_on(page(lead).post("/projects/news/people/", {"role": "viewer"}))
    answer = Client().post(link, {"username": "ADA", "password": "short"})

    assert answer.status_code == 422
    assert "“ADA” is taken" in text_of(answer)
    assert "too short" in text_of(answer)
    assert Client().get(link).status_code == 200


def test_a_member_cannot_use_the_link(page: Page, project: Project, lead: User, ada: User) -> None:
    link = link_on(page(lead).post("/projects/news/people/", {"role": "lead"}))

    assert "This link is for another person." in text_of(page(ada).get(link))
    assert page(ada).post(link).status_code == 409
    assert selectors.role_in(project, ada) is Role.ANNOTATOR


def test_a_revoked_link_explains_what_to_do(page: Page, project: Project, lead: User) -> None:
    link = link_on(page(lead).post("/projects/news/people/", {"role": "viewer"}))
    page(lead).post(f"/projects/news/people/invitations/{Invitation.objects.get().pk}/revoke/")

    assert "revoked. Ask the project lead for a new one." in text_of(Client().get(link))
    assert Client().get("/invitations/unknown/").status_code == 404


def test_roles_are_changed_and_members_removed(page: Page, project: Project, lead: User, ada: User) -> None:
    address = f"/projects/news/people/{project.memberships.get(user=ada).pk}"
    changed = page(lead).post(f"{address}/role/", {"role": "adjudicator"}, follow=True)
    odd = page(lead).post(f"{address}/role/", {"role": "king"}, follow=True)
    removed = page(lead).post(f"{address}/remove/", follow=True)

    assert "ada now has the role Adjudicator." in text_of(changed)
    assert "Choose one of the roles." in text_of(odd)
    assert "Removed ada." in text_of(removed)


def test_the_last_lead_cannot_leave(page: Page, project: Project, lead: User) -> None:
    address = f"/projects/news/people/{project.memberships.get(user=lead).pk}"

    for answer in (
        page(lead).post(f"{address}/remove/", follow=True),
        page(lead).post(f"{address}/role/", {"role": "viewer"}, follow=True),
    ):
        assert "lena is the only lead." in text_of(answer)


def test_a_former_lead_is_redirected_home(page: Page, project: Project, lead: User, ada: User) -> None:
    services.change_role(project.memberships.get(user=ada), role=Role.LEAD)

    own = project.memberships.get(user=lead).pk
    assert page(lead).post(f"/projects/news/people/{own}/remove/").headers["Location"] == "/"


def test_settings_are_saved(page: Page, project: Project, lead: User) -> None:
    form = {"name": "Other", "description": "New.", "annotators_per_document": "3", "show_optional_labels": "on"}
    saved = page(lead).post("/projects/news/settings/", form, follow=True)
    wrong = page(lead).post("/projects/news/settings/", form | {"annotators_per_document": "0"})

    project.refresh_from_db()
    assert "Settings saved." in text_of(saved)
    assert (project.name, project.annotators_per_document, project.snap_to_tokens) == ("Other", 3, False)
    assert wrong.status_code == 422


def test_every_member_reads_and_downloads_the_schema(page: Page, project: Project, ada: User) -> None:
    body = text_of(page(ada).get("/projects/news/schema/"))
    downloaded = page(ada).get("/projects/news/schema/1/file/")

    assert all(label["description"].split(":")[0] in body for label in SCHEMA["labels"])
    assert "Publish a new version" not in body
    assert downloaded.json() == SCHEMA
    assert downloaded.headers["Content-Disposition"] == 'attachment; filename="news-schema-1.json"'


def test_a_schema_is_previewed_before_publication(page: Page, project: Project, lead: User) -> None:
    changed = SCHEMA | {"labels": [*SCHEMA["labels"], {"id": "Topic"}]}
    preview = page(lead).post("/projects/news/schema/preview/", {"schema_file": file("schema.json", changed)})
    assert "Label “Topic” is added." in text_of(preview)
    assert selectors.current_schema(project).number == 1

    form = preview.context["publish_form"]
    published = page(lead).post("/projects/news/schema/publish/", {name: form[name].value() for name in form.fields})
    assert published.headers["Location"] == "/projects/news/schema/"
    assert "Topic" in selectors.schema_of(selectors.current_schema(project)).labels
    assert "The current version is" in text_of(page(lead).get("/projects/news/schema/1/"))


def test_hotkeys_of_the_editor_are_reported_before_and_after_publication(
    page: Page, project: Project, lead: User
) -> None:
    topic = {"id": "Topic", "hotkey": "n"}
    changed = SCHEMA | {"labels": [*SCHEMA["labels"], topic]}
    preview = page(lead).post("/projects/news/schema/preview/", {"schema_file": file("schema.json", changed)})
    assert "The editor uses these hotkeys itself. Choose other keys for:" in text_of(preview)
    assert "<bdi>Topic</bdi>: <kbd>n</kbd>" in preview.content.decode()

    form = preview.context["publish_form"]
    values = {name: form[name].value() for name in form.fields}
    published = page(lead).post("/projects/news/schema/publish/", values, follow=True)
    assert "1 hotkey has no effect, because the editor uses the key: n (Topic)." in text_of(published)


def test_a_stale_schema_is_not_published(page: Page, project: Project, lead: User, now: object) -> None:
    services.publish_schema(project, {"labels": [{"id": "A"}]}, by=lead, now=now)  # type: ignore[arg-type]
    form = {"definition": json.dumps({"labels": [{"id": "B"}]}), "based_on": 1}

    answer = page(lead).post("/projects/news/schema/publish/", form)
    assert answer.status_code == 409
    assert "lena has published version 2" in text_of(answer)


def test_schema_errors_name_the_label(page: Page, project: Project, lead: User) -> None:
    wrong = {"labels": [{"id": "A", "color": "red"}, {"id": "A"}]}
    answer = page(lead).post("/projects/news/schema/preview/", {"schema_file": file("schema.json", wrong)})

    assert answer.status_code == 422
    assert "Label “A”, color: “red” must be a colour" in text_of(answer)
    assert "Label “A”, id: “A” is used twice." in text_of(answer)


def test_an_unchanged_schema_is_not_published(page: Page, project: Project, lead: User) -> None:
    services.publish_schema(project, SCHEMA, by=lead, now=project.created_at)
    same = page(lead).post("/projects/news/schema/preview/", {"schema_file": file("schema.json", SCHEMA)})

    assert "No changes: the file equals the current version." in text_of(same)


def test_guidelines_are_previewed_and_published(page: Page, project: Project, lead: User, ada: User) -> None:
    address = "/projects/news/guidelines/edit/"
    preview = page(lead).post(address, {"text": "**New** rules", "based_on": 1, "preview": "yes"})
    assert "<strong>New</strong> rules" in text_of(preview)
    assert selectors.current_guideline(project).number == 1

    page(lead).post(address, {"text": "**New** rules", "based_on": 1})
    assert "<strong>New</strong> rules" in text_of(page(ada).get("/projects/news/guidelines/"))
    assert "<h2>Rules</h2>" in text_of(page(ada).get("/projects/news/guidelines/1/"))


def fields_on(response: object) -> dict[str, str]:
    """Return the fields of the last form on a page as a browser would send them."""
    fields: dict[str, str] = {}
    body = response.content.decode()  # type: ignore[attr-defined]
    for tag in re.findall(r"<input[^>]*>", body):
        name = re.search(r'name="([^"]*)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        if name and not ("checkbox" in tag and " checked" not in tag):
            fields[name[1]] = html.unescape(value[1]) if value else ""
    for name, value in re.findall(r'<textarea name="([^"]*)"[^>]*>\n?(.*?)</textarea>', body, re.DOTALL):
        fields[name] = html.unescape(value)
    return fields


def test_stale_guidelines_keep_their_text(page: Page, project: Project, lead: User, now: object) -> None:
    services.publish_guideline(project, "Theirs", by=lead, now=now)  # type: ignore[arg-type]
    client, text = page(lead), "# Rules\r\n\r\n1. Mine & <yours>"
    answer = client.post("/projects/news/guidelines/edit/", {"text": text, "based_on": 1})
    fields = fields_on(answer)

    assert "lena has published version 2" in text_of(answer)
    assert (fields["text"].replace("\r", ""), fields["based_on"]) == (text.replace("\r", ""), "2")
    assert client.post("/projects/news/guidelines/edit/", fields).status_code == 302
    assert selectors.current_guideline(project).text == text.replace("\r", "")


def test_a_stale_schema_can_be_compared_and_published_after_all(
    page: Page, project: Project, lead: User, now: object
) -> None:
    services.publish_schema(project, {"labels": [{"id": "A"}]}, by=lead, now=now)  # type: ignore[arg-type]
    mine = {"labels": [{"id": "B"}]}
    answer = page(lead).post("/projects/news/schema/publish/", {"definition": json.dumps(mine), "based_on": 1})
    again = page(lead).post("/projects/news/schema/publish/", fields_on(answer))

    assert "Label “B” is added." in text_of(answer)
    assert again.status_code == 302
    assert list(selectors.schema_of(selectors.current_schema(project)).labels) == ["B"]


def test_settings_of_another_tab_are_kept(page: Page, project: Project, lead: User) -> None:
    client, address = page(lead), "/projects/news/settings/"
    first, second = fields_on(client.get(address)), fields_on(client.get(address))
    client.post(address, first | {"name": "Daily"})
    client.post(address, second | {"annotators_per_document": "5"})
    project.refresh_from_db()
    assert (project.name, project.annotators_per_document) == ("Daily", 5)

    refused = client.post(address, second | {"name": "Weekly"})
    project.refresh_from_db()
    assert (refused.status_code, project.name) == (422, "Daily")
    assert "changed to “Daily” since you opened this page" in text_of(refused)
    assert client.post(address, fields_on(refused)).status_code == 302
    project.refresh_from_db()
    assert (project.name, project.annotators_per_document) == ("Weekly", 5)
