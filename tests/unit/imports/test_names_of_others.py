"""Labels with any name come in and leave as they are."""

import json
import zipfile

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from annotator.corpus.spans.models import Relation, Span
from annotator.platform.jobs.models import JobState
from projects.selectors import current_schema, schema_of
from tests.unit.imports.conftest import report

NAMES = ["人名", "First Name", "2 Health", "event.attack", "Täter"]
DOCCANO = "".join(
    json.dumps({"id": number, "text": f"Mira met Jon {number}.", "label": [[0, 4, name]]}) + "\n"
    for number, name in enumerate(NAMES, 1)
).encode()


@pytest.mark.parametrize("layout", ["jsonl", "label-studio", "doccano", "csv", "spacy"])
def test_labels_of_the_world_are_kept_and_exported(project, take_in, tmp_path, layout):
    job = take_in({"a.jsonl": DOCCANO}, new_labels="add")
    assert (job.state, job.result["spans"]) == (JobState.DONE, 5)
    schema = schema_of(current_schema(project))
    assert {schema.labels[name].name for name in NAMES} == set(NAMES)

    call_command("export_dataset", "news", "--out", str(tmp_path / "out"), "--format", layout)
    data = (tmp_path / "out").read_bytes()
    assert all(name.encode() in data for name in NAMES)


def test_name_that_no_schema_holds_gets_an_id(project, take_in):
    long = "Person or organisation that is said to have caused the event, directly or not"
    data = json.dumps({"id": 1, "text": "Mira met Jon.", "label": [[0, 4, long], [9, 12, " PER\t"]]}).encode()
    job = take_in({"a.jsonl": data}, new_labels="add", format="doccano")

    labels = list(Span.objects.order_by("start").values_list("label", flat=True))
    assert labels[1] == "PER"
    assert (labels[0][:22], len(labels[0]) <= 64) == ("Person or organisation", True)
    assert schema_of(current_schema(project)).labels[labels[0]].name == long
    assert any(long in message for _, _, message in report(job))


def test_unknown_names_are_written_as_a_mapping_to_edit(project, tmp_path, capsys):
    path, names = tmp_path / "a.jsonl", tmp_path / "names.json"
    path.write_bytes(DOCCANO)
    with pytest.raises(CommandError):
        call_command("import_documents", "news", str(path), "--write-map", str(names))
    mapping = json.loads(names.read_text("utf-8"))
    assert mapping["labels"] == {name: name for name in sorted(NAMES)}

    mapping["labels"] |= {"人名": "Speaker", "Täter": None}
    names.write_text(json.dumps(mapping), "utf-8")
    call_command("import_documents", "news", str(path), "--map", str(names))
    labels = Span.objects.order_by("annotation_set__document__external_id").values_list("label", flat=True)
    assert list(labels) == ["Speaker", "First Name", "2 Health", "event.attack"]
    assert "1 left out by the mapping" in capsys.readouterr().out


def test_preview_offers_the_mapping_of_two_thousand_names(project, take_in, client, lead):
    spans = [[0, 4, f"Label {number}"] for number in range(1_900)]
    data = json.dumps({"id": 1, "text": "Mira met Jon.", "label": spans}).encode()
    job = take_in({"a.jsonl": data}, preview=True, format="doccano", own_process=False)
    client.force_login(lead)
    page = client.get(f"/projects/news/documents/import/{job.pk}/")

    assert page.content.count(b"<select") < 200
    mapping = client.get(f"/projects/news/documents/import/{job.pk}/mapping.json").json()
    assert len(mapping["labels"]) == 1_900


def many_names(number):
    spans = [[0, 4, f"Label {at}"] for at in range(number)]
    return json.dumps({"id": 1, "text": "Mira met Jon.", "label": spans}).encode()


def test_preview_of_more_names_than_a_schema_holds_says_so_once(project, take_in):
    job = take_in({"a.jsonl": many_names(2_100)}, preview=True, new_labels="add", format="doccano")

    (error,) = [message for level, _, message in report(job) if level == "error"]
    assert error.startswith("With the new names, the schema would have 2,105 labels; it can hold 2,000. Map names")
    assert len(job.cursor["unknown"]["labels"]) == 2_100
    assert job.result["balance"].startswith("Documents: 1 in the files = 0 stored + 1 left out (1 in refused files).")


def test_import_of_more_names_than_a_schema_holds_stores_nothing(project, tmp_path, capsys):
    (tmp_path / "a.jsonl").write_bytes(many_names(2_100))
    with pytest.raises(CommandError, match="the schema would have 2,105 labels; it can hold 2,000"):
        call_command(
            "import_documents", "news", str(tmp_path / "a.jsonl"), "--format", "doccano", "--new-labels", "add"
        )

    assert "2,100 left out (2,100 not imported, because the import ended early)" in capsys.readouterr().out
    assert not Span.objects.exists()


def relations_of(number):
    names = ["owns & runs", "says", "雇用", *(f"relation {at}" for at in range(3, number))]
    spans = [{"id": 1, "label": "PER", "start_offset": 0, "end_offset": 4},
             {"id": 2, "label": "PER", "start_offset": 9, "end_offset": 12}]  # fmt: skip
    relations = [{"id": at, "from_id": 1, "to_id": 2, "type": name} for at, name in enumerate(names, 10)]
    return names, json.dumps({"id": 1, "text": "Mira met Jon.", "entities": spans, "relations": relations}).encode()


@pytest.mark.parametrize("layout", ["jsonl", "doccano", "label-studio"])
def test_five_hundred_relations_with_any_name_are_kept_and_exported(project, take_in, tmp_path, layout):
    present = len(schema_of(current_schema(project)).relations)
    names, data = relations_of(500 - present)
    job = take_in({"a.jsonl": data}, new_labels="add", format="doccano")

    assert (job.state, job.result["relations"]) == (JobState.DONE, len(names))
    relations = schema_of(current_schema(project)).relations
    assert len(relations) == 500
    assert {relations[row.label].name for row in Relation.objects.order_by("id")} == set(names)
    call_command("export_dataset", "news", "--out", str(tmp_path / "out"), "--format", layout)
    exported = texts_of(tmp_path / "out")
    assert [name for name in names if name not in exported and json.dumps(name)[1:-1] not in exported] == []


def texts_of(path):
    """The text of a file, or of all files of an archive."""
    if not zipfile.is_zipfile(path):
        return path.read_text("utf-8")
    with zipfile.ZipFile(path) as archive:
        return "".join(archive.read(name).decode() for name in archive.namelist())


def test_more_relations_than_a_schema_holds_store_nothing(project, take_in):
    _, data = relations_of(501)
    job = take_in({"a.jsonl": data}, new_labels="add", format="doccano")

    assert job.state == JobState.FAILED
    assert "it can hold 500" in str(job.problem)
    assert not Relation.objects.exists()
