"""Results of imports: what is stored, refused and reported."""

import json
from pathlib import Path

import pytest

from annotator.corpus.documents.models import Document
from annotator.corpus.documents.ordering import shuffle_key
from annotator.corpus.spans.models import AnnotationSet, Change, Relation, SetKind, SetState, Span
from annotator.corpus.spans.selectors import replay, spans_of, state_of_rows
from annotator.imports.run import checked_lines, chunks, import_run, rows
from annotator.platform.jobs.models import Job, JobState
from annotator.problems import InvalidInput
from tests.unit.imports.conftest import CLAIM, SPEAKER, WORK, line, report

SAMPLES = sorted((Path(__file__).parents[3] / "annotator" / "site" / "demo" / "sample-corpus").glob("*.jsonl"))


def stored(project):
    """Ids of the documents with the names of their sets, in order."""
    documents = Document.objects.filter(project=project).order_by("position", "id")
    return [(one.external_id, sorted(one.annotation_sets.values_list("name", flat=True))) for one in documents]


@pytest.mark.stores
def test_documents_are_imported_with_annotation_sets(project, take_in, uploads_folder):
    data = line(id="d1", title="Denial", meta={"n": [1, "é"]}, annotators={"A": WORK, "adjudicated": WORK})
    job = take_in({"news.jsonl": data + line("Two 🙂\r\n"), "article.txt": b"Three.\r\n"})

    assert (job.state, job.problem) == (JobState.DONE, None)
    assert stored(project) == [("d1", ["A", "adjudicated"]), ("news-2", []), ("article", [])]
    assert {name: job.result[name] for name in ("documents", "annotation_sets", "spans", "relations")} == {
        "documents": 3,
        "annotation_sets": 2,
        "spans": 4,
        "relations": 2,
    }
    first, second, third = Document.objects.filter(project=project).order_by("position")
    assert (first.title, first.meta, first.length) == ("Denial", {"n": [1, "é"]}, 12)
    assert first.shuffle_key == shuffle_key(project.seed, "d1")
    assert (second.text, second.length) == ("Two 🙂\r\n", 7)
    assert (third.title, third.text) == ("article", "Three.\r\n")
    assert list(uploads_folder.iterdir()) == []


@pytest.mark.stores
def test_imported_set_has_a_load_at_revision_one(project, take_in, lead):
    take_in({"news.jsonl": line(annotators={"A": WORK})}, started_by=lead)

    one = AnnotationSet.objects.get(document__project=project)
    assert (one.kind, one.state, one.revision, one.annotator) == (SetKind.IMPORTED, SetState.SUBMITTED, 1, None)
    assert (one.schema_version.number, one.guideline_version.number) == (1, 1)
    change = Change.objects.get(annotation_set=one)
    assert (change.kind, change.revision, change.author) == ("load", 1, lead)
    assert replay(one) == state_of_rows(one)
    assert spans_of(one) == [
        SPEAKER | {"note": "", "origin": "imported"},
        CLAIM | {"note": "", "origin": "imported"},
    ]
    relation = Relation.objects.get(annotation_set=one)
    assert (relation.uid, relation.source.uid, relation.target.uid) == ("r1", "s2", "s1")


def test_imported_gold_closes_submitted_sets_only(take_in, make_document, make_set, ada, ben, now):
    document = make_document("Ada said no.", external_id="d1")
    make_set(document, ada, state=SetState.SUBMITTED, submitted_at=now)
    make_set(document, ben, revision=1)

    take_in({"a.jsonl": line(id="d1", annotators={"adjudicated": WORK})})

    gold = document.annotation_sets.get(name="adjudicated")
    assert (gold.kind, gold.state) == (SetKind.ADJUDICATED, SetState.ADJUDICATED)
    assert dict(document.annotation_sets.filter(kind=SetKind.ANNOTATOR).values_list("name", "state")) == {
        "ada": SetState.ADJUDICATED, "ben": SetState.OPEN,
    }  # fmt: skip


def test_tables_name_every_column():
    pairs = [
        (Document, rows.DOCUMENTS),
        (AnnotationSet, rows.SETS),
        (Span, rows.SPANS),
        (Relation, rows.RELATIONS),
        (Change, rows.CHANGES),
    ]
    for model, table in pairs:
        fields = model._meta.concrete_fields
        needed = {field.column for field in fields if not field.has_db_default()} - {"submits_at"}  # null
        assert table.name == model._meta.db_table
        assert needed <= set(table.columns) | {"id"} <= {field.column for field in fields}


@pytest.mark.stores
def test_keys_continue_after_an_import(take_in, make_document, make_set, project, ada):
    take_in({"a.jsonl": line(annotators={"A": WORK})})
    document = make_document("By hand.", external_id="by-hand", position=7)
    mine = make_set(document, ada, [SPEAKER])
    take_in({"b.jsonl": line("Another.", annotators={"A": {"spans": [SPEAKER]}})})

    assert stored(project) == [("a-1", ["A"]), ("by-hand", ["ada"]), ("b-1", ["A"])]
    assert mine.spans.count() == 1
    assert Document.objects.get(external_id="b-1").position == 8


@pytest.mark.stores
def test_sample_corpus_is_imported_completely(project, take_in):
    job = take_in({path.name: path.read_bytes() for path in SAMPLES})

    assert report(job) == []
    for path in SAMPLES:
        given = json.loads(path.read_text(encoding="utf-8"))
        document = Document.objects.get(project=project, external_id=given["id"])
        assert document.text == given["text"]
        for name, work in given["annotators"].items():
            one = document.annotation_sets.get(name=name)
            assert {span["id"]: span for span in spans_of(one)} == {
                span["id"]: span | {"note": "", "origin": "imported"} for span in work["spans"]
            }
            rows = one.relations.values_list("uid", "label", "source__uid", "target__uid")
            assert set(rows) == {
                tuple(relation[key] for key in ("id", "label", "from", "to")) for relation in work["relations"]
            }


@pytest.mark.stores
def test_bad_line_refuses_the_file(project, take_in):
    bad = line("One.") + line("Two.") + b'{"text": "Three.",}\n' + line("Four.", annotators={"A": {"spans": [1]}})
    job = take_in({"bad.jsonl": bad, "good.jsonl": line("Five.")})

    assert stored(project) == [("good-1", [])]
    assert (job.state, job.result["documents"], job.result["refused"], job.result["refused_files"]) == ("done", 1, 2, 1)
    assert report(job) == [
        ("error", "bad.jsonl:3", "This is not valid JSON, at column 18: trailing comma is not allowed."),
        ("error", "bad.jsonl:4", "/annotators/A/spans/0: This must be an object."),
        ("error", "bad.jsonl", "Nothing was imported from this file. See the errors above."),
    ]


def test_job_fails_when_nothing_is_imported(take_in, uploads_folder):
    job = take_in({"bad.jsonl": b"{}\n"})
    assert (job.state, job.problem["code"]) == (JobState.FAILED, "nothing_imported")
    assert "The files have 1 error, listed in the report." in job.problem["detail"]
    assert report(job)[0] == ("error", "bad.jsonl:1", "/text: The line has no text.")
    assert list(uploads_folder.iterdir()) == []


@pytest.mark.stores
def test_good_lines_can_be_imported(project, take_in):
    bad = line("One.") + b"nonsense\n" + line("Three.") + line("Four.", id="bad-1")
    job = take_in({"bad.jsonl": bad}, skip_bad=True)

    assert stored(project) == [("bad-1", []), ("bad-3", [])]
    assert job.result["refused"] == 2
    assert [(level, where) for level, where, _ in report(job)] == [("error", "bad.jsonl:2"), ("error", "bad.jsonl:4")]


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.txt", b"", "has no text"),
        ("a.txt", "café".encode("latin-1"), "Byte 3 (hexadecimal E9) is not valid UTF-8"),
        ("a.txt", b"no\0", "NUL character at line 1, column 3"),
        ("a.jsonl", b"", "empty"),
        ("a.jsonl", b'{"text": "caf\xe9"}', "Byte 13"),
        ("a.jsonl", b'{"text": "no\\u0000"}', "NUL character"),
        ("a.jsonl", b'{"text": "no\\ud800"}', "not valid JSON"),
        ("a.jsonl", b'{"text": "' + b"x" * 10_000_001 + b'"}', "longer than 10,000,000 bytes"),
        ("a.jsonl", line(annotators={"A": {"spans": [SPEAKER | {"fragments": [[0, 99]]}]}}), "12 code points"),
        ("a.jsonl", line(annotators={"A": {"spans": [SPEAKER | {"text": ["ada"]}]}}), 'cover ["Ada"]'),
        ("a.jsonl", line(annotators={"A": {"spans": [SPEAKER | {"label": "X"}]}}), "no label “X”"),
        ("a.jsonl", line("One.", id="x") + line("Two.", id="x"), "“x” with another text"),
    ],
    ids=["empty text", "latin-1", "nul", "empty jsonl", "latin-1 line", "nul escape", "surrogate", "huge line",
         "offsets", "covered text", "label", "same id"],
)  # fmt: skip
def test_bad_file_is_refused_with_a_reason(project, take_in, name, data, words):
    job = take_in({name: data})
    assert job.state == JobState.FAILED
    assert words in report(job)[0][2]
    assert stored(project) == []


def test_byte_order_mark_and_encoding_are_handled(project, take_in):
    take_in({"a.txt": "\ufeffOne.".encode(), "b.jsonl": b"\xef\xbb\xbf" + line("Two.")})
    take_in({"c.txt": "Café.".encode("cp1252")}, encoding="windows-1252")
    texts = Document.objects.filter(project=project).order_by("position").values_list("text", flat=True)
    assert list(texts) == ["One.", "Two.", "Café."]


@pytest.mark.stores
def test_duplicates_are_reported_and_not_stored_again(project, take_in):
    data = line("One.", id="one") + line("Two.", id="two")
    take_in({"a.jsonl": data})
    again = take_in({"a.jsonl": data + line("Three.", id="three") + line("Three.", id="three")})

    assert stored(project) == [("one", []), ("two", []), ("three", [])]
    assert (again.state, again.result["documents"], again.result["duplicates"]) == (JobState.DONE, 1, 3)
    assert report(again) == [
        ("warning", "a.jsonl:1", "“one” is a duplicate. It was not stored again."),
        ("warning", "a.jsonl:2", "“two” is a duplicate. It was not stored again."),
        ("warning", "a.jsonl:4", "“three” is a duplicate. It was not stored again."),
    ]
    assert again.result["balance"] == ("Documents: 4 in the files = 1 stored + 3 left out (3 stored already).")
    assert not again.result["incomplete"]


@pytest.mark.stores
def test_known_document_gets_its_missing_sets(project, take_in):
    take_in({"a.jsonl": line(id="one", annotators={"A": WORK})})
    job = take_in({"a.jsonl": line(id="one", annotators={"A": {"spans": []}, "B": {"spans": [SPEAKER]}})})

    assert stored(project) == [("one", ["A", "B"])]
    assert AnnotationSet.objects.get(name="A").spans.count() == 2
    assert AnnotationSet.objects.get(name="B").spans.count() == 1
    ((level, where, message),) = report(job)
    assert (level, where) == ("warning", "a.jsonl:1")
    assert "Annotation sets added: “B”." in message
    assert "stored with other content, so that these spans were left out: “A”." in message


@pytest.mark.stores
@pytest.mark.parametrize(("chunk", "kept"), [(1, 0), (2, 5_000_000), (500, 0)])
def test_set_lines_become_one_document(project, take_in, monkeypatch, chunk, kept):
    monkeypatch.setattr(chunks, "MOST_DOCUMENTS", chunk)
    monkeypatch.setattr(checked_lines, "LARGEST_KEPT", kept)
    monkeypatch.setattr(checked_lines, "WRITTEN_AT_ONCE", 1)
    lines = [line(id="one", annotator=name, **WORK) for name in "ABC"]
    job = take_in({"a.jsonl": b"".join([*lines, line("Two.", id="two", annotator="A", spans=[])])})

    assert stored(project) == [("one", ["A", "B", "C"]), ("two", ["A"])]
    assert report(job) == []
    assert job.result["duplicates"] == 0


def test_stored_text_is_never_replaced(project, take_in):
    take_in({"a.txt": b"One."})
    job = take_in({"a.txt": b"Other."})
    assert job.state == JobState.FAILED
    assert "“a” with another text" in report(job)[0][2]
    assert Document.objects.get(project=project).text == "One."


def test_other_projects_keep_their_own_documents(take_in, make_project, project):
    take_in({"a.txt": b"One."}, project=make_project("other"))
    job = take_in({"a.txt": b"One."})
    assert job.result["documents"] == 1
    assert stored(project) == [("a", [])]


def test_reading_stops_after_many_errors(take_in, monkeypatch):
    monkeypatch.setattr(import_run, "MOST_ERRORS_PER_FILE", 10)
    monkeypatch.setattr(chunks, "MOST_DOCUMENTS", 5)
    job = take_in({"a.jsonl": b"x\n" * 1000})
    messages = [message for _, _, message in report(job)]
    assert len(messages) == 1 + 2
    assert "Stopped reading this file after" in messages[1]
    assert messages[0].startswith("This is not valid JSON")
    assert messages[0].endswith(" (9 more like this: 2, 3, 4, 5, …)")


def test_long_report_is_cut_and_counted(take_in, monkeypatch):
    monkeypatch.setattr(import_run, "MOST_REPORT_LINES", 3)
    monkeypatch.setattr(import_run, "MOST_ALIKE", 100)
    job = take_in({"a.jsonl": b"x\n" * 10 + line()}, skip_bad=True)
    assert job.result["refused"] == 10
    assert [level for level, _, _ in report(job)] == ["error", "error", "error", "warning"]


@pytest.mark.parametrize(
    ("files", "options", "pointer"),
    [
        ({}, {}, "/files"),
        ({"a.txt": b"x", "table.xlsx": b"a,b"}, {}, "/files/1"),
        ({"a.txt": b"x"}, {"encoding": "martian"}, "/encoding"),
    ],
)
def test_invalid_imports_are_refused_before_storing(start, uploads_folder, files, options, pointer):
    with pytest.raises(InvalidInput) as failure:
        start(files, **options)
    assert [error["pointer"] for error in failure.value.errors] == [pointer]
    assert list(uploads_folder.glob("*")) == []
    assert Job.objects.count() == 0
