"""Storing, deleting and dismissing suggestions."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from annotator.corpus.documents.models import Document
from annotator.corpus.spans.changes import read_change
from annotator.corpus.spans.models import AnnotationSet
from annotator.corpus.spans.state import Rules, State, apply
from annotator.corpus.spans.values import ChangeError
from annotator.corpus.suggestions.models import Dismissal, SuggestionRun
from annotator.corpus.suggestions.packing import pack, pack_records
from annotator.platform.accounts.models import User
from annotator.problems import Conflict, InvalidInput
from projects.models import SchemaVersion
from projects.selectors import current_schema, schema_of


class RunExists(Conflict):
    """There are suggestions of this source and version already."""

    code = "suggestion_run_exists"
    title = "Suggestions of this source and version are stored already"


def store_run(document: Document, given: Mapping[str, Any], *, by: User | None, now: datetime) -> SuggestionRun:
    """Store what a source suggests for a document.

    `given` has source, version, spans (which may have a score each) and relations. Raises `InvalidInput` when they do
    not follow the schema, and `RunExists` when that version of the source has suggestions for the document already.
    """
    version = current_schema(document.project)
    spans = [{name: value for name, value in span.items() if name != "score"} for span in given["spans"]]
    scores = {str(span.get("id")): span["score"] for span in given["spans"] if span.get("score") is not None}
    change = {"id": "load", "kind": "load", "spans": spans, "relations": given["relations"]}
    state = State()
    try:
        apply(state, read_change(change), Rules(document.length, schema_of(version)))
    except ChangeError as error:
        errors = [{"pointer": error.pointer, "detail": error.detail}]
        raise InvalidInput(f"The suggestions were not stored: {error.detail}", errors=errors) from error  # type: ignore[arg-type]
    with transaction.atomic():
        Document.objects.select_for_update(no_key=True).get(pk=document.pk)
        runs = SuggestionRun.objects.filter(document=document, source=given["source"], version=given["version"])
        if runs.exists():
            raise RunExists(f"“{given['source']} {given['version']}” has suggestions here already. Delete them first.")
        return SuggestionRun.objects.create(
            document=document,
            source=given["source"],
            version=given["version"],
            score=given.get("score"),
            size=len(state.spans),
            packed=pack([span.wire() for span in state.spans.values()], given["relations"], scores),
            parameters=given.get("parameters") or {},
            schema_version=version,
            created_by=by,
            created_at=now,
        )


def replace_runs(
    made: Sequence[tuple[Document, Mapping[str, Any]]],
    *,
    source: str,
    version: str,
    schema_version: SchemaVersion,
    now: datetime,
    parameters: Mapping[str, Any] | None = None,
) -> None:
    """Store what a built-in source suggests for some documents, in place of what its versions suggested before.

    `parameters` say how it was asked. Its spans follow the schema by construction; what the schema allows is checked
    again when a suggestion is offered and when it is accepted.
    """
    with transaction.atomic():
        ids = [document.pk for document, _content in made]
        SuggestionRun.objects.filter(document__in=ids, source=source).delete()
        SuggestionRun.objects.bulk_create(
            SuggestionRun(
                document=document,
                source=source,
                version=version,
                score=None,
                size=len(content["spans"]),
                packed=pack_records(content["spans"], content["relations"]),
                parameters=parameters or {},
                schema_version=schema_version,
                created_at=now,
            )
            for document, content in made
        )


def dismiss(annotation_set: AnnotationSet, dismissals: Sequence[Mapping[str, str]], *, now: datetime) -> int:
    """Add to the log of dismissals; those sent before are skipped. Return how many were new."""
    with transaction.atomic():
        AnnotationSet.objects.select_for_update(no_key=True).get(pk=annotation_set.pk)
        sent = [dismissal["id"] for dismissal in dismissals]
        known = set(
            Dismissal.objects.filter(annotation_set=annotation_set, change_id__in=sent)
            .order_by()
            .values_list("change_id", flat=True)
        )
        new = {dismissal["id"]: dismissal for dismissal in dismissals if dismissal["id"] not in known}
        Dismissal.objects.bulk_create(
            Dismissal(
                annotation_set=annotation_set,
                change_id=key,
                source=dismissal["source"],
                version=dismissal["version"],
                suggestion=dismissal["suggestion"],
                kind=dismissal["kind"],
                created_at=now,
            )
            for key, dismissal in new.items()
        )
    return len(new)
