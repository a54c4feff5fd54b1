"""Fixtures of releases: finished sets with a change log, and functions that create and rebuild releases."""

import io
import json
import zipfile
from datetime import timedelta

import pytest

from annotator.corpus.spans.changes import AddSpan, RemoveSpan, UpdateSpan
from annotator.corpus.spans.lifecycle import reopen, submit
from annotator.corpus.spans.services import apply_changes
from annotator.corpus.spans.values import SpanValue
from annotator.datasets.releases import services
from annotator.datasets.releases.layouts.registry import CURRENT
from annotator.datasets.releases.serializers import parse_release
from annotator.datasets.releases.services.building import archive_of
from annotator.platform.jobs.models import JobState
from annotator.platform.jobs.services import run_here
from tests.notation import make_spans

TEXTS = (
    "👩‍🚀 [Zoe\u0301](Speaker kind=person)\r\nsaid [قال [شيئا](Hedge) now](Claim kind=fact) 🎈.\n",
    "Ada[Speaker] denies [that it rained](Denial kind=contradiction) in Oslo.\n",
    "Nothing of the kind was said by anybody.\n",
)


@pytest.fixture(autouse=True)
def releases_dir(settings, tmp_path):
    """A separate folder for archives."""
    settings.RELEASES_DIR = tmp_path / "releases"
    return settings.RELEASES_DIR


@pytest.fixture
def save(now):
    """Return a function that saves changes of a set as its annotator, with a log."""

    def save(annotation_set, *changes):
        annotation_set.refresh_from_db()
        apply_changes(
            annotation_set,
            changes,
            base_revision=annotation_set.revision,
            sha256=annotation_set.document.sha256,
            author=annotation_set.annotator,
            now=now,
        )
        annotation_set.refresh_from_db()

    return save


@pytest.fixture
def work(make_document, make_set, save, ada, ben, now):
    """Submitted sets of two annotators over three documents."""
    sets = []
    for number, marked in enumerate(TEXTS):
        text, spans = make_spans(marked)
        document = make_document(text, external_id=f"d{number}", title=f"T{number}", meta={"source": f"paper {number}"})
        for user in (ada, ben):
            annotation_set = make_set(document, user)
            save(annotation_set, *(AddSpan(f"{user.pk}-{one['id']}", value_of(one)) for one in spans))
            sets.append(submit(annotation_set, now=now))
    return sets


def value_of(span):
    """Return a span from the notation of tests."""
    fragments = tuple((start, end) for start, end in span["fragments"])
    return SpanValue(span["id"], span["label"], fragments, span["attributes"])


@pytest.fixture
def go_on(save, now):
    """Return a function that reopens a set, changes it in every way and submits it again."""

    def go_on(annotation_set):
        reopen(annotation_set)
        first = annotation_set.spans.order_by("start", "id")[0]
        before = SpanValue(first.uid, first.label, ((first.start, first.end),), first.attributes, first.note)
        save(annotation_set, UpdateSpan("later-1", first.uid, {"note": ""}, {"note": "thought again"}))
        noted = SpanValue(before.id, before.label, before.fragments, before.attributes, "thought again")
        save(annotation_set, RemoveSpan("later-2", noted))
        save(annotation_set, AddSpan("later-3", SpanValue("new", "Claim", ((0, 3),))))
        submit(annotation_set, now=now + timedelta(days=1))

    return go_on


@pytest.fixture
def released(project, now):
    """Return a function that creates and builds a release."""

    def released(name="1.0", layout=CURRENT, **options):
        parsed = parse_release({"name": name, **options})
        release = services.create_release(
            project, options=parsed, created_by=None, now=now, own_process=True, layout=layout
        )
        ended = run_here(services.job_of(release))
        assert ended.state == JobState.DONE, ended.problem
        release.refresh_from_db()
        return release

    return released


@pytest.fixture
def rebuilt(now):
    """Return a function that rebuilds a release and returns its finished job."""

    def rebuilt(release):
        services.start_build(release, started_by=None, now=now, own_process=True)
        return run_here(services.job_of(release))

    return rebuilt


def members_of(release):
    """Return the files of an archive."""
    with zipfile.ZipFile(io.BytesIO(archive_of(release).read_bytes())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def lines_of(data):
    """Return JSONL as objects."""
    return [json.loads(line) for line in data.splitlines()]
