"""Layout 2: the data card says what was counted, and nothing else; a draft of it is the card that is frozen."""

import hashlib
import json

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from annotator.corpus.spans.models import AnnotationSet, SetKind, SetPurpose, SetState
from annotator.datasets.exports.format_registry import FORMATS
from annotator.datasets.releases.layouts.layout_2.archive import PARTS
from annotator.datasets.releases.models import Release
from annotator.datasets.releases.options import BESIDE
from annotator.formats.outgoing import ExportContext, ExportDocument
from annotator.text.rules import PRESENT_RULES
from tests.notation import make_spans
from tests.unit.datasets.releases.conftest import members_of

TEXT, SPANS = make_spans(
    "Ada[Speaker] said the U.S. left. [It may\nrain](Claim kind=fact) on Sept. 3, z. B. [市長は橋](Denial), "
    "[perhaps](Hedge).\n\tShe[Speaker] denied it at 5 p.m. Nobody [e\u0301lse](Claim) did.\n"
)
# The files that the writers of layout 2 made of this text when it was defined, and where its rules cut.
WRITTEN = "27827041394f09d1c4277819065ab342f2a31de3297ba907e45f16a46bf5c947"
RULES = "95b1cab10f0af8695c3c33077c13a2fdbf142604f1a4c7c2293ed659e818f9b1"


def test_adjudicated_is_no_annotator(project, make_document, make_set, ada, ben, released):
    document = make_document(TEXT, external_id="d")
    for user in (ada, ben):
        make_set(document, user, SPANS, state=SetState.SUBMITTED)
    make_set(document, "adjudicated", SPANS, kind=SetKind.ADJUDICATED, state=SetState.ADJUDICATED)
    checked = make_set(make_document(TEXT, external_id="checked"), ada, SPANS, state=SetState.SUBMITTED)
    AnnotationSet.objects.filter(pk=checked.pk).update(purpose=SetPurpose.CHECK)

    release = released(data={"view": "adjudicated"})
    card = members_of(release)["README.md"].decode()

    assert release.layout == 2
    assert release.manifest["annotators"]["sets"] == {}
    assert "- 1 adjudicated annotation set.\n" in card
    assert "measured on the annotation sets of 2 annotators: ada (1), ben (1). These sets are not part of" in card
    assert card.partition("# News")[2].count("1 document with 1 annotation set, 6 spans and 0 relations.") == 1
    assert "expert-generated" not in card
    assert release.manifest["left_out"] == {"documents": 1, "open_sets": 0, "tested_sets": 1, "tested_people": 1}
    assert "- Not part of the data: 1 annotation set of 1 person for quality control (practice, " in card


def test_card_has_realised_shares_and_claims_only_what_was_found(work, released):
    options = {"shares": {"train": 0.8, "test": 0.2}, "salt": "7", "together": ["source"], "near_duplicates": False}
    release = released(splits=options, creators="expert-generated", formats=["conll"])
    card = members_of(release)["README.md"].decode()
    realised = release.manifest["splits"]["realised"]

    train, test = (realised[name]["documents"] for name in ("train", "test"))
    assert train + test == 3
    assert f"divided into train and test ({train} / {test} documents)" in card
    assert f"| train | 80 % | {train} | {100 * train / 3:.1f} % |" in card
    assert "would be in one split. No such documents were found." in card
    assert '- "expert-generated"' in card
    assert "the annotations were made by experts" in card
    assert "Nothing was left out: every document has a finished annotation set of this kind." in card
    reasons = release.manifest["losses"]["conll"]["reasons"]
    assert {"what": "attributes", "why": "The format has no attributes.", "count": 6} in reasons
    assert all(reason["what"] != "origin" for reason in reasons)


def test_draft_is_the_card_of_the_release(work, released, project, capsys, tmp_path):
    options = ("--name", "1.0", "--splits", "train=0.5", "test=0.5", "--license", "cc-by-4.0")
    call_command("create_release", "news", *options, "--dry-run", "--json")
    drafted = json.loads(capsys.readouterr().out)["card"]
    assert not Release.objects.exists()

    call_command("create_release", "news", *options, "--json")
    assert json.loads(capsys.readouterr().out)["number"] == 1
    assert members_of(Release.objects.get())["README.md"].decode() == drafted
    with pytest.raises(CommandError, match="either --splits or --like"):
        call_command("create_release", "news", "--name", "2", "--splits", "a=1", "--like", "1")


def test_writers_and_rules_of_layout_2_stay_as_they_are():
    """Copy a writer or rule into the package of the layout before it changes, and keep these digests."""
    work = {"spans": SPANS, "relations": [], "revision": 1, "state": "submitted", "schema_version": 1,
            "guideline_version": 1}  # fmt: skip
    document = {"id": "d", "title": "T", "text": TEXT, "sha256": hashlib.sha256(TEXT.encode()).hexdigest(), "meta": {}}
    attribute = {"id": "kind", "name": "Kind", "choices": [{"id": "fact", "name": "Fact"}]}
    labels = [{"id": label, "name": label, "description": "", "attributes": [attribute], "color": "#000", "key": "1"}
              for label in ("Speaker", "Claim", "Denial", "Hedge")]  # fmt: skip
    spans = [{"note": "", "origin": "manual", **span} for span in SPANS]
    digest = hashlib.sha256()
    for key in BESIDE:
        write = PARTS.writers.get(key, FORMATS[key].write)
        context = ExportContext({"labels": labels, "relations": []}, Nothing(), rules=PARTS.rules)
        for name, data in write(iter([ExportDocument(document, {"ada": {**work, "spans": spans}})]), context):
            digest.update(f"{key} {name} ".encode() + data)
    cuts = repr((PARTS.rules.sentences(TEXT), PARTS.rules.tokens(TEXT)))

    assert digest.hexdigest() == WRITTEN
    assert (hashlib.sha256(cuts.encode()).hexdigest(), PRESENT_RULES.version) == (RULES, 2)


class Nothing:
    """A loss report that is not kept."""

    def add(self, document, annotator, item, what, why):
        """Count nothing."""
