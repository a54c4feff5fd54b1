"""Releases of layout 1: every byte is as commit 00811ce wrote it, before packages were moved and words changed.

The corpus has what the rules of layout 1 depend on: abbreviations, quotations, line breaks of several kinds, scripts
without spaces, near-duplicates, spans that nest, cross, touch white space and have several fragments, relations that
are too far apart for a window, notes, and enough documents and spans for intervals.
"""

import hashlib
import json
from pathlib import Path

import pytest

from annotator.corpus.spans.changes import AddRelation, AddSpan
from annotator.corpus.spans.lifecycle import reopen, submit
from annotator.corpus.spans.models import SetKind, SetState
from annotator.corpus.spans.values import RelationValue, SpanValue
from annotator.datasets.releases.layouts.registry import LAYOUTS
from annotator.datasets.releases.services.building import archive_of
from annotator.platform.jobs.models import JobState
from projects.models import GuidelineVersion, SchemaVersion
from tests.notation import make_spans
from tests.unit.datasets.releases.conftest import members_of, value_of

GOLDEN = json.loads((Path(__file__).with_name("layout_1.json")).read_text("utf-8"))

SCHEMA = {
    "labels": [
        {
            "id": "Claim",
            "name": "Claim",
            "color": "#0072B2",
            "key": "1",
            "description": "A statement that can be disputed.",
            "optional": False,
            "discontinuous": True,
            "attributes": [
                {"id": "kind", "name": "Kind", "choices": [{"id": "fact", "name": "Fact"}]},
                {"id": "quote_type", "name": "Quote", "choices": [{"id": "direct", "name": "Direct"}]},
            ],
        },
        {
            "id": "Speaker",
            "name": "Speaker",
            "color": "#009E73",
            "key": "2",
            "description": "The source of a claim.",
            "optional": False,
            "attributes": [{"id": "canonical", "name": "Name", "choices": []}],
        },
        {
            "id": "Hedge",
            "name": "Hedge*",
            "color": "#D55E00",
            "key": "3",
            "description": "",
            "optional": True,
            "attributes": [],
        },
    ],
    "relations": [
        {
            "id": "attributed-to",
            "name": "attributed to",
            "description": "Who says it.",
            "from": ["Claim"],
            "to": ["Speaker"],
        },
        {"id": "hedges", "name": "hedges", "description": "", "from": ["Hedge"], "to": ["Claim"]},
    ],
    "boundaries": {"trim_trailing": [".", ","]},
}
MARKED = (
    "Ada[Speaker] said [it [may](Hedge) rain](Claim kind=fact). Dr. Ito[Speaker] left at 5 p.m. yesterday.\n",
    (
        "[Zoe\u0301 B.](Speaker canonical=Zoë)\r\nsaid: “[The bridge](Claim quote_type=direct),” and "
        "[قال [شيئا](Hedge)](Claim).\n"
    ),
    (
        "No. 5 was late. [[Mr. Berg](Speaker)'s claim](Claim) that "
        "“[it fell. It rose.](Claim quote_type=direct)” stood.\u2028End.\n"
    ),
    "市長は[橋が落ちた](Claim)と述べた。[彼](Speaker)は去った。👩‍🚀 [maybe](Hedge) so.\n",
    "The council met on Monday and talked for hours about the [old bridge](Claim) over the river in the north.\n",
    "The council met on Monday and talked for hours about the [old bridge](Claim) over the river in the south.\n",
    "Nothing of the kind was said.\n",
    (
        "[“We agree,”](Claim quote_type=direct) said U.S. envoy [Lee](Speaker canonical=Lee), "
        "[perhaps](Hedge)  in vain. \n"
    ),
    "One. [Two](Claim). Three. Four. [Five](Speaker). Six[Hedge] e.g. this. Seven! Eight? [Nine](Claim kind=fact)\n",
    (
        "A [claim](Claim) of [Kim](Speaker) here; a [claim](Claim) of [Kim](Speaker) there; a [claim](Claim) "
        "by [Jo](Speaker).\n"
    ),
)
EVERY_FORMAT = [
    *("brat", "chat", "conll", "csv", "doccano", "huggingface", "label-studio", "prodigy", "relation-pairs"),
    *("sentence-classification", "seq2seq", "soft-labels", "spacy", "span-ner", "token-tagging", "tsv"),
    *("uima", "web-annotation", "webanno"),
]
SHARES = [["train", 0.6], ["test", 0.4]]
SCENARIOS = {
    "each": {
        "notes": "From *papers*.",
        "licence": "cc-by-4.0",
        "languages": ["en", "ja"],
        "formats": EVERY_FORMAT,
        "splits": {"shares": SHARES},
    },
    "consensus in windows": {
        "formats": ["chat", "sentence-classification", "seq2seq", "span-ner", "token-tagging"],
        "data": {"view": "consensus", "window": 1, "pseudonyms": True, "negatives": False, "nested": "outer"},
    },
    "one layer without marks": {
        "licence": "other",
        "notes": "Ask us.",
        "formats": ["chat", "relation-pairs", "conll", "brat"],
        "splits": {"shares": SHARES, "salt": "7", "near_duplicates": False, "together": ["story"]},
        "data": {
            "layout": "set",
            "labels": ["Claim", "Speaker"],
            "attributes": ["Claim.kind"],
            "notes": False,
            "quotation_marks": "out",
            "nested": "inner",
            "discontinuous": "hull",
            "guideline": True,
            "pair_sentences": 3,
        },
    },
    "fragments in windows": {
        "formats": ["token-tagging", "webanno"],
        "data": {"window": 0, "quotation_marks": "in", "discontinuous": "parts"},
    },
    "adjudicated": {"data": {"view": "adjudicated"}, "splits": {"shares": [["a", 0.5], ["b", 0.5]]}},
    "as before": {"data": {"view": "all"}, "splits": {"like": 1}},
}


@pytest.fixture
def corpus(project, make_document, make_set, save, ada, ben, now, settings):
    """Submitted sets of two annotators, imported ones of a third and one adjudicated set over ten documents."""
    settings.VERSION = "0.1.0"
    SchemaVersion.objects.filter(project=project).update(definition=SCHEMA, sha256="5" * 64)
    GuidelineVersion.objects.filter(project=project).update(text="# Rules\n\nMark claims.\n", sha256="6" * 64)
    project.description = "Claims, *marked* by two."
    project.save()
    sets = []
    for number, marked in enumerate(MARKED):
        text, spans = make_spans(marked)
        meta = {"source": f"paper {number % 7}", "story": "bridge" if number in (1, 2) else "", "page": number}
        document = make_document(text, external_id=f"d{number}", title=f"Title {number}", meta=meta)
        for user in (ada, ben):
            kept = spans if user == ada else spans[number % 3 :]
            annotation_set = make_set(document, user)
            save(annotation_set, *(AddSpan(f"{user.username}-{one['id']}", value_of(one)) for one in kept))
            save(annotation_set, *relations_between(kept, user.username))
            if user == ben:
                save(annotation_set, AddSpan("ben-extra", extra_span(text)))
            sets.append(submit(annotation_set, now=now))
        if number % 2:
            make_set(document, "file", spans[:3])
    make_set(
        sets[0].document,
        "adjudicated",
        make_spans(MARKED[0])[1][:2],
        kind=SetKind.ADJUDICATED,
        state=SetState.ADJUDICATED,
    )
    return sets


def relations_between(spans, name):
    """Yield relations from every span to the next that the schema allows."""
    allowed = {("Claim", "Speaker"): "attributed-to", ("Hedge", "Claim"): "hedges"}
    for number, one in enumerate(spans):
        for other in spans:
            if label := allowed.get((one["label"], other["label"])):
                relation = RelationValue(f"r{number}-{other['id']}", label, one["id"], other["id"])
                yield AddRelation(f"{name}-{relation.id}", relation)


def extra_span(text):
    """Return a discontinuous span with a note that begins within a word and ends in white space."""
    return SpanValue("extra", "Claim", ((1, 3), (len(text) - 7, len(text))), {"kind": "fact"}, "Not\tsure.")


def digests_of(release):
    """Return the SHA-256 of every file of an archive, and of the archive as a whole."""
    files = {name: hashlib.sha256(data).hexdigest() for name, data in members_of(release).items()}
    return files | {"": hashlib.sha256(archive_of(release).read_bytes()).hexdigest()}


def test_every_file_of_layout_1_keeps_its_bytes(corpus, released, rebuilt, save, now):
    releases = {name: released(name, LAYOUTS[1], **options) for name, options in SCENARIOS.items()}

    assert {name: digests_of(release) for name, release in releases.items()} == GOLDEN

    for annotation_set in corpus[:4]:
        reopen(annotation_set)
        save(annotation_set, AddSpan("later", SpanValue("later", "Hedge", ((0, 3),))))
        submit(annotation_set, now=now)
    for name, release in releases.items():
        archive_of(release).remove()
        assert rebuilt(release).state == JobState.DONE, name
        assert digests_of(release) == GOLDEN[name]
