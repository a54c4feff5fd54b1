"""Everything that the editor needs, as one answer (`docs/developers/api.md`, *The editor's payload*)."""

import orjson

from annotator.corpus.documents.models import Document
from annotator.corpus.documents.segments import segments
from annotator.corpus.spans import selectors
from annotator.corpus.spans.models import AnnotationSet
from annotator.platform.accounts.models import User
from annotator.platform.snapshots import read_snapshot
from annotator.workload.timing.selectors import active_seconds
from projects.schema import AttributeType, Schema
from projects.selectors import schema_of


def editor_payload(annotation_set: AnnotationSet, *, user: User) -> bytes:
    """Return document, tokens, sentences, set, schema and settings as JSON; the set is read at one revision."""
    project = annotation_set.document.project
    is_own = selectors.is_own(annotation_set, user=user)
    schema = schema_of(annotation_set.schema_version)
    answer = {
        "document": _document(annotation_set.document),
        "set": _set(annotation_set, is_own=is_own),
        "schema": annotation_set.schema_version.definition,
        "speakers": known_names(annotation_set, schema, user=user) if is_own else [],
        "project": {
            "slug": project.slug,
            "name": project.name,
            "snap": project.snap_to_tokens,
            "show_optional_labels": project.show_optional_labels,
            "review_on_submit": project.review_on_submit,
        },
    }
    return orjson.dumps(answer)


def _document(document: Document) -> dict[str, object]:
    text = document.text
    return {
        "id": document.pk,
        "title": document.title or document.external_id,
        "sha256": document.sha256,
        "text": text,
        **segments(text),
    }


def _set(annotation_set: AnnotationSet, *, is_own: bool) -> dict[str, object]:
    with read_snapshot():
        annotation_set.refresh_from_db(fields=["revision", "state"])
        spans, relations = selectors.spans_of(annotation_set), selectors.relations_of(annotation_set)
        restored = selectors.restored_changes(annotation_set) if is_own else []
    return {
        "id": annotation_set.pk,
        "name": annotation_set.name,
        "state": annotation_set.state,
        "revision": annotation_set.revision,
        "schema_version": annotation_set.schema_version.number,
        "guideline_version": annotation_set.guideline_version.number,
        "editable": is_own and annotation_set.is_open,
        "waived_hints": annotation_set.waived_hints if is_own else [],
        "active_seconds": active_seconds(annotation_set) if is_own else None,
        "spans": spans,
        "relations": relations,
        "restored": restored,
    }


def known_names(annotation_set: AnnotationSet, schema: Schema, *, user: User) -> list[str]:
    """Return the names that the annotator has used in registry attributes, sorted.

    Names used by others are left out, since they would show their annotations.
    """
    names: set[str] = set()
    labels_by_attribute: dict[str, list[str]] = {}
    for label in schema.labels.values():
        for attribute in label.attributes.values():
            if attribute.type is AttributeType.REGISTRY:
                labels_by_attribute.setdefault(attribute.id, []).append(label.id)
    for attribute_id, labels in labels_by_attribute.items():
        names |= selectors.own_values(annotation_set.document.project, user, attribute=attribute_id, labels=labels)
    return sorted(names)
