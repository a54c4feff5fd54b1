"""The schema editor and the pages of label migrations, as a lead uses them."""

import html
import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from annotator.corpus.relabelling.models import MigratedSet
from annotator.platform.jobs import runner
from annotator.platform.jobs.models import Job
from projects.models import SchemaMigration
from projects.selectors import current_schema, schema_of
from projects.services import publish_guideline

pytestmark = pytest.mark.django_db(transaction=True)
EDITOR = "/projects/news/schema/edit/"


def form_of(page):
    """Return the fields of the editor's form as a browser would send them."""
    form = page.split('id="schema-form"')[1].split("</form>")[0]
    fields = {}
    for tag in re.findall(r"<(?:input|option)[^>]*>", form):
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if "name" in attributes and (attributes.get("type") != "checkbox" or " checked" in tag):
            fields.setdefault(attributes["name"], []).append(html.unescape(attributes.get("value", "")))
    for name, options in re.findall(r'<select name="([^"]*)">(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        fields[name] = [html.unescape(chosen[1])] if chosen else [""]
    for name, text in re.findall(r'<textarea name="([^"]*)"[^>]*>(.*?)</textarea>', form, re.DOTALL):
        fields[name] = [html.unescape(text)]
    return fields


def test_lead_edits_and_publishes_the_schema(client, project, lead, make_document):
    make_document("Ada said it rained.")
    client.force_login(lead, backend="django.contrib.auth.backends.ModelBackend")
    fields = form_of(client.get(EDITOR).text)
    before = current_schema(project)

    unchanged = client.post(EDITOR, fields | {"action": "preview"}).text
    assert "No changes to the current version." in unchanged

    added = client.post(EDITOR, form_of(unchanged) | {"action": "add-labels"}).text
    fields = form_of(added)
    number = len(before.definition["labels"])
    assert fields[f"labels-{number}-id"] == ["NewLabel"]
    fields |= {f"labels-{number}-id": ["Evasion"], f"labels-{number}-hotkey": ["1"], "action": "preview"}
    clash = client.post(EDITOR, fields, headers={"HX-Request": "true"}).text
    assert "These hotkeys are used twice" in clash
    assert "<form" not in clash

    fields |= {f"labels-{number}-hotkey": [""], "action": "publish"}
    assert client.post(EDITOR, fields).status_code == 302
    schema = schema_of(current_schema(project))
    assert list(schema.labels)[-1] == "Evasion"
    assert schema.labels["Claim"] == schema_of(before).labels["Claim"]
    assert "has published version 2" in client.post(EDITOR, fields | {"name": ["Other"]}).text

    file = SimpleUploadedFile("labels.json", b'["PER", "ORG"]')
    opened = client.post(EDITOR, {"action": "open-file", "schema_file": file, "based_on": "2"}).text
    assert form_of(opened)["labels-1-id"] == ["ORG"]
    assert client.post(EDITOR, {"action": "open-json", "definition": "{"}).status_code == 422


def test_lead_migrates_labels_and_undoes_it(client, project, lead, ada, make_document, make_set):
    text = "Ada said it rained."
    spans = [{"id": "a", "label": "Hedge", "fragments": [[0, 3]], "attributes": {}, "note": "", "origin": "manual"}]
    made = make_set(make_document(text), ada, spans)
    labels = [label for label in current_schema(project).definition["labels"] if label["id"] != "Hedge"]
    definition = {"labels": [*labels, {"id": "Evasion"}]}
    client.force_login(lead, backend="django.contrib.auth.backends.ModelBackend")
    client.post(EDITOR, {"action": "open-json", "definition": json.dumps(definition), "based_on": "1"})
    published = {"definition": json.dumps(definition), "based_on": 1}
    client.post("/projects/news/schema/publish/", published)

    address = "/projects/news/schema/migrations/?source=1&target=2"
    page = client.get(address).text
    assert "Mapping from version 1 to version 2" in page
    values = {"label-Hedge": "Evasion", "note-Hedge": "was a hedge", "hand-Hedge": "on", "review": "all"}
    relations = {f"relation-{name}": "\x00drop" for name in schema_of(project.schema_versions.get(number=1)).relations}
    assert client.post(address, values | relations).status_code == 302
    migration = SchemaMigration.objects.get()
    shown = f"/schema-migrations/{migration.pk}/"
    runner.run(Job.objects.latest("id").pk)
    assert "1 span changes" in client.get(shown).text

    client.post(f"{shown}act/", {"action": "run"})
    runner.run(Job.objects.latest("id").pk)
    page = client.get(shown).text
    assert "Sets to review" in page
    assert made.spans.get().label == "Evasion"
    client.post(f"{shown}reviewed/", {"set": [MigratedSet.objects.get().pk]})
    assert "Sets to review" not in client.get(shown).text

    client.post(f"{shown}act/", {"action": "undo"})
    runner.run(Job.objects.latest("id").pk)
    span = made.spans.get()
    assert (span.label, span.note) == ("Hedge", "")


def test_guideline_pictures_and_changes_are_shown_to_members(client, project, lead, ada, stranger, now):
    backend = "django.contrib.auth.backends.ModelBackend"
    client.force_login(ada, backend=backend)
    assert "The guidelines have a new version" not in client.get("/projects/news/").text
    client.force_login(lead, backend=backend)
    address = "/projects/news/guidelines/pictures/"
    client.post(address, {"picture": SimpleUploadedFile("x.png", b"\x89PNG\r\n\x1a\n...")})
    assert "no PNG, JPEG" in client.post(address, {"picture": SimpleUploadedFile("x.png", b"<svg>")}, follow=True).text
    stored = project.guideline_pictures.get()
    publish_guideline(project, f"# Rules\n\n![A span](picture:{stored.digest})", by=lead, now=now)
    assert f'<img src="{address}{stored.digest}/" alt="A span">' in client.get("/projects/news/guidelines/").text

    client.force_login(ada, backend=backend)
    picture = client.get(f"{address}{stored.digest}/")
    assert (picture.headers["Content-Type"], picture.content[:4]) == ("image/png", b"\x89PNG")
    assert "The guidelines have a new version" in client.get("/projects/news/").text
    compared = client.get("/projects/news/guidelines/compare/?first=1&second=2").text
    assert "![A span]" in compared
    assert "The guidelines have a new version" not in client.get("/projects/news/").text
    client.force_login(stranger, backend=backend)
    assert client.get(f"{address}{stored.digest}/").status_code == 404
