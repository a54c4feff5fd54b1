"""A set under an old schema version, and migrations to a new one."""

import pytest

from annotator.corpus.relabelling import services
from annotator.corpus.spans import selectors, state
from annotator.corpus.spans import services as spans_services
from annotator.corpus.spans.changes import AddRelation, AddSpan
from annotator.corpus.spans.models import SetKind
from annotator.corpus.spans.values import RelationValue, SpanValue
from annotator.platform.jobs import services as jobs
from projects.selectors import current_guideline
from projects.services import publish_schema

TEXT = "Ada said it rained. Ben denied it, she thinks."
OLD = {
    "labels": [
        {"id": "Claim", "attributes": [{"id": "kind", "choices": [{"id": "fact"}, {"id": "forecast"}]}]},
        {"id": "Speaker"},
        {"id": "Hedge"},
    ],
    "relations": [{"id": "by", "from": ["Claim"], "to": ["Speaker"]}],
    "document_attributes": [{"id": "genre"}],
}
NEW = {
    "labels": [{"id": "Fact"}, {"id": "Forecast"}, {"id": "Source"}, {"id": "Hedge"}],
    "relations": [{"id": "said-by", "from": ["Fact", "Forecast"], "to": ["Source"]}],
}
DEFINITION = {
    "labels": {
        "Claim": {"split": "kind", "values": {"fact": "Fact", "forecast": "Forecast"}},
        "Speaker": {"to": "Source", "by_hand": True},
    },
    "relations": {"by": "said-by"},
}
CLAIM = SpanValue("c", "Claim", ((9, 18),), {"kind": "fact"})
SPEAKER = SpanValue("s", "Speaker", ((0, 3),), note="her")
SAID = RelationValue("r", "by", "c", "s")


@pytest.fixture
def save(now):
    def save_changes(annotation_set, *changes, base=None):
        annotation_set.refresh_from_db()
        return spans_services.apply_changes(
            annotation_set,
            list(changes),
            base_revision=annotation_set.revision if base is None else base,
            sha256=annotation_set.document.sha256,
            author=annotation_set.annotator,
            now=now,
        )

    return save_changes


@pytest.fixture
def versions(project, lead, now):
    return [publish_schema(project, definition, by=lead, now=now) for definition in (OLD, NEW)]


@pytest.fixture
def annotation_set(make_document, ada, versions, save, now):
    """Ada's set under the old version, with a relation and a span without a place in the log."""
    document = make_document(TEXT)
    made = spans_services.create_annotation_set(
        document,
        kind=SetKind.ANNOTATOR,
        annotator=ada,
        name="ada",
        schema_version=versions[0],
        guideline_version=current_guideline(document.project),
        now=now,
    )
    save(made, *(AddSpan(state.new_id(), span) for span in (CLAIM, SPEAKER)), AddRelation(state.new_id(), SAID))
    return made


@pytest.fixture
def migrate(project, versions, lead, now):
    """Return a function that makes a migration or goes on with one, and runs its jobs here."""

    def run(*actions, migration=None, definition=DEFINITION, **fields):
        migration = migration or services.create_migration(
            project, source=versions[0], target=versions[1], definition=definition, by=lead, now=now, **fields
        )
        for action in actions:
            job = services.start_job(migration, action=action, by=lead, now=now, own_process=True)
            done = jobs.run_here(job)
            assert done.state == "done", done.problem
            migration.refresh_from_db()
            migration.last_result = done.result
        return migration

    return run


def content(annotation_set):
    annotation_set.refresh_from_db()
    assert selectors.find_damage(annotation_set) is None
    return selectors.state_of_rows(annotation_set)
