"""The claim ledger of a release: frozen, read by a program that knows only the data card, and rebuilt byte for byte."""

import csv
import hashlib
import json
import re
import subprocess
import sys

import pytest
from django.db import IntegrityError, transaction

from annotator.corpus.spans.models import SetState, Span
from annotator.corpus.speakers import services as registry
from annotator.datasets.releases.layouts.layout_2.ledger_file import LEDGER
from annotator.datasets.releases.models import FrozenDocument
from annotator.datasets.releases.serializers import parse_release
from annotator.datasets.releases.services.building import archive_of, check_release
from annotator.datasets.splits.blind_test import with_blind_test
from annotator.datasets.splits.requests import Group, SplitPlan
from annotator.ledger import services as ledger_services
from annotator.ledger.models import LedgerDecision
from annotator.platform.jobs.models import JobState
from annotator.problems import InvalidInput
from annotator.suggestions.models import SuggestionArm, SuggestionOffer
from tests.notation import make_spans
from tests.unit.agreement.conftest import add_relations
from tests.unit.datasets.releases.conftest import lines_of, members_of

TEXTS = {
    "a": "👩‍🚀 Moscow[Speaker] [denied](Denial form=reported) [the harbour bridge is closed](Claim voice=narrator).",
    "b": (
        "[The harbour bridge is closed](Claim voice=speaker), Zoé[Speaker] said. "
        "[No comment](Hedge kind=non-answer form=performed)."
    ),
}
RELATIONS = {
    "a": [("attributed-to", "s2", "s1"), ("denies", "s2", "s3")],
    "b": [("attributed-to", "s1", "s2"), ("attributed-to", "s3", "s2"), ("hedges", "s3", "s1")],
}
# Of the ledger of these texts, when layout 2 first had one.
WRITTEN = "d321ff3a86bfd13ffa83a10e1258ef82b99ce887f93b590bbd4cc41e60d9c07e"
SPLITS = {"shares": {"train": 0.5, "test": 0.5}, "salt": "7", "together": [], "near_duplicates": False}


@pytest.fixture
def claims(project, make_document, make_set, lead, now):
    """Two adjudicated documents about one proposition, which a person joined, and a speaker of the registry."""
    for name, marked in TEXTS.items():
        text, spans = make_spans(marked)
        document = make_document(text, external_id=name, meta={"date": "2026-03-01"})
        gold = make_set(document, "gold", spans, kind="adjudicated", state=SetState.ADJUDICATED)
        rows = enumerate(RELATIONS[name], 1)
        add_relations(gold, [{"id": f"r{n}", "label": label, "from": a, "to": b} for n, (label, a, b) in rows])
    registry.add_entry(project, {"name": "Russian government", "aliases": ["Moscow"]}, by=lead, now=now)
    one, two = Span.objects.filter(label="Claim").select_related("annotation_set__document").order_by("id")
    return LedgerDecision.objects.create(
        project=project, kind="same", decided_by=lead, decided_at=now,
        first_document=two.annotation_set.document, first_start=two.start, first_end=two.end,
        second_document=one.annotation_set.document, second_start=one.start, second_end=one.end,
    )  # fmt: skip


def test_ledger_is_frozen_and_rebuilt_byte_for_byte(claims, released, rebuilt, project, lead, now):
    release = released(ledger=True, splits=SPLITS, data={"view": "adjudicated"})
    before = archive_of(release).read_bytes()
    (proposition,) = lines_of(members_of(release)[LEDGER])

    assert proposition["status"] == "contested-and-evaded"
    assert proposition["reported_denial_with_evasion"] is True
    assert [entry["document_id"] for entry in proposition["entries"]] == ["a", "b"]
    speakers = [row["speakers"] for entry in proposition["entries"] for row in entry["statements"]]
    assert speakers == [["Russian government"], [], ["Zoé"], ["Zoé"]]
    assert release.manifest["ledger"]["joined"] == 1
    assert release.manifest["files"][LEDGER]["lines"] == 1

    ledger_services.undo_decision(claims, by=lead, now=now)
    registry.edit_entry(project.speaker_entries.get(), {"name": "Another", "aliases": []}, by=lead, now=now)
    archive_of(release).remove()
    assert rebuilt(release).state == JobState.DONE
    assert archive_of(release).read_bytes() == before
    assert not check_release(release, on_progress=lambda done, total: None).errors
    # The ledger of layout 2 never changes: copy what makes it into the layout before it does, and keep this digest.
    assert hashlib.sha256(members_of(release)[LEDGER]).hexdigest() == WRITTEN
    with pytest.raises(IntegrityError), transaction.atomic():
        FrozenDocument.objects.update(facts={})

    both = released("2", ledger=True, ledger_csv=True, ledger_annotations=True, data={"view": "adjudicated"})
    members = members_of(both)
    (apart, other) = lines_of(members[LEDGER])
    rows = list(csv.DictReader(members["ledger.csv"].decode().splitlines()))
    statements = [row for line in (apart, other) for entry in line["entries"] for row in entry["statements"]]
    assert [row["text"] for row in rows if not row["answer_to"]] == [row["text"] for row in statements]
    assert {row["proposition"]: row["status"] for row in rows} == {
        line["id"]: line["status"] for line in (apart, other)
    }
    assert rows[0]["fragments"] == " ".join(f"{start}-{end}" for start, end in statements[0]["fragments"])
    assert "`ledger.csv` has the same as a table" in members["README.md"].decode()
    assert (apart["status"], other["status"]) == ("contested", "evaded")
    texts = {line["sha256"]: line["text"] for line in lines_of(members["data/all.jsonl"])}
    annotations = lines_of(members["ledger.jsonld.jsonl"])
    assert len({annotation["id"] for annotation in annotations}) == len(annotations) == len(rows)
    for annotation, row in zip(annotations, rows, strict=True):
        values = [body["value"] for body in annotation["body"]]
        assert values == [row["proposition_text"], row["role"], *filter(None, row["speakers"].split("; "))]
        targets = [
            (target["source"].removeprefix("urn:sha256:"), *target["selector"]) for target in annotation["target"]
        ]
        assert " ".join(f"{place['start']}-{place['end']}" for _, place, _ in targets) == row["fragments"]
        assert [quote["exact"] for *_, quote in targets] == [
            texts[sha256][place["start"] : place["end"]] for sha256, place, _ in targets
        ]
    before = archive_of(both).read_bytes()
    archive_of(both).remove()
    assert rebuilt(both).state == JobState.DONE
    assert archive_of(both).read_bytes() == before


def test_program_of_the_data_card_reads_the_ledger(claims, released, tmp_path):
    members = members_of(released(ledger=True, data={"view": "adjudicated"}))
    for name, data in members.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    section = members["README.md"].decode().partition("## Ledger")[2]
    program = re.search(r"```python\n(.*?)```", section, re.DOTALL)[1]

    printed = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True)
    checked = subprocess.run([sys.executable, "load.py"], cwd=tmp_path, capture_output=True, text=True, check=True)

    assert "Every text and every offset is right." in checked.stdout
    assert len(printed.stdout.splitlines()) == 4
    assert "the harbour bridge is closed denial ['Russian government'] a [[" in printed.stdout
    assert "- 1 proposition (1 contested and evaded) with 4 statements." in section
    texts = {line["id"]: line["text"] for line in lines_of(members["data/all.jsonl"])}
    for entry in json.loads(members[LEDGER])["entries"]:
        text = texts[entry["document_id"]]
        assert hashlib.sha256(text.encode()).hexdigest() == entry["sha256"]
        for row in entry["statements"]:
            assert " … ".join(text[start:end] for start, end in row["fragments"]) == row["text"]


def test_ledger_has_only_what_is_released(claims, released, make_set, ada):
    without_speakers = released(
        ledger=True, data={"view": "adjudicated", "labels": ["Claim", "Hedge"], "attributes": []}
    )
    (proposition,) = lines_of(members_of(without_speakers)[LEDGER])
    assert proposition["status"] == "asserted"
    assert {
        name for entry in proposition["entries"] for row in entry["statements"] for name in row["speakers"]
    } == set()

    hidden = make_set(claims.first_document, ada, make_spans(TEXTS["b"])[1], state=SetState.SUBMITTED)
    release = released("2", ledger=True, data={"view": "each", "pseudonyms": True})
    data, ledger = members_of(release)["data/all.jsonl"], members_of(release)[LEDGER]
    assert lines_of(ledger)[0]["entries"][0]["sets"].keys() == lines_of(data)[0]["annotators"].keys()
    assert hidden.name.encode() not in ledger


@pytest.mark.parametrize(
    ("data", "words"),
    [({"labels": ["Speaker"]}, "needs the label Claim"), ({"window": 1}, "places in whole documents")],
)
def test_ledger_without_its_data_is_refused(data, words):
    with pytest.raises(InvalidInput) as refused:
        parse_release({"name": "1", "ledger": True, "data": data})
    assert refused.value.errors[0]["pointer"] == "/ledger"
    assert words in refused.value.errors[0]["detail"]
    for name in ("ledger_csv", "ledger_annotations"):
        with pytest.raises(InvalidInput) as refused:
            parse_release({"name": "1", name: True})
        assert refused.value.errors[0]["pointer"] == f"/{name}"


def test_blind_documents_are_in_test_first_and_stay_there(make_document, make_set, released, rebuilt, ada, now):
    sets = [make_set(make_document(f"Text {n}.", external_id=f"d{n}"), ada, [], state=SetState.SUBMITTED)
            for n in range(10)]  # fmt: skip
    without = released("0", splits=SPLITS)
    assert "blind_test" not in without.options["splits"]
    train = [line["document"] for line in lines_of(members_of(without)["selection.jsonl"]) if line["split"] == "train"]
    for number, annotation_set in enumerate(sets):
        is_blind = annotation_set.document.external_id in train[:2]
        SuggestionArm.objects.create(
            annotation_set=annotation_set, is_blind=is_blind, share=0.2, withheld=[], drawn_at=now
        )
        if not is_blind:
            SuggestionOffer.objects.create(
                annotation_set=annotation_set, source="rules", version=str(number), bar=0.6, offered={}, created_at=now
            )

    release = released("1", splits=SPLITS)
    before = archive_of(release).read_bytes()
    lines = lines_of(members_of(release)["selection.jsonl"])

    assert {line["document"] for line in lines if line.get("blind")} == set(train[:2])
    assert {line["split"] for line in lines if line.get("blind")} == {"test"}
    sizes = [manifest["splits"]["realised"] for manifest in (without.manifest, release.manifest)]
    assert sizes[0] == sizes[1]
    assert "2 of its" in members_of(release)["README.md"].decode()
    SuggestionArm.objects.all().delete()
    assert rebuilt(release).state == JobState.DONE
    assert archive_of(release).read_bytes() == before
    assert "blind" not in released("2", splits={**SPLITS, "blind_test": False}).manifest["splits"]
    with pytest.raises(InvalidInput):
        parse_release({"name": "3", "splits": {"shares": {"all": 1}, "blind_test": True}})


def test_groups_move_together_and_earlier_documents_stay():
    group = Group(("a", "b"), ("story",))
    split_of = dict.fromkeys("abc", "train") | dict.fromkeys("defg", "test")
    other = Group(("d", "e"), ("story",))
    plan = SplitPlan("7", split_of, (group, other), {}, {}, ())

    moved = with_blind_test(plan, ["a", "b", "c"], earlier=["f", "g"])

    assert moved.split_of == dict.fromkeys("cde", "train") | dict.fromkeys("abfg", "test")
