"""Attributes of the document: saved, restored, imported and exported like everything else in a set."""

import json

import pytest
from django.core.management import CommandError, call_command

from annotator.corpus.spans import selectors, services
from annotator.corpus.spans.changes import UpdateDocument, read_change
from annotator.corpus.spans.problems import InvalidChange
from annotator.corpus.spans.state import new_id
from annotator.datasets.transforms.consensus import NAME, consensus_of
from annotator.editor.history import history_until
from annotator.formats.registry import FORMATS
from projects.models import SchemaVersion
from projects.schema import describe_value
from projects.schema_reader import read_schema
from tests.formats import entry, read_one, write
from tests.training import KeptLosses
from tests.unit.corpus.spans.builders import add, span

DOCUMENT_ATTRIBUTES = [
    {"id": "genre", "name": "Genre", "required": True, "choices": [{"id": "news", "name": "News"}, {"id": "op-ed"}]},
    {"id": "topics", "type": "multiple", "choices": [{"id": "war"}, {"id": "money"}]},
    {"id": "score", "type": "number"},
    {"id": "remark"},
]
VALUES = {"genre": "news", "remark": "Read twice.", "score": 2.5, "topics": ["war", "money"]}


@pytest.fixture
def schema(project):
    """The schema of the project with attributes of the document."""
    version = SchemaVersion.objects.get(project=project)
    version.definition = version.definition | {"document_attributes": DOCUMENT_ATTRIBUTES}
    version.save(update_fields=["definition"])
    return read_schema(version.definition)


def answer(before, after):
    return UpdateDocument(new_id(), before, after)


@pytest.mark.django_db
def test_values_are_saved_replayed_restored_and_described(schema, annotation_set, save, ada, now):
    save(annotation_set, add(span("c", "Claim", (9, 18))), answer({"genre": None}, {"genre": "news"}))
    save(annotation_set, answer({"genre": "news", "score": None}, {"genre": None, "score": 3}))
    with pytest.raises(InvalidChange, match="is not a choice"):
        save(annotation_set, answer({"genre": None}, {"genre": "poem"}))
    with pytest.raises(InvalidChange, match="differ from what is expected"):
        save(annotation_set, answer({"score": 4}, {"score": 5}))

    annotation_set.refresh_from_db()
    assert annotation_set.document_attributes == {"score": 3}
    assert selectors.find_damage(annotation_set) is None
    services.restore(annotation_set, revision=2, author=ada, now=now)
    annotation_set.refresh_from_db()
    assert annotation_set.document_attributes == {"genre": "news"}
    assert selectors.find_damage(annotation_set) is None
    state = selectors.state_of_rows(annotation_set)
    entries = history_until(annotation_set, annotation_set.document.text, revision=4, state=state)
    assert entries[0].words == "Document: genre is News, score is not set"
    stored = selectors.changes_since(annotation_set, 1)[0]
    assert read_change({key: stored[key] for key in ("id", "kind", "span_id", "before", "after")}).after == {
        "genre": "news"
    }
    assert describe_value(schema.document_attributes["genre"], "op-ed") == "op-ed"


@pytest.mark.django_db
def test_jsonl_carries_values_and_other_formats_report_them(schema, project, tmp_path, capsys):
    path = tmp_path / "in.jsonl"
    path.write_text(
        json.dumps(
            {
                "id": "d",
                "text": "Ada said no.",
                "annotators": {"A": {"document_attributes": VALUES}, "B": {"spans": []}},
            }
        )
    )
    call_command("import_documents", "news", str(path))
    assert "Attributes: 4 in the files = 4 stored + 0 left out." in capsys.readouterr().out

    call_command("export_dataset", "news", "--out", str(tmp_path / "out.jsonl"))
    line = json.loads((tmp_path / "out.jsonl").read_text())

    assert line["annotators"]["A"]["document_attributes"] == VALUES
    assert "document_attributes" not in line["annotators"]["B"]
    path.write_text(json.dumps({"text": "Ben.", "annotators": {"A": {"document_attributes": {"genre": "poem"}}}}))
    with pytest.raises(CommandError):
        call_command("import_documents", "news", str(path))
    assert "“poem” is not a choice of “genre”" in capsys.readouterr().out


WRITABLE = [key for key, recipe in FORMATS.items() if recipe.write and not recipe.needs]
CARRYING = {"jsonl", "label-studio"}


@pytest.mark.parametrize("key", WRITABLE)
def test_every_format_carries_values_or_reports_them(key):
    record = {"spans": [], "relations": [], "document_attributes": VALUES}
    files, losses = write(key, [entry("Ada said no.", {"A": record})])

    lost = [loss for loss in losses.all if "document_attributes" in loss]
    assert len(lost) == (0 if key in CARRYING else 1)
    if key == "label-studio":
        document = read_one(key, files["tasks.json"]).document
        assert document.sets["A"].document_attributes == VALUES
        assert document.sets["A"].items.found["attributes"] == len(VALUES)


def test_consensus_has_what_more_than_half_chose():
    given = [{"genre": "news", "topics": ["war"]}, {"genre": "news"}, {"genre": "op-ed", "topics": ["war"]}]
    sets = {
        name: {"spans": [], "relations": [], "document_attributes": own} for name, own in zip("ABC", given, strict=True)
    }
    losses = KeptLosses()

    made = consensus_of(entry("Ada said no.", sets), losses).sets[NAME]

    assert made["document_attributes"] == {"genre": "news", "topics": ["war"]}
    assert losses.lost == [("C", "", "document_attributes")]
