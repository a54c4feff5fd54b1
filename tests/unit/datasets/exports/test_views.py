"""Views and options from the database to the file."""

import io
import json
import re

import pytest
from django.core.management import CommandError, call_command

from annotator.adjudication import services as adjudication
from annotator.adjudication.units.versions import AcceptanceRule
from annotator.corpus.spans.models import SetState
from annotator.datasets.exports import selectors, services
from annotator.datasets.exports.options import ExportOptions, View
from annotator.datasets.exports.output.dataset import losses_path
from annotator.datasets.exports.serializers import parse_options
from annotator.datasets.training.registry import TRAINING_FORMATS
from annotator.imports.services import start_import
from annotator.imports.uploads import IncomingFile
from annotator.platform.jobs.models import JobState
from annotator.platform.jobs.services import run_here
from annotator.problems import InvalidInput
from tests.notation import make_spans

ADA = "Ada[Speaker] said “[it rained](Claim quote_type=direct kind=fact).” Ben left."
BEN = "Ada[Speaker] said “[it rained](Claim quote_type=direct kind=position).” Ben left."
CLEO = "Ada[Speaker] said “it rained.” [Ben left](Claim kind=fact)."


@pytest.fixture
def document(make_document, make_set, ada, ben):
    """A document with sets of Ada and Ben and an imported set."""
    document = make_document(make_spans(ADA)[0], external_id="d")
    for author, marked in ((ada, ADA), (ben, BEN), ("Cleo", CLEO)):
        make_set(document, author, make_spans(marked)[1], state=SetState.SUBMITTED, revision=2)
    return document


def losses_of(export):
    return json.loads(losses_path(services.directory_of(export)).read_bytes())["losses"]


def test_consensus_has_support_and_reports_outvoted_spans(document, exported):
    export, [line], _ = exported(view="consensus")

    found = line["annotators"]["consensus"]
    assert [(span["label"], span["support"], span["sources"]) for span in found["spans"]] == [
        ("Speaker", {"k": 3, "n": 3}, ["Cleo", "ada", "ben"]),
        ("Claim", {"k": 2, "n": 3}, ["ada", "ben"]),
    ]
    assert found["spans"][1]["attributes"] == {"quote_type": "direct"}
    assert found["made_of"] == {"Cleo": 2, "ada": 2, "ben": 2}
    assert [(loss["annotator"], loss["what"]) for loss in losses_of(export)] == [("Cleo", "span")]
    assert export.manifest["annotation_sets"] == {"consensus": 1}


def test_pseudonyms_hide_the_names_behind_a_consensus(document, exported):
    export, [line], data = exported(view="consensus", pseudonyms=True)

    assert not re.search(rb'"(ada|ben|Cleo)"', data)
    assert "ada" not in {loss["annotator"] for loss in losses_of(export)}
    assert len(line["annotators"]["consensus"]["made_of"]) == 3


@pytest.fixture
def settled(make_document, make_set, ada, ben, lead, now):
    """An adjudicated document on which Ada and Ben agree."""
    text, spans = make_spans("Ada[Speaker] said so.")
    document = make_document(text)
    for author in (ada, ben):
        make_set(document, author, spans, state=SetState.SUBMITTED, revision=1)
    begun = adjudication.start(document, by=lead, now=now, rule=AcceptanceRule.EXACT, blind=False)
    return adjudication.complete(begun, base_revision=begun.revision, by=lead, now=now)


def test_adjudicated_spans_have_support_and_sources(settled, exported):
    _, [line], _ = exported(view="adjudicated")
    _, [hidden], data = exported(view="adjudicated", pseudonyms=True)

    ((_, record),) = line["annotators"].items()
    assert [(span["support"], span["sources"]) for span in record["spans"]] == [({"k": 2, "n": 2}, ["ada", "ben"])]
    ((_, record),) = hidden["annotators"].items()
    assert all(name.startswith("annotator-") for name in record["spans"][0]["sources"])
    assert b'"ada"' not in data


def test_windows_are_lines_and_counted_in_the_manifest(document, exported):
    export, lines, _ = exported(window=0)

    assert [line["text"] for line in lines] == ["Ada said “it rained.”", "Ben left."]
    assert [line["window"] for line in lines] == [[0, 21], [22, 31]]
    assert (export.manifest["documents"], export.manifest["windows"]) == (1, 2)


def test_removed_and_unfinished_documents_are_counted_separately(document, make_document, make_set, exported):
    make_document("Nobody read this.\n")
    make_set(make_document("Weather.\n"), "Cleo")

    export, lines, _ = exported(negatives=False)

    assert [line["id"] for line in lines] == ["d"]
    assert (export.manifest["documents_left_out"], export.manifest["documents_without_such_sets"]) == (1, 1)


@pytest.mark.parametrize("options", [{"view": "consensus"}, {"window": 0}, {"view": "consensus", "layout": "set"}])
def test_transformed_data_can_be_reimported(document, exported, make_project, now, options):
    _, lines, data = exported(**options)
    other = make_project("other")
    files = [IncomingFile("back.jsonl", [data])]

    ended = run_here(start_import(other, files=files, started_by=None, now=now, own_process=True))

    assert ended.state == JobState.DONE, list(ended.lines.values_list("message", flat=True))
    assert sorted(other.documents.values_list("external_id", flat=True)) == sorted(line["id"] for line in lines)


def test_names_in_options_must_be_in_the_schema(project):
    vocabulary = selectors.vocabulary_of(project)
    given = {"labels": ["Claim", "Claims"], "attributes": ["Claim.kind", "mood"], "window": -1, "nested": "both"}

    with pytest.raises(InvalidInput) as caught:
        parse_options(given, vocabulary=vocabulary)

    told = {error["pointer"]: error["detail"] for error in caught.value.errors}
    assert told.keys() == {"/labels", "/attributes", "/window", "/nested"}
    assert told["/labels"].startswith("The schema has no Claims; it has Claim, Cue")


def test_quotation_marks_need_direct_claims_in_the_schema(project):
    project.schema_versions.update(definition={"labels": [{"id": "Person"}]}, sha256="0" * 64)

    with pytest.raises(InvalidInput, match="not valid") as caught:
        parse_options({"quotation_marks": "out"}, vocabulary=selectors.vocabulary_of(project))

    assert [error["pointer"] for error in caught.value.errors] == ["/quotation_marks"]


@pytest.mark.parametrize("key", TRAINING_FORMATS)
def test_every_training_format_is_exported_reproducibly(document, exported, key):
    export, rows, data = exported(format=key)
    _, _, again = exported(format=key)

    assert data == again
    assert {row["document"] for row in rows} == {"d"}
    assert services.file_name(export) == f"news-each-{key}.jsonl"
    assert export.manifest["offsets"]["unit"] == "unicode-code-point"


def test_instruction_has_only_exported_labels(document, exported):
    _, rows, _ = exported(format="chat", labels=["Claim"], attributes=["kind"], guideline=True)

    system = rows[0]["messages"][0]["content"]
    assert "- Claim: " in system
    assert "- Speaker" not in system
    assert "quote_type" not in system
    assert system.endswith("# Rules")


@pytest.mark.parametrize(
    ("options", "wrong"),
    [
        ({"format": "soft-labels", "view": "consensus"}, "view"),
        ({"format": "span-ner", "guideline": True}, "guideline"),
        ({"pair_sentences": 3}, "pair_sentences"),
        ({"escape_formulas": True}, "escape_formulas"),
        ({"format": "relation-pairs", "window": 1}, "window"),
        ({"labels": []}, "labels"),
        ({"labels": "Claim"}, "labels"),
        ({"attributes": [3]}, "attributes/0"),
        ({"documents": [2**63]}, "documents/0"),
        ({"window": True}, "window"),
        ({"window": 21}, "window"),
        ({"negatives": None}, "negatives"),
        ({"format": "chat", "layout": "set"}, "layout"),
    ],
)
def test_contradicting_options_are_named(options, wrong):
    with pytest.raises(InvalidInput) as caught:
        parse_options(options)

    assert [error["pointer"] for error in caught.value.errors] == [f"/{wrong}"]


def test_command_knows_every_option(document, exported, tmp_path):
    options = {
        "view": "consensus", "labels": ["Claim"], "attributes": [], "notes": False, "quotation_marks": "in",
        "nested": "outer", "discontinuous": "hull", "window": 1, "negatives": False,
    }  # fmt: skip
    _, _, data = exported(**options)
    out = tmp_path / "out.jsonl"

    call_command(
        "export_dataset", "news", "--out", str(out), "--view", "consensus", "--labels", "Claim", "--without-attributes",
        "--without-notes", "--quotation-marks", "in", "--nested", "outer", "--discontinuous", "hull", "--window", "1",
        "--without-negatives", stdout=io.StringIO(),
    )  # fmt: skip

    assert out.read_bytes() == data
    assert "“it rained.”".encode() in data


def test_command_names_what_the_schema_has(project, tmp_path):
    with pytest.raises(CommandError, match="The schema has no Klaim; it has Claim"):
        call_command("export_dataset", "news", "--out", str(tmp_path / "x"), "--labels", "Klaim")


def test_stored_options_are_restored():
    options = ExportOptions(view=View.CONSENSUS, labels=("Claim",), attributes=(), window=2)

    stored = json.loads(json.dumps(options.as_json()))

    assert ExportOptions.from_json(stored) == parse_options(stored) == options
