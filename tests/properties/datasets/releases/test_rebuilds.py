"""A release is rebuilt with the same bytes after any changes."""

import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from annotator.corpus.documents.models import Document
from annotator.corpus.spans.changes import AddRelation, AddSpan, RemoveSpan, UpdateSpan
from annotator.corpus.spans.lifecycle import reopen, submit
from annotator.corpus.spans.models import AnnotationSet, SetState
from annotator.corpus.spans.selectors import state_of_rows
from annotator.corpus.spans.services import apply_changes
from annotator.corpus.spans.values import ChangeError, RelationValue, SpanValue
from annotator.datasets.releases import services
from annotator.datasets.releases.contents.source import FrozenSource
from annotator.datasets.releases.layouts.registry import layout_of
from annotator.datasets.releases.models import Release
from annotator.datasets.releases.serializers import parse_release
from annotator.datasets.releases.services.building import archive_of
from annotator.platform.jobs.models import JobState
from annotator.platform.jobs.services import run_here
from projects.services import publish_guideline, update_settings
from tests.conftest import NOW
from tests.examples import examples

pytestmark = pytest.mark.django_db

LABELS = ["Claim", "Speaker", "Hedge"]
STEPS = some.lists(
    some.tuples(
        some.sampled_from(["add", "remove", "relabel", "note", "link", "rename", "publish", "import"]),
        some.integers(0, 5),
        some.integers(0, 30),
    ),
    min_size=1,
    max_size=12,
)


@pytest.fixture
def release(project, make_document, make_set, ada, ben, settings, tmp_path):
    """A release of three documents and two annotators, with splits and a further format."""
    settings.RELEASES_DIR = tmp_path
    for number in range(3):
        text = f"{number} Zoe\u0301 said it 🎈 rained in Oslo, maybe, and nobody there denied it.\r\n"
        for user in (ada, ben):
            document = Document.objects.filter(external_id=f"d{number}").first() or make_document(
                text, external_id=f"d{number}"
            )
            annotation_set = make_set(document, user)
            spans = [SpanValue(f"s{at}", LABELS[at % 3], ((at * 9, at * 9 + 5 + user.pk % 2),)) for at in range(4)]
            save(annotation_set, [AddSpan(f"{user.pk}-{one.id}", one) for one in spans])
            submit(annotation_set, now=NOW)
    options = {"name": "1", "formats": ["brat"], "splits": {"shares": {"train": 0.5, "test": 0.5}}}
    made = services.create_release(project, options=parse_release(options), created_by=None, now=NOW, own_process=True)
    assert run_here(services.job_of(made)).state == JobState.DONE
    return Release.objects.select_related("project").get()


def save(annotation_set, changes):
    """Save changes as the annotator of a set."""
    annotation_set.refresh_from_db()
    apply_changes(
        annotation_set,
        changes,
        base_revision=annotation_set.revision,
        sha256=annotation_set.document.sha256,
        author=annotation_set.annotator,
        now=NOW + timedelta(hours=1),
    )


def step(project, lead, number, what, which, where):
    """Make one of the changes that users make."""
    if what == "rename":
        lead.username = f"renamed-{number}"
        lead.save()
        update_settings(project, name=f"Name {where}", description=f"Words {number}")
    elif what == "publish":
        publish_guideline(project, f"# Rules {where}", by=lead, now=NOW)
    elif what == "import":
        Document.objects.create(
            project=project,
            external_id=f"new-{number}",
            text=f"New {number}",
            sha256=f"{number:064}",
            length=5,
            position=9,
            shuffle_key=number,
            created_at=NOW,
        )
    else:
        change_a_set(AnnotationSet.objects.order_by("id")[which], number, what, where)


def change_a_set(annotation_set, number, what, where):
    """Change the spans of a set, after opening it again."""
    if annotation_set.state != SetState.OPEN:
        annotation_set = reopen(annotation_set)
    spans = list(state_of_rows(annotation_set).spans.values())
    span = spans[where % len(spans)] if spans else None
    relations = state_of_rows(annotation_set).relations.values()
    tied = {end for relation in relations for end in (relation.source, relation.target)}
    changes = []
    if what == "add":
        changes = [AddSpan(f"c{number}", SpanValue(f"n{number}", "Claim", ((where, where + 3),)))]
    elif what == "link" and len(spans) > 1:
        changes = [AddRelation(f"c{number}", RelationValue(f"r{number}", "attributed-to", spans[0].id, spans[1].id))]
    elif span and what == "remove" and span.id not in tied:
        changes = [RemoveSpan(f"c{number}", span)]
    elif span and what == "note":
        changes = [UpdateSpan(f"c{number}", span.id, {"note": span.note}, {"note": f"note {number}"})]
    elif span and what == "relabel" and span.id not in tied and not span.attributes:
        changes = [UpdateSpan(f"c{number}", span.id, {"label": span.label}, {"label": LABELS[where % 3]})]
    try:
        save(annotation_set, changes)
    except (ChangeError, services.creation.InvalidInput):
        return


@settings(max_examples=examples(12), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=STEPS)
def test_rebuild_gives_same_bytes_after_any_changes(release, project, lead, steps):
    before = archive_of(release).read_bytes()
    with transaction.atomic(), tempfile.TemporaryDirectory() as folder:
        for number, (what, which, where) in enumerate(steps):
            step(project, lead, number, what, which, where)
        path = Path(folder) / "again.zip"
        with path.open("xb") as file:
            stored = Release.objects.select_related("project").get()
            layout_of(stored).write_archive(FrozenSource(stored), file, on_progress=lambda done, total: None)
        transaction.set_rollback(True)
        assert path.read_bytes() == before
