"""What is exported can come in again, and is the same."""

import io
import json
from itertools import count

import pytest
from django.core.management import call_command
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotator.formats.incoming import Source
from annotator.formats.jsonl.read import read_jsonl
from annotator.formats.jsonl.write import document_line, set_line
from annotator.imports.run.checks import check_line
from annotator.imports.services import start_import
from annotator.imports.uploads import IncomingFile
from annotator.platform.jobs.models import JobState
from annotator.platform.jobs.services import run_here
from annotator.text.digest import text_digest
from projects.schema_reader import read_schema
from tests.conftest import SCHEMA as DEFINITION
from tests.examples import examples

SCHEMA = read_schema(DEFINITION)
NUMBERS = count()
TEXTS = st.lists(
    st.sampled_from(["a", "🙂", "e\u0301", "\r\n", "ש", "\u202f", "👩🏽‍🔬", "no. "])
    | st.characters(exclude_categories=["Cs"], exclude_characters="\0"),
    min_size=8,
    max_size=40,
).map(lambda pieces: "x" + "".join(pieces))
NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=20)


@st.composite
def spans(draw, length, identifier):
    label = SCHEMA.labels[draw(st.sampled_from(sorted(SCHEMA.labels)))]
    places = sorted(draw(st.sets(st.integers(0, length), min_size=2, max_size=6 if label.discontinuous else 2)))
    fragments = [list(pair) for pair in zip(places[::2], places[1::2], strict=False)]
    attributes = {}
    for attribute in label.attributes.values():
        if draw(st.booleans()):
            attributes[attribute.id] = draw(st.sampled_from(sorted(attribute.choices)) if attribute.choices else NAMES)
    return {
        "id": identifier,
        "label": label.id,
        "fragments": fragments,
        "attributes": attributes,
        "note": draw(st.sampled_from(["", "check\nthis", "🙂"])),
        "origin": draw(st.sampled_from(["manual", "imported"])),
    }


@st.composite
def works(draw, length):
    identifiers = draw(st.lists(NAMES, max_size=6, unique=True))
    chosen = [draw(spans(length, identifier)) for identifier in identifiers]
    relations = []
    for first in chosen:
        for second in chosen:
            between = SCHEMA.relations_between(first["label"], second["label"])
            if first is not second and between and draw(st.booleans()):
                label = draw(st.sampled_from(between)).id
                relations.append({"id": f"r{len(relations)}", "label": label, "from": first["id"], "to": second["id"]})
    return {"spans": chosen, "relations": relations}


@st.composite
def corpora(draw):
    corpus = []
    for number, text in enumerate(draw(st.lists(TEXTS, min_size=1, max_size=4, unique=True))):
        names = draw(st.lists(NAMES, min_size=1, max_size=3, unique=True))
        meta = draw(
            st.dictionaries(NAMES, st.none() | st.booleans() | st.integers(-(2**53), 2**53) | NAMES, max_size=3)
        )
        head = {"id": f"d{number}", "title": draw(NAMES), "text": text, "sha256": text_digest(text), "meta": meta}
        corpus.append((head, {name: draw(works(len(text))) for name in names}))
    return corpus


def comparable(work):
    """A set as values that do not depend on the order of its parts."""
    return (
        {span["id"]: {key: value for key, value in span.items() if key != "text"} | {"note": span.get("note", "")}
         for span in work["spans"]},
        {relation["id"]: relation for relation in work["relations"]},
    )  # fmt: skip


@given(corpora())
@settings(max_examples=examples(50), deadline=None)
def test_written_lines_are_read_unchanged(corpus):
    for head, sets in corpus:
        data = document_line(head, sets) + b"".join(set_line(head, name, work) for name, work in sets.items())
        read = [check_line(line, SCHEMA) for line in read_jsonl(io.BytesIO(data), Source("x"))]
        assert [line.problems for line in read] == [()] * (1 + len(sets))
        whole = read[0]
        assert (whole.document.external_id, whole.document.title) == (head["id"], head["title"])
        assert (whole.document.text, whole.document.meta) == (head["text"], head["meta"])
        for one in [*whole.sets, *(one for line in read[1:] for one in line.sets)]:
            assert comparable({"spans": one.spans, "relations": one.relations}) == comparable(sets[one.name])


@pytest.mark.stores
@given(corpora(), st.sampled_from(["document", "set"]))
@settings(
    max_examples=examples(15),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_import_and_export_round_trip(make_project, tmp_path, corpus, layout):
    data = b"".join(document_line(*one) for one in corpus)
    exported = []
    for _ in range(2):
        project = make_project(f"p{next(NUMBERS)}")
        job = start_import(
            project,
            files=[IncomingFile("x.jsonl", [data])],
            started_by=None,
            now=timezone.now(),
            own_process=True,
        )
        assert run_here(job).state == JobState.DONE
        out = tmp_path / f"{project.slug}.jsonl"
        call_command("export_dataset", project.slug, "--out", str(out), "--view", "all", "--layout", layout)
        data = out.read_bytes()
        exported.append(data)

    assert exported[0] == exported[1]
    expected = {(head["id"], name): comparable(work) for head, sets in corpus for name, work in sets.items()}
    got = {}
    for line in map(json.loads, exported[0].splitlines()):
        sets = line["annotators"] if layout == "document" else {line["annotator"]: line}
        for name, work in sets.items():
            got[line["id"], name] = comparable(work)
            assert all(span["text"] == [line["text"][a:b] for a, b in span["fragments"]] for span in work["spans"])
    assert got == expected
