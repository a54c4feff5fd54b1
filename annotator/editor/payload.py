"""Everything that the editor needs, as one answer (`docs/developers/api.md`, *The editor's payload*)."""

import json
from dataclasses import asdict, dataclass

import orjson

from annotator.corpus.documents.models import Document
from annotator.corpus.documents.segments import segments
from annotator.corpus.spans import selectors
from annotator.corpus.spans.models import AnnotationSet, SetState
from annotator.corpus.speakers.selectors import names_in_text
from annotator.platform.accounts.models import User
from annotator.platform.snapshots import read_snapshot
from annotator.suggestions.selectors import has_suggestions
from annotator.workload.assignments.selectors import upcoming_document, versions_for
from annotator.workload.timing.selectors import active_seconds
from projects.models import SchemaVersion
from projects.schema import AttributeType, Schema
from projects.selectors import schema_of


@dataclass(frozen=True, slots=True)
class MetaField:
    """A meta field of a document as the page shows it."""

    name: str
    text: str
    is_link: bool


def editor_payload(annotation_set: AnnotationSet, *, user: User) -> bytes:
    """Return document, tokens, sentences, set, schema and settings as JSON; the set is read at one revision."""
    is_own = selectors.is_own(annotation_set, user=user)
    values = _set(annotation_set, is_own=is_own)
    return _payload(annotation_set.document, values, annotation_set.schema_version, user=user, is_own=is_own)


def upcoming_payload(annotation_set: AnnotationSet, *, user: User) -> bytes | None:
    """Return the payload of the document that would be assigned after a set, without assigning it.

    Its set has no id yet and is empty. None when no document can be assigned, or another one is open.
    """
    document = upcoming_document(annotation_set, user)
    if document is None:
        return None
    schema_version, guideline_version = versions_for(document)
    values: dict[str, object] = {
        "id": None,
        "name": user.get_username(),
        "state": SetState.OPEN,
        "revision": 0,
        "schema_version": schema_version.number,
        "guideline_version": guideline_version.number,
        "editable": True,
        "waived_hints": [],
        "active_seconds": 0,
        "spans": [],
        "relations": [],
        "document_attributes": {},
        "restored": [],
    }
    return _payload(document, values, schema_version, user=user, is_own=True)


def _payload(
    document: Document, values: dict[str, object], version: SchemaVersion, *, user: User, is_own: bool
) -> bytes:
    project = document.project
    answer = {
        "document": _document(document),
        "set": values,
        "schema": version.definition,
        "speakers": known_names(document, schema_of(version), user=user) if is_own else [],
        "project": {
            "slug": project.slug,
            "name": project.name,
            "snap": project.snap_to_tokens,
            "show_optional_labels": project.show_optional_labels,
            "review_on_submit": project.review_on_submit,
        },
        "suggests": is_own and values["editable"] is True and has_suggestions(document, schema_of(version)),
    }
    return orjson.dumps(answer)


def shown_meta(document: Document) -> list[MetaField]:
    """Return the meta fields that the lead has chosen to show, as far as the document has them."""
    fields = []
    for name in document.project.shown_meta:
        value = document.meta.get(name)
        if value not in (None, "", [], {}):
            text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            fields.append(MetaField(name, text, is_link=text.startswith(("https://", "http://"))))
    return fields


def _document(document: Document) -> dict[str, object]:
    text = document.text
    return {
        "id": document.pk,
        "title": document.title or document.external_id,
        "sha256": document.sha256,
        "meta": [asdict(field) for field in shown_meta(document)],
        "text": text,
        **segments(text),
    }


def _set(annotation_set: AnnotationSet, *, is_own: bool) -> dict[str, object]:
    with read_snapshot():
        annotation_set.refresh_from_db(fields=["revision", "state", "submits_at"])
        spans, relations = selectors.spans_of(annotation_set), selectors.relations_of(annotation_set)
        values = selectors.document_attributes_of(annotation_set)
        restored = selectors.restored_changes(annotation_set) if is_own else []
    return {
        "id": annotation_set.pk,
        "name": annotation_set.name,
        "state": annotation_set.shown_state,
        "revision": annotation_set.revision,
        "schema_version": annotation_set.schema_version.number,
        "guideline_version": annotation_set.guideline_version.number,
        "editable": is_own and annotation_set.is_open,
        "waived_hints": annotation_set.waived_hints if is_own else [],
        "active_seconds": active_seconds(annotation_set) if is_own else None,
        "spans": spans,
        "relations": relations,
        "document_attributes": values,
        "restored": restored,
    }


def known_names(document: Document, schema: Schema, *, user: User) -> list[str]:
    """Return the names offered for registry attributes, sorted.

    These are the entries of the speaker registry that the text mentions, and what the annotator has used. Names used by
    others are left out, since they would show their annotations.
    """
    names: set[str] = set()
    labels_by_attribute: dict[str, list[str]] = {}
    for label in schema.labels.values():
        for attribute in label.attributes.values():
            if attribute.type is AttributeType.REGISTRY:
                labels_by_attribute.setdefault(attribute.id, []).append(label.id)
    for attribute_id, labels in labels_by_attribute.items():
        names |= selectors.own_values(document.project, user, attribute=attribute_id, labels=labels)
    if labels_by_attribute:
        names |= set(names_in_text(document.project, document.text))
    return sorted(names)
