"""The preview page: contents, choices, and importing without sending the files again."""

import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from annotator.corpus.documents.models import Document
from annotator.corpus.spans.models import AnnotationSet, Span
from annotator.platform.jobs import runner
from annotator.platform.jobs.models import Job, JobState
from projects.models import SchemaVersion
from tests.unit.imports.conftest import packed

NEW = "/projects/news/documents/import/"
ANN = b"T1\tPER 0 3\tAda\nT2\tClaim 10 12\tno\nR1\tby Arg1:T2 Arg2:T1\nA2\tkind T2 wish\nT3\tLOC 4 8\tsaid\n"
FILES = {"ada/one.txt": b"Ada said\r\nno.", "ada/one.ann": ANN.replace(b"10 12", b"9 11")}


@pytest.fixture(autouse=True)
def uploads_folder(settings, tmp_path):
    settings.UPLOADS_DIR = tmp_path / "uploads"
    return settings.UPLOADS_DIR


@pytest.fixture
def look(page, lead, project):
    """Return a function that uploads files for a preview, lets a worker look, and returns client and address."""

    def look(files):
        client = page(lead)
        uploads = [SimpleUploadedFile(name, data) for name, data in files.items()]
        answer = client.post(NEW, {"files": uploads, "preview": "on"})
        assert answer.status_code == 302
        return client, work(answer)

    return look


def work(answer):
    """Do what the worker does, and return the address that the answer leads to."""
    job = Job.objects.order_by("-id")[0]
    runner.run(job.pk)
    assert str(job.pk) in answer["Location"]
    return answer["Location"]


def form_of(client, address):
    """The values of the form as a browser would send them, and the page."""
    html = client.get(address).content.decode()
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', html)
    values = {name: value for name, value in hidden if name != "csrfmiddlewaretoken"}
    for name, inside in re.findall(r'<select name="([^"]+)"(.*?)</select>', html, re.DOTALL):
        found = re.search(r'<option value="([^"]*)" selected', inside)
        values[name] = found[1] if found else ""
    return values, html


def field_of(html, title):
    """The name of the field that a label stands for."""
    return re.search(r'<label for="id_([^"]+)"><bdi>[^<]*' + re.escape(title), html)[1]


def test_preview_shows_contents_unknown_names_and_corrections(look):
    client, address = look({"corpus.zip": packed(FILES)})
    _, html = form_of(client, address)
    for words in ("Nothing has been stored yet", "Label “PER”", "Label “LOC”", "Attribute “kind”", "Relation type “by”",
                  "1 span “Claim”: “wish”", "1 relation from “Claim” to “PER”", "they count CR LF as one character",
                  "<sup>Claim</sup>", "<sup>PER</sup>", "corpus.zip"):  # fmt: skip
        assert words in html, words
    assert (Document.objects.count(), SchemaVersion.objects.count()) == (0, 1)


def test_each_name_is_mapped_added_left_out_or_refused(look):
    client, address = look({"corpus.zip": packed(FILES)})
    values, html = form_of(client, address)
    values |= {
        field_of(html, "Label “PER”"): "to:Speaker", field_of(html, "Label “LOC”"): "add",
        field_of(html, "Attribute “kind”"): "skip", field_of(html, "Relation type “by”"): "to:attributed-to",
    }  # fmt: skip
    answer = client.post(address, values | {"action": "import"})
    assert answer["Location"].startswith("/projects/news/jobs/"), answer.content.decode()[:500]
    work(answer)

    job = Job.objects.order_by("-id")[0]
    assert (job.state, job.problem) == (JobState.DONE, None)
    labels = sorted(Span.objects.values_list("label", flat=True))
    assert labels == ["Claim", "LOC", "Speaker"]
    assert Span.objects.get(label="Claim").attributes == {}
    one = AnnotationSet.objects.get()
    assert (one.relations.get().label, one.schema_version.number) == ("attributed-to", 2)
    assert job.result["table"]["rows"][0][:4] == ["corpus.zip", "1", "1", "3"]


def test_choices_can_be_previewed(look):
    client, address = look({"corpus.zip": packed(FILES)})
    values, html = form_of(client, address)
    values |= {field_of(html, "Label “PER”"): "to:Speaker", "new_labels": "skip"}
    address = work(client.post(address, values | {"action": "look"}))
    again, html = form_of(client, address)
    assert again[field_of(html, "Label “PER”")] == "to:Speaker"
    assert "span T3 was left out: its label “LOC” is not in the schema" in html
    assert "<sup>Speaker</sup>" in html
    assert Document.objects.count() == 0


def test_unknown_names_without_a_choice_are_refused(look, uploads_folder):
    client, address = look({"corpus.zip": packed(FILES)})
    values, html = form_of(client, address)
    values[field_of(html, "Label “PER”")] = "to:Speaker"
    work(client.post(address, values | {"action": "import"}))
    job = Job.objects.order_by("-id")[0]
    assert (job.state, Document.objects.count()) == (JobState.FAILED, 0)
    assert "change the options" in job.problem["detail"]
    work(client.post(address, values | {"action": "import", "new_labels": "add"}))
    assert Document.objects.count() == 1
    assert list(uploads_folder.iterdir()) == []


def test_table_columns_can_be_mapped(look):
    rows = b"uid,body,from,to,tag\n1,Ada said no.,0,3,Speaker\n1,,9,11,Claim\n"
    client, address = look({"rows.csv": rows})
    values, html = form_of(client, address)
    assert "The table has no column “text”. Map “text” to one of: uid, body, from, to, tag" in html
    assert '<option value="body">' in html
    fields = {"text": "body", "id": "uid", "start": "from", "end": "to", "label": "tag"}
    values |= {f"field-{use}": name for use, name in fields.items()} | {"annotator": "gold"}
    work(client.post(address, values | {"action": "import"}))
    assert Document.objects.get().external_id == "1"
    assert AnnotationSet.objects.get().name == "gold"
    assert Span.objects.count() == 2


def test_format_of_a_file_can_be_changed(look):
    client, address = look({"a.txt": json.dumps({"text": "Ada said no."}).encode()})
    values, _ = form_of(client, address)
    assert values["format-0"] == "auto"
    work(client.post(address, values | {"action": "import", "format-0": "jsonl"}))
    assert Document.objects.get().text == "Ada said no."


def test_discarded_files_are_gone(look, uploads_folder):
    client, address = look({"a.txt": b"One."})
    values, _ = form_of(client, address)
    answer = client.post(address, {"action": "discard"}, follow=True)
    assert "Files discarded" in answer.content.decode()
    assert list(uploads_folder.iterdir()) == []
    assert "The files are no longer available" in client.get(address).content.decode()
    refused = client.post(address, values | {"action": "import"})
    assert refused.status_code == 422
    assert "were imported or removed" in refused.content.decode()


def test_two_clicks_start_one_import(look):
    client, address = look({"a.txt": b"One."})
    values, _ = form_of(client, address)
    first = client.post(address, values | {"action": "import"})
    second = client.post(address, values | {"action": "import"})
    assert (first.status_code, second.status_code) == (302, 422)
    assert "Another job is reading these files" in second.content.decode()
    assert client.post(address, {"action": "discard"}).status_code == 422


def test_running_preview_shows_its_progress(page, lead, project):
    client = page(lead)
    answer = client.post(NEW, {"files": [SimpleUploadedFile("a.txt", b"One.")], "preview": "on"})
    assert "Preparing the preview" in client.get(answer["Location"]).content.decode()
    part = client.get(answer["Location"], headers={"HX-Request": "true"}).content.decode()
    assert "<h1>" not in part
    assert "hx-get" in part
    work(answer)
    assert client.get(answer["Location"], headers={"HX-Request": "true"})["HX-Refresh"] == "true"


def test_direct_import_has_no_preview_page(page, lead, project):
    client = page(lead)
    client.post(NEW, {"files": [SimpleUploadedFile("a.txt", b"One.")]})
    job = Job.objects.get()
    assert client.get(f"{NEW}{job.pk}/").status_code == 404


@pytest.mark.parametrize("who", ["ada", "viewer", "stranger"])
def test_only_leads_see_a_preview(look, page, request, who):
    _, address = look({"a.txt": b"One."})
    assert page(request.getfixturevalue(who)).get(address).status_code == 404
    assert page(request.getfixturevalue(who)).post(address, {"action": "discard"}).status_code == 404


CONTESTED = {
    "ada/one.txt": b"The harbour board of\nNorth Dale met Ada.",
    "ada/one.ann": b"T1\tClaim 4 31\tharbour board\nT2\tClaim 32 35\tmat\nT3\tSpeaker 36 39\tAda\n",
}


def test_contested_spans_are_shown_in_context_and_decided_one_by_one(look):
    client, address = look({"corpus.zip": packed(CONTESTED)})
    values, html = form_of(client, address)
    assert "<mark>harbour board of\nNorth Dale</mark>" in html
    assert values["contested"] == "refuse"
    work(client.post(address, values | {"action": "import"}))
    assert Document.objects.count() == 0

    values |= {"contested-0": "offsets", "contested": "leave-out"}
    address = work(client.post(address, values | {"action": "look"}))
    again, html = form_of(client, address)
    assert (again["contested-0"], again["contested-1"], again["contested"]) == ("offsets", "", "leave-out")
    work(client.post(address, again | {"action": "import", "new_labels": "add"}))
    assert sorted(Span.objects.values_list("label", "start", "end")) == [("Claim", 4, 31), ("Speaker", 36, 39)]
    job = Job.objects.order_by("-id")[0]
    assert job.result["items"]["left_out"] == {"spans": {"choice": 1}}
    assert not job.result["incomplete"]


COLUMNS = b"1\tMira\tB-Speaker\tO\n2\tHolt\tI-Speaker\tB-Claim\n3\tleft\tO\tO\n\n"


def test_columns_are_guessed_shown_chosen_and_kept_for_later(look):
    client, address = look({"a.conll": COLUMNS})
    values, html = form_of(client, address)
    chosen = [values[f"column-{number}"] for number in range(1, 5)]
    assert (values["columns-separator"], chosen) == ("tab", ["", "token", "tags", "tags"])
    assert '<td translate="no"><bdi>Holt</bdi></td>' in html
    work(client.post(address, values | {"action": "import", "column-3": ""}))
    assert list(Span.objects.values_list("label", "start", "end")) == [("Claim", 5, 9)]

    client, address = look({"b.conll": COLUMNS.replace(b"left", b"stayed")})
    values, html = form_of(client, address)
    assert [values[f"column-{number}"] for number in range(1, 5)] == ["", "token", "", "tags"]
    assert "as in your last import" in html


def test_columns_without_a_token_or_with_another_separator_are_handled(look):
    client, address = look({"a.conll": b"Mira:B-Speaker\nleft:O\n"})
    values, html = form_of(client, address)
    assert "No line has two columns" in html
    _, html = form_of(client, work(client.post(address, values | {"columns-separator": "comma", "action": "look"})))
    assert "outside the columns of the file, which has 1" in html

    client, address = look({"a.conll": COLUMNS})
    values, _ = form_of(client, address)
    answer = client.post(address, values | {"action": "import", "column-2": ""})
    assert answer.status_code == 422
    assert "Choose one column with the tokens." in answer.content.decode()


def test_preview_of_which_nothing_would_be_imported_leads_to_the_remedy(look):
    names = ("Update preview", "Import", "Discard files")
    spans = [{"label": "PER", "id": "s", "fragments": [[0, 3]]}]
    client, address = look({"a.jsonl": json.dumps({"text": "Ada.", "annotators": {"A": {"spans": spans}}}).encode()})
    values, html = form_of(client, address)
    assert re.findall(r'<button class="button[^>]*value="\w+"[^>]*>([^<]*)<', html) == list(names)
    assert re.findall(r'button--primary" type="submit" name="action" value="(\w+)"', html) == ["look"]
    assert "With these options nothing would be imported." in html
    for section in re.findall(r'<li><a href="#([^"]+)"', html):
        assert f'id="{section}"' in html
    assert '<a href="#unknown">Choose what happens to the unknown labels</a>' in html

    _, html = form_of(client, work(client.post(address, values | {"action": "look", "new_labels": "add"})))
    assert "nothing would be imported" not in html
    assert re.findall(r'button--primary" type="submit" name="action" value="(\w+)"', html) == ["import"]


def test_preview_of_unreadable_files_leads_to_their_formats_and_errors(look):
    client, address = look({"a.jsonl": b"{]\n"})
    _, html = form_of(client, address)
    assert re.findall(r'<li><a href="#([^"]+)"', html) == ["files", "lines"]
    assert 'id="lines"' in html


def test_line_of_excel_with_the_separator_is_obeyed_by_the_page(look):
    """Case 23: a byte order mark, `sep=;`, and a text that contains the separator."""
    table = '\ufeffsep=;\r\nid;text;start;end;label\r\n1;"Mira; met Jon.";0;4;PER\r\n'.encode()
    client, address = look({"excel.csv": table})
    values, html = form_of(client, address)
    assert "<sup>PER</sup>" in html
    work(client.post(address, values | {"action": "import", "new_labels": "add", field_of(html, "Label “PER”"): "add"}))

    assert (
        Job.objects.order_by("-id")[0]
        .result["balance"]
        .startswith("Documents: 1 in the files = 1 stored + 0 left out. Spans: 1 in the files = 1 stored + 0 left out.")
    )
    span = Span.objects.select_related("annotation_set__document").get()
    assert (span.annotation_set.document.text, span.label, span.start, span.end) == ("Mira; met Jon.", "PER", 0, 4)


def test_key_that_stands_twice_is_refused_by_the_page(look):
    """Case 24: the first of two lists of spans would be lost."""
    data = b'{"id": 1, "text": "Mira met Jon.", "label": [[0,4,"PER"]], "label": [[9,12,"PER"]]}\n'
    client, address = look({"twice.jsonl": data})
    values, html = form_of(client, address)
    assert "“label” occurs twice" in html
    assert "With these options nothing would be imported." in html
    work(client.post(address, values | {"action": "import", "new_labels": "add"}))
    job = Job.objects.order_by("-id")[0]
    assert (job.state, Document.objects.count(), Span.objects.count()) == (JobState.FAILED, 0, 0)
    assert (
        "Documents: 1 in the files = 0 stored + 1 left out"
        in client.get(f"/projects/news/jobs/{job.pk}/").content.decode()
    )


def test_table_of_tokens_in_latin_1_is_imported_once_its_encoding_is_set(look):
    table = "Sentence #,Word,POS,Tag\nSentence: 1,Café,NNP,B-geo\n,closed,VBD,O\nSentence: 2,Mira,NNP,B-per\n"
    client, address = look({"ner.csv": table.encode("latin-1")})
    values, html = form_of(client, address)
    assert '<a href="#reading">Set the encoding of the files</a>' in html

    again = values | {"action": "look", "encoding": "latin-1", "new_labels": "add"}
    values, html = form_of(client, work(client.post(address, again)))
    assert [values[f"column-{number}"] for number in range(1, 5)] == ["", "token", "", "tags"]
    latest = f"/projects/news/documents/import/{Job.objects.order_by('-id')[0].pk}/"
    work(client.post(latest, values | {"action": "import", "encoding": "latin-1", "new_labels": "add"}))
    assert list(Document.objects.order_by("id").values_list("external_id", "text")) == [
        ("Sentence: 1", "Café closed"), ("Sentence: 2", "Mira"),
    ]  # fmt: skip
    assert sorted(Span.objects.values_list("label", "start", "end")) == [("geo", 0, 4), ("per", 0, 4)]
