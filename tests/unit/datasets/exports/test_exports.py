"""Exports as JSONL: lines, manifest, pseudonyms, and the same bytes for the same data."""

import hashlib
import io
import json
from typing import Any

import pytest

from annotator.corpus.spans.models import AnnotationSet, Relation, SetKind, SetPurpose, SetState
from annotator.datasets.exports import services
from annotator.datasets.exports.output.dataset import manifest_path
from annotator.datasets.exports.serializers import parse_options
from annotator.formats.incoming import Source
from annotator.formats.jsonl.read import read_jsonl
from annotator.platform.accounts.models import User
from annotator.problems import InvalidInput
from tests.conftest import MakeDocument, MakeSet
from tests.notation import make_spans
from tests.unit.datasets.exports.conftest import Exported


@pytest.fixture
def submitted(make_document: MakeDocument, make_set: MakeSet, ada: User, ben: User) -> list[AnnotationSet]:
    """Submitted sets of two annotators over a text with emoji, a combining accent, CRLF and Arabic."""
    marked = "👩‍🚀 [Zoe\u0301](Speaker kind=person)\r\nsaid [قال شيئا](Claim kind=fact) 🎈.\n"
    text, spans = make_spans(marked)
    document = make_document(text, external_id="b")
    return [make_set(document, user, spans, state=SetState.SUBMITTED) for user in (ada, ben)]


def test_every_span_has_its_text(submitted: list[AnnotationSet], exported: Exported) -> None:
    _, lines, _ = exported()

    spans = [(line, span) for line in lines for one in line["annotators"].values() for span in one["spans"]]
    assert len(spans) == 4
    for line, span in spans:
        assert [line["text"][start:end] for start, end in span["fragments"]] == span["text"]
        assert hashlib.sha256(line["text"].encode()).hexdigest() == line["sha256"]


def test_open_sets_are_not_exported(
    submitted: list[AnnotationSet], make_document: MakeDocument, make_set: MakeSet, ada: User, exported: Exported
) -> None:
    make_set(make_document("Nothing yet.\n"), ada)

    export, lines, _ = exported()

    assert [line["id"] for line in lines] == ["b"]
    assert export.manifest is not None
    assert export.manifest["documents_without_such_sets"] == 1


def test_document_without_spans_has_a_line(
    make_document: MakeDocument, make_set: MakeSet, ada: User, exported: Exported
) -> None:
    make_set(make_document("Weather.\n"), ada, state=SetState.SUBMITTED)

    _, [line], _ = exported()

    assert line["annotators"]["ada"]["spans"] == []


def test_view_selects_annotators_or_adjudicated(
    submitted: list[AnnotationSet], make_set: MakeSet, exported: Exported
) -> None:
    make_set(submitted[0].document, "adjudicated", kind=SetKind.ADJUDICATED, state=SetState.ADJUDICATED)

    names = {choice: list(exported(view=choice)[1][0]["annotators"]) for choice in ("each", "adjudicated", "all")}

    assert names == {
        "each": ["ada", "ben"],
        "adjudicated": ["adjudicated"],
        "all": ["ada", "adjudicated", "ben"],
    }


def test_gold_checks_are_exported_on_request_and_counted_apart(
    submitted: list[AnnotationSet], exported: Exported
) -> None:
    AnnotationSet.objects.filter(pk=submitted[1].pk).update(purpose=SetPurpose.CHECK)

    _, [usual], _ = exported()
    export, [line], data = exported(gold_checks=True)

    assert list(usual["annotators"]) == ["ada"]
    assert {name: own.get("purpose") for name, own in line["annotators"].items()} == {"ada": None, "ben": "check"}
    assert export.manifest is not None
    assert (export.manifest["annotation_sets"], export.manifest["spans"]["all"]) == ({"ada": 1}, 2)
    assert (export.manifest["gold_checks"], export.manifest["options"]["gold_checks"]) == ({"check": 1}, True)
    [problem] = next(read_jsonl(io.BytesIO(data), Source("gold.jsonl"))).problems
    assert problem.pointer == "/annotators/ben/purpose"
    with pytest.raises(InvalidInput) as caught:
        parse_options({"gold_checks": True, "view": "consensus"})
    assert [error["pointer"] for error in caught.value.errors] == ["/gold_checks"]


def test_line_per_set_has_text_and_annotator(submitted: list[AnnotationSet], exported: Exported) -> None:
    _, lines, _ = exported(layout="set")

    assert [(line["id"], line["annotator"], len(line["spans"])) for line in lines] == [("b", "ada", 2), ("b", "ben", 2)]


def test_relations_name_the_ids_of_their_spans(submitted: list[AnnotationSet], exported: Exported) -> None:
    speaker, claim = submitted[0].spans.order_by("start", "id")
    Relation.objects.create(annotation_set=submitted[0], uid="r1", label="attributed-to", source=claim, target=speaker)

    _, [line], _ = exported()

    assert line["annotators"]["ada"]["relations"] == [{"id": "r1", "label": "attributed-to", "from": "s2", "to": "s1"}]


def test_pseudonyms_hide_names_and_stay_the_same(submitted: list[AnnotationSet], exported: Exported) -> None:
    _, [line], data = exported(pseudonyms=True)
    _, _, again = exported(pseudonyms=True)

    assert data == again
    assert b'"ada"' not in data
    assert len(line["annotators"]) == 2
    assert all(name.startswith("annotator-") for name in line["annotators"])


def test_documents_are_in_code_point_order_of_ids(
    make_document: MakeDocument, make_set: MakeSet, exported: Exported
) -> None:
    for external_id in ("é", "a", "B", "\U0001f388", "～"):
        make_set(make_document(f"Text {external_id}\n", external_id=external_id), "A")

    _, lines, _ = exported()

    assert [line["id"] for line in lines] == ["B", "a", "é", "～", "\U0001f388"]


def test_manifest_counts_the_contents(submitted: list[AnnotationSet], exported: Exported) -> None:
    export, _, data = exported()

    manifest = json.loads(manifest_path(services.directory_of(export)).read_bytes())

    assert manifest["data"] == {
        "file": "news-each.jsonl",
        "bytes": len(data),
        "lines": 1,
        "sha256": hashlib.sha256(data).hexdigest(),
    }
    assert manifest["offsets"]["unit"] == "unicode-code-point"
    assert manifest["spans"] == {"all": 4, "by_label": {"Claim": 2, "Speaker": 2}}
    assert manifest["annotation_sets"] == {"ada": 1, "ben": 1}
    assert list(manifest["schema_versions"]) == ["1"]


@pytest.mark.stores
@pytest.mark.django_db(transaction=True)
def test_every_database_gives_these_very_bytes(
    make_document: MakeDocument, make_set: MakeSet, exported: Exported
) -> None:
    text, spans = make_spans("Zoe\u0301[Speaker] said [it 🎈 rained](Claim voice=speaker kind=fact)")
    make_set(make_document(text, meta={"b": 1, "aa": [1.5, None]}), "B", spans)
    make_set(make_document("Nothing.\n", external_id="A"), "A")

    export, _, _ = exported()

    assert export.sha256 == "6d809c5f369db767830eb1ce4aafa30e5d3618d0c93e1f4212a68266083e2c5a"


@pytest.mark.parametrize(
    "given", [{"view": "some"}, {"layout": 3}, {"pseudonyms": "yes"}, {"colour": "red"}, {"view": None}]
)
def test_unknown_options_are_named(given: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_options(given)

    assert [error["pointer"] for error in caught.value.errors] == [f"/{name}" for name in given]
