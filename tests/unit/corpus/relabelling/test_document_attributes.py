"""Attributes of the document in migrations: dropped, renamed, merged, restored."""

import pytest

from annotator.corpus.relabelling import services
from annotator.corpus.relabelling.reading import VersionReader
from annotator.corpus.spans import state
from annotator.corpus.spans.changes import UpdateDocument
from projects.services import publish_schema
from tests.unit.corpus.relabelling.conftest import DEFINITION, NEW, OLD, content

pytestmark = [pytest.mark.django_db, pytest.mark.stores]


def test_used_attribute_of_the_document_is_not_dropped(annotation_set, migrate, save):
    assert migrate("preview").preview["refused"]["count"] == 0
    save(annotation_set, UpdateDocument(state.new_id(), {"genre": None}, {"genre": "news"}))

    for rule in ({}, {"genre": {"drop": True}}):
        reason = migrate("preview", definition={**DEFINITION, "document_attributes": rule}).preview["refused"][
            "reasons"
        ][0]
        assert "the document" in reason["detail"].lower()
        assert reason["examples"] == [{"document": annotation_set.document.external_id, "annotator": "ada"}]


QUESTIONS = [
    {"id": "genre"},
    {"id": "tone", "choices": [{"id": "neg"}, {"id": "pos"}]},
    {"id": "mood", "choices": [{"id": "pos"}]},
    {"id": "score", "type": "number"},
]
NEW_QUESTIONS = [
    {"id": "kind"},
    {"id": "feeling", "type": "multiple", "choices": [{"id": "negative"}, {"id": "pos"}]},
    {"id": "score"},
]
ANSWER_RULES = {"genre": "kind", "tone": {"to": "feeling", "values": {"neg": "negative"}}, "mood": "feeling"}


def test_attributes_of_the_document_are_renamed_merged_and_restored(
    project, annotation_set, migrate, save, make_document, lead, now
):
    """Also those that an editor which was opened before sends, and in exports while a document is adjudicated."""
    source = publish_schema(project, {**OLD, "document_attributes": QUESTIONS}, by=lead, now=now)
    target = publish_schema(project, {**NEW, "document_attributes": NEW_QUESTIONS}, by=lead, now=now)
    type(annotation_set).objects.filter(pk=annotation_set.pk).update(schema_version=source)
    annotation_set.refresh_from_db()
    given = {"genre": "news", "tone": "neg", "mood": "pos", "score": 2}
    save(annotation_set, UpdateDocument(state.new_id(), dict.fromkeys(given), given))
    definition = {**DEFINITION, "document_attributes": ANSWER_RULES}
    migration = services.create_migration(
        project, source=source, target=target, definition=definition, by=lead, now=now
    )
    expected = {"feeling": ["negative", "pos"], "kind": "news", "score": "2"}

    migrate("preview", migration=migration)
    (kind,) = migration.preview["document_attributes"]
    assert (kind["count"], kind["from"], kind["to"]) == (
        1, "genre: news, mood: pos, score: 2, tone: neg", "feeling: negative, pos, kind: news, score: 2",
    )  # fmt: skip
    assert content(annotation_set).document_attributes == given
    read, _version = VersionReader.of_migrations([migration]).read(source.number, [], [], given)
    assert read[2] == expected

    migrate("run", migration=migration)
    assert content(annotation_set).document_attributes == expected
    earlier = UpdateDocument(state.new_id(), {"genre": "news", "tone": "neg"}, {"genre": None, "tone": "pos"})
    save(annotation_set, earlier)
    assert content(annotation_set).document_attributes == {"feeling": ["pos"], "score": "2"}
    save(
        annotation_set,
        UpdateDocument(state.new_id(), {"kind": None, "feeling": ["pos"]}, dict(list(expected.items())[:2])),
    )

    migrate("undo", migration=migration)
    assert content(annotation_set).document_attributes == given


def test_attributes_of_the_document_in_unchanged_sets_are_restored_together(annotation_set, migrate, save, versions):
    """A set that was not changed since is undone with many others at once."""
    target = versions[1]
    target.definition = target.definition | {"document_attributes": [{"id": "kind"}]}
    target.save(update_fields=["definition"])
    save(annotation_set, UpdateDocument(state.new_id(), {"genre": None}, {"genre": "news"}))
    before = content(annotation_set)

    migration = migrate("preview", "run", definition={**DEFINITION, "document_attributes": {"genre": "kind"}})
    assert content(annotation_set).document_attributes == {"kind": "news"}
    assert [(kind["from"], kind["to"]) for kind in migration.preview["document_attributes"]] == [("genre", "kind")]

    migrate("undo", migration=migration)
    assert content(annotation_set) == before
