"""Correcting a document before work began: page, API, command; afterwards it is refused."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from annotator.corpus.documents import search
from annotator.corpus.documents.models import Document, Original, SearchText
from annotator.corpus.spans.models import AnnotationSet
from annotator.corpus.suggestions.models import SuggestionRun
from annotator.problems import InvalidInput
from annotator.text.digest import text_digest
from annotator.workload.assignments.correction_files import read_corrections
from annotator.workload.assignments.models import Assignment
from annotator.workload.assignments.services import next_document
from tests.conftest import NOW

ADD = {
    "id": "0b1f6f4e-1111-4111-8111-111111111111",
    "kind": "add_span",
    "span": {"id": "s", "label": "Speaker", "fragments": [[0, 3]], "attributes": {}, "note": "", "origin": "manual"},
}
pytestmark = pytest.mark.django_db


@pytest.fixture
def assigned(project, make_document, ada):
    """A document that is assigned to Ada and indexed, with an original file and suggestions."""
    document = make_document("Ada said yes.\r\nBen left.", title="One", meta={"source": "tass"})
    assignment = next_document(project, user=ada, now=NOW).assignment
    Original.objects.create(document=document, name="a.html", media_type="text/html", size=1, sha256="0", packed=b"x")
    SuggestionRun.objects.create(
        document=document, source="rules", version="1", created_at=NOW, packed=b"", size=0,
        schema_version=project.schema_versions.get(),
    )  # fmt: skip
    search.index_documents(project, most=10)
    return document, assignment


def test_text_is_corrected_on_the_page_and_the_assignment_gets_a_new_empty_set(page, lead, ada, assigned):
    document, assignment = assigned
    url, shown = f"/documents/{document.pk}/correct/", f"/documents/{document.pk}/"
    assert url in page(lead).get(shown).content.decode()
    assert page(ada).get(url).status_code == 404
    same = {"title": "One", "meta": '{"source": "tass"}', "text": "Ada said yes.\nBen left."}
    assert "Nothing was changed." in page(lead).post(url, same, follow=True).content.decode()
    page(lead).post(url, same | {"meta": '{"source": "bbc"}'})
    document.refresh_from_db()
    assert (document.meta, document.text) == ({"source": "bbc"}, "Ada said yes.\r\nBen left.")
    assert Assignment.objects.get().annotation_set_id == assignment.annotation_set_id

    page(lead).post(url, same | {"text": "Ada said no.\r\nBen left."})

    document.refresh_from_db()
    assert (document.text, document.length) == ("Ada said no.\r\nBen left.", 23)
    earlier = text_digest("Ada said yes.\r\nBen left.")
    changes = {"base_revision": 0, "changes": [ADD], "sha256": earlier}
    saved = page(ada).post(
        f"/api/v1/annotation-sets/{assignment.annotation_set_id}/changes/", changes, "application/json"
    )
    assert (saved.status_code, saved.json()["code"]) == (409, "wrong_text")
    assert not Original.objects.exists()
    assert not SuggestionRun.objects.exists()
    assert " no " in SearchText.objects.get().words
    assert page(lead).post(url, same | {"meta": "[1]"}).status_code == 422
    corrections = page(lead).get(f"/api/v1/documents/{document.pk}/correct/").json()
    assert [(row["changed"], row["corrected_by"]) for row in corrections] == [
        (["text", "meta"], "lena"),
        (["meta"], "lena"),
    ]
    assert page(ada).get(f"/api/v1/documents/{document.pk}/correct/").status_code == 404
    body = " ".join(page(lead).get(shown).content.decode().split())
    assert "Corrected by lena, " in body
    assert "text, metadata </p>" in body


def test_begun_document_is_not_corrected(page, lead, assigned):
    document, assignment = assigned
    AnnotationSet.objects.filter(pk=assignment.annotation_set_id).update(revision=1)
    url = f"/api/v1/documents/{document.pk}/correct/"
    answer = page(lead).post(url, {"text": "Other"}, "application/json")
    assert (answer.status_code, answer.json()["code"]) == (409, "document_begun")
    assert page(lead).post(url, {"text": 3}, "application/json").status_code == 422
    assert "has begun" in page(lead).get(f"/documents/{document.pk}/correct/").content.decode()
    assert Document.objects.get().text.startswith("Ada")


def test_command_corrects_lines_and_lists_refused_ones(project, assigned, tmp_path, capsys):
    document, _assignment = assigned
    lines = [{"id": document.external_id, "title": "Two", "text": "New\n text "}, {"id": "absent", "title": "x"}]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, lines)), "utf-8")
    with pytest.raises(CommandError, match="1 documents were refused"):
        call_command("correct_documents", project.slug, str(tmp_path / "a.jsonl"))
    assert "line 2: This project has no such document." in capsys.readouterr().out
    document.refresh_from_db()
    assert (document.title, document.text) == ("Two", "New\n text ")


def test_file_is_previewed_and_then_corrects_documents(page, lead, ada, project, assigned, make_document):
    """Line breaks arrive as in the file; what is refused has its reason, and is not sent again."""
    document, assignment = assigned
    AnnotationSet.objects.filter(pk=assignment.annotation_set_id).update(revision=1)
    other, same = make_document("Old text\r\nof two lines.", title="Two"), make_document("Stays.", title="Three")
    url = "/projects/news/corrections/"
    rows = [
        "id;title;text;meta",
        f'{other.external_id};;"New <b>text</b>\r\nof two lines.";"{{""source"": ""bbc""}}"',
        f"{document.external_id};Begun;;",
        f"{same.external_id};Three;;",
        "absent;x;;",
    ]
    file = SimpleUploadedFile("a.csv", "\ufeff".encode() + "\n".join(rows).encode())

    preview = page(lead).post(url, {"preview": "yes", "file": file})
    shown = " ".join(preview.content.decode().split())

    assert "<del>Old text</del><ins>New &lt;b&gt;text&lt;/b&gt;</ins> of two lines." in shown
    assert "1 document changes" in shown
    assert "1 document is as the file says already" in shown
    assert "Work on “One” has begun" in shown
    assert "This project has no such document." in shown
    assert Document.objects.get(pk=other.pk).title == "Two"

    sent = {"records": preview.context["sent"]["records"].value()}
    done = page(lead).post(url, sent, follow=True).content.decode()

    other.refresh_from_db()
    assert (other.text, other.title, other.meta) == ("New <b>text</b>\r\nof two lines.", "Two", {"source": "bbc"})
    assert "Corrected 1 document." in done
    assert "text, metadata" in " ".join(done.split())
    assert page(lead).post(url, {"records": "[{}]"}).status_code == 422
    assert page(ada).get(url).status_code == 404


def test_several_documents_are_corrected_over_the_api(page, lead, ada, assigned, make_document):
    document, _assignment = assigned
    url, other = "/api/v1/projects/news/corrections/", make_document("Two.")
    sent = {
        "documents": [
            {"id": document.external_id, "title": "New"},
            {"id": other.external_id, "text": " "},
            {"id": "absent", "text": "x"},
        ]
    }

    for dry_run in (True, False):
        answer = page(lead).post(url, sent | {"dry_run": dry_run}, "application/json").json()
        assert [(row["changed"], row["refusal"]) for row in answer] == [
            (["title"], ""), ([], "Enter a text."), ([], "This project has no such document."),
        ]  # fmt: skip
        assert Document.objects.get(pk=document.pk).title == ("One" if dry_run else "New")
    (row,) = page(lead).get(url).json()["results"]
    assert (row["document"], row["changed"], row["corrected_by"]) == (document.pk, ["title"], "lena")
    assert page(lead).post(url, {"documents": [{"id": 3}]}, "application/json").status_code == 422
    assert page(ada).get(url).status_code == 404


def test_downloaded_table_changes_single_fields_of_the_metadata(page, lead, project, make_document):
    """Numbers stay numbers; other fields, and those with an empty cell, stay as they are."""
    meta = {"source": "tass", "day": 3, "place": {"city": "Riga"}}
    first, second = make_document("One.", meta=meta), make_document("Two.", meta=meta)
    table = page(lead).get(f"/projects/{project.slug}/documents/download/csv/?column=meta.source&column=meta.day")
    heading, *rows = b"".join(table.streaming_content).decode().splitlines()
    rows = [row.replace("tass,3", "bbc,4") if first.external_id in row else row.replace("tass,3", ",") for row in rows]
    file = SimpleUploadedFile("a.csv", "\n".join([heading, *rows]).encode())

    preview = page(lead).post(url := "/projects/news/corrections/", {"preview": "yes", "file": file})
    page(lead).post(url, {"records": preview.context["sent"]["records"].value()})

    first.refresh_from_db()
    second.refresh_from_db()
    assert first.meta == meta | {"source": "bbc", "day": 4}
    assert (second.meta, second.corrections.exists()) == (meta, False)


@pytest.mark.parametrize(
    ("data", "is_csv", "message"),
    [
        (b"\xff", False, "not in UTF-8"),
        (b'{"id": "a", "text": "b"}\n{', False, "Line 2 is no JSON"),
        (b'{"id": "a"}', False, "Line 1: give an object"),
        (b'{"id": "a", "text": 3}', False, "must be strings"),
        (b"id,words\na,b", True, "No document is corrected by the column “words”"),
        (b"text\nb", True, "must name the columns"),
        (b"id,meta.\na,b", True, "by the column “meta.”"),
        (b"id,meta,meta.a\na,{},b", True, "not both"),
        (b"id,text\na,b,c", True, "Line 2 has 3 cells"),
        (b"id,meta\na,{", True, "Line 2: meta is no JSON"),
        (b'id,text\na,"b"c', True, "Line 2 is no CSV"),
    ],
)
def test_wrong_file_is_refused_with_its_line(data, is_csv, message):
    with pytest.raises(InvalidInput, match=message):
        read_corrections(data, is_csv=is_csv)
