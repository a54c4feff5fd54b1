"""Files of other tools: archives, unknown names, mappings, previews."""

import json
import zipfile

import pytest

from annotator.corpus.documents.models import Document
from annotator.corpus.spans.models import AnnotationSet, Span
from annotator.formats import archives
from annotator.imports.options import ImportOptions
from annotator.platform.jobs.models import JobState
from annotator.problems import InvalidInput
from projects.models import SchemaVersion
from projects.selectors import current_schema, schema_of
from tests.unit.imports.conftest import packed, report

TEXT = b"Ada said no."
ANN = b"T1\tSpeaker 0 3\tAda\nT2\tClaim 9 11\tno\nR1\tattributed-to Arg1:T2 Arg2:T1\n"
OTHER = b"T1\tPER 0 3\tAda\nA1\tage T1 36\nT2\tClaim 9 11\tno\nR1\tby Arg1:T2 Arg2:T1\nA2\tkind T2 wish\n"


def brat(ann=ANN):
    return packed({"eve/one.txt": TEXT, "eve/one.ann": ann})


@pytest.mark.stores
def test_archive_is_detected_by_its_content(project, take_in):
    job = take_in({"corpus.zip": brat()})
    assert (job.state, job.result["documents"], job.result["spans"], job.result["relations"]) == (
        JobState.DONE,
        1,
        2,
        1,
    )
    assert report(job) == []
    assert AnnotationSet.objects.get(document__project=project).name == "eve"


def test_texts_with_the_same_file_name_are_named_after_their_folders(project, take_in):
    files = {"novels/Emma/text.txt": b"Emma Woodhouse.", "novels/Persuasion/text.txt": b"Sir Walter.",
             "novels/copy/text.txt": b"Emma Woodhouse."}  # fmt: skip
    job = take_in({"novels.zip": packed(files)})

    assert (job.state, job.result["incomplete"]) == (JobState.DONE, False)
    names = Document.objects.order_by("external_id").values_list("external_id", "title")
    assert list(names) == [("Persuasion/text", "Persuasion/text"), ("text", "text")]
    assert any("Several files are called “text”" in message for _, _, message in report(job))


def test_archive_may_have_files_of_several_formats(project, take_in):
    doccano = json.dumps({"id": 1, "text": "Ben agreed.", "label": [[0, 3, "Speaker"]]}).encode()
    job = take_in(
        {"all.zip": packed({"a/ben.jsonl": doccano, "b/note.txt": b"Only a text.", "c.xlsx": b"x"})}, skip_bad=True
    )
    assert job.result["documents"] == 2
    assert (
        "error",
        "all.zip:c.xlsx",
        "Unrecognised format. Choose its format, remove it from the archive, or skip records with errors.",
    ) in report(job)
    assert AnnotationSet.objects.get(document__project=project).name == "ben"


def test_unknown_names_are_refused_and_listed(project, take_in):
    job = take_in({"corpus.zip": brat(OTHER)})
    assert (job.state, Document.objects.count()) == (JobState.FAILED, 0)
    words = " ".join(message for _, _, message in report(job))
    for name in (
        "Unknown label “PER” (once)",
        "attribute “age” of “PER”",
        "“kind” of “Claim” with the value “wish”",
        "“by” from “Claim” to “PER”",
    ):
        assert name in words


@pytest.mark.stores
def test_unknown_names_can_be_added_to_the_schema(project, take_in):
    more = packed({"b/two.txt": b"Bo", "b/two.ann": b"T1\tLOC 0 2\tBo"})
    job = take_in({"corpus.zip": brat(OTHER), "more.zip": more}, new_labels="add")
    assert (job.state, job.result["documents"], job.result["spans"]) == (JobState.DONE, 2, 3)
    version = current_schema(project)
    schema = schema_of(version)
    assert (version.number, {"PER", "LOC"} <= schema.labels.keys()) == (2, True)
    assert "wish" in schema.labels["Claim"].attributes["kind"].choices
    assert (schema.relations["by"].from_labels, schema.relations["by"].to_labels) == (("Claim",), ("PER",))
    assert {one.schema_version.number for one in AnnotationSet.objects.all()} == {2}
    assert ("info", "", "Published schema version 2 with the new names.") in report(job)


def test_unknown_names_can_be_skipped(project, take_in):
    job = take_in({"corpus.zip": brat(OTHER)}, new_labels="skip")
    assert [span.label for span in Span.objects.all()] == ["Claim"]
    assert [level for level, _, _ in report(job)] == ["warning"] * 3
    assert report(job)[0] == (
        "warning", "corpus.zip:eve/one.txt", "eve: span T1 was left out: its label “PER” is not in the schema."
    )  # fmt: skip


def test_name_with_a_slash_is_kept(take_in, project):
    job = take_in({"corpus.zip": brat(b"T1\tDate/Time 0 3\tAda")}, new_labels="add")
    assert (job.state, SchemaVersion.objects.count()) == (JobState.DONE, 2)
    assert list(Span.objects.values_list("label", flat=True)) == ["Date/Time"]


def test_mapping_renames_labels(project, take_in):
    names = {"labels": {"PER": "Speaker"}, "relations": {"by": "attributed-to"}}
    mapping = names | {"attributes": {"age": None, "kind": None}, "annotator": "gold"}
    job = take_in({"corpus.zip": brat(OTHER)}, map=json.dumps(mapping))
    assert (job.state, job.result["relations"]) == (JobState.DONE, 1)
    assert AnnotationSet.objects.get().name == "gold"
    assert sorted(Span.objects.values_list("label", flat=True)) == ["Claim", "Speaker"]


def test_null_leaves_out_a_label_and_its_relations(take_in, project):
    job = take_in({"corpus.zip": brat()}, map='{"labels": {"Speaker": null}}')
    assert (job.result["spans"], job.result["relations"], len(report(job))) == (1, 0, 2)


def test_fields_of_jsonl_are_mapped(project, take_in):
    line = json.dumps({"body": "Ada said no.", "uid": 7, "tags": [[0, 3, "Speaker"]], "source": "wire"}).encode()
    mapping = {"fields": {"text": "body", "id": "uid", "spans": "tags"}, "annotator": "me"}
    job = take_in({"a.jsonl": line}, map=json.dumps(mapping))
    document = Document.objects.get(project=project)
    assert (job.state, document.external_id, document.meta) == (JobState.DONE, "7", {"source": "wire"})
    assert document.annotation_sets.get(name="me").spans.get().label == "Speaker"


@pytest.mark.parametrize("new_labels", ["refuse", "add"])
def test_preview_stores_nothing_and_reports(project, take_in, new_labels):
    job = take_in({"corpus.zip": brat(OTHER), "a.txt": b"One."}, preview=True, new_labels=new_labels)
    assert (job.state, job.result["preview"], Document.objects.count()) == (JobState.DONE, True, 0)
    assert SchemaVersion.objects.count() == 1
    assert any(level == "error" for level, _, _ in report(job)) is (new_labels == "refuse")


def test_errors_have_their_location_in_the_archive(take_in, project):
    long = b"x" * 300
    job = take_in({"corpus.zip": packed({f"eve/{'n' * 210}.txt": TEXT, "eve/one.txt": b"\xff", "eve/two.txt": long})})
    places = [where for _, where, _ in report(job)]
    assert "corpus.zip:eve/one.txt" in places
    assert job.state == JobState.FAILED


def test_bad_documents_refuse_an_archive_unless_skipped(project, take_in):
    files = {"one.txt": TEXT, "one.ann": b"T1\tClaim 0 99\tyes", "two.txt": b"Two."}
    assert take_in({"a.zip": packed(files)}).state == JobState.FAILED
    assert take_in({"a.zip": packed(files)}, skip_bad=True).result["documents"] == 1


def flagged(data, bit):
    """Set a flag of the first member, in both of its headers."""
    data = bytearray(data)
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + place] |= bit
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (flagged(brat(), 1), "is encrypted"),
        (packed({"../one.txt": b"x"}), "points outside the archive"),
        (packed({"/etc/one.txt": b"x"}), "points outside the archive"),
        (packed({"a\\..\\..\\one.txt": b"x"}), "points outside the archive"),
        (packed({"C:/one.txt": b"x"}), "points outside the archive"),
        (packed({"one.txt": b"/etc/passwd"}, external_attr=0o120777 << 16), "is a link"),
        (packed({"one.txt": bytes(20_000_000)}, compress_type=zipfile.ZIP_DEFLATED), "times its size"),
        (packed({}), "holds no files"),
        (packed({".hidden/one.txt": b"x", "__MACOSX/one.txt": b"x"}), "holds no files"),
        (brat()[:-30], "not a readable zip archive"),
        (brat().replace(b"Ada said no.", b"Ada said ye.", 1), "Bad CRC-32"),
    ],
    ids=[
        "encrypted",
        "climbing",
        "absolute",
        "backslashes",
        "drive",
        "link",
        "bomb",
        "empty",
        "hidden",
        "cut",
        "damaged",
    ],
)
def test_bad_archive_is_refused_with_one_message(take_in, project, data, words):
    job = take_in({"bad.zip": data})
    assert (job.state, Document.objects.count()) == (JobState.FAILED, 0)
    assert words in report(job)[0][2]


def test_too_large_archive_is_refused(take_in, project, monkeypatch):
    monkeypatch.setattr(archives, "MOST_MEMBERS", 1)
    assert "contains 2 files" in report(take_in({"a.zip": brat()}))[0][2]
    monkeypatch.undo()
    monkeypatch.setattr(archives, "MOST_BYTES", 10)
    assert "unpacks to" in report(take_in({"a.zip": brat()}))[0][2]


@pytest.mark.parametrize(
    ("options", "pointer"),
    [
        ({"format": "word"}, "/format"),
        ({"format": "brat"}, "/files/0"),
        ({"new_labels": "guess"}, "/new_labels"),
        ({"map": "{"}, "/map"),
        ({"map": "[]"}, "/map"),
        ({"map": '{"labels": {"a": 1}}'}, "/map/labels/a"),
        ({"map": '{"fields": {"size": "a"}}'}, "/map/fields/size"),
        ({"map": '{"offsets": "bytes"}'}, "/map/offsets"),
        ({"map": '{"annotator": ""}'}, "/map/annotator"),
        ({"map": '{"colours": {}}'}, "/map/colours"),
        ({"map": '{"new": []}'}, "/map/new"),
        ({"map": '{"new": {"colours": {}}}'}, "/map/new/colours"),
        ({"map": '{"new": {"labels": ["a"]}}'}, "/map/new/labels"),
        ({"map": '{"new": {"labels": {"a": ["add"]}}}'}, "/map/new/labels/a"),
    ],
)
def test_invalid_options_are_refused_at_once(start, options, pointer):
    with pytest.raises(InvalidInput) as caught:
        start({"a.txt": b"x"}, **options)
    assert [error["pointer"] for error in caught.value.errors] == [pointer]


def test_default_options_detect_and_refuse():
    assert ImportOptions() == ImportOptions(False, "", "auto", "refuse", "", False)


TSV = "#FORMAT=WebAnno TSV 3.3\n#T_SP=my.Mark|value\n\n\n#Text={0}\n1-1\t0-{1}\t{0}\t{2}\t\n".format


def test_project_of_inception_is_read_without_what_lies_beside(project, take_in):
    beside = {"exportedproject1.json": b"{}", "log/project.log": b"x", "annotation_ser/a.txt/ada.ser": b"\xac\xed"}
    work = {
        "annotation/a.txt/ada.tsv": TSV("Ada", 3, "Claim").encode(),
        "annotation/a.txt/INITIAL_CAS.tsv": TSV("Ada", 3, "_").encode(),
        "curation/a.txt/CURATION_USER.tsv": TSV("Ada", 3, "Speaker").encode(),
        "source/a.txt": b"Ada", "source/b.txt": b"Ben",
    }  # fmt: skip
    job = take_in({"project.zip": packed(beside | work)})
    assert (job.state, job.result["incomplete"]) == (JobState.DONE, False)
    assert sorted(Document.objects.values_list("external_id", "text")) == [("a", "Ada"), ("b", "Ben")]
    assert set(AnnotationSet.objects.values_list("name", flat=True)) == {"ada", "CURATION_USER"}

    text_only = take_in({"text.zip": packed(beside | {"annotation/c.txt/ada.txt": b"Cy", "source/c.txt": b"Cy"})})
    assert text_only.state == JobState.FAILED
    assert "WebAnno TSV v3.3" in report(text_only)[0][2]


def test_files_of_one_folder_with_different_texts_are_documents(project, take_in):
    files = {f"corpus/{name}.tsv": TSV(name, 3, "Claim").encode() for name in ("Ada", "Ben", "Cyd")}
    job = take_in(
        {"corpus.zip": packed(files | {"corpus/README": b"Read me.", "corpus/types.xml": b"<typeSystemDescription/>"})}
    )
    assert (job.state, job.result["documents"]) == (JobState.DONE, 3)
    assert sorted(Document.objects.values_list("external_id", flat=True)) == ["Ada", "Ben", "Cyd"]


def test_unreadable_file_of_an_archive_is_named_and_the_others_are_read(project, take_in):
    files = {"a.xmi": b"<x", "b.csv": b"no,columns\n1,2\n", "c.txt": b"Ben agreed."}
    job = take_in({"all.zip": packed(files)}, skip_bad=True)
    assert (job.state, job.result["documents"]) == (JobState.DONE, 1)
    assert [where for level, where, _ in report(job) if level == "error"] == ["all.zip:a.xmi", "all.zip:b.csv"]
    assert job.result["items"]["found"]["documents"] == 3
