"""Selecting the annotation sets of a release."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from annotator.adjudication.selectors import origins_of
from annotator.corpus.authors import AUTHOR
from annotator.corpus.spans import lifecycle
from annotator.corpus.spans.lifecycle import INDEPENDENT_KINDS
from annotator.corpus.spans.models import AnnotationSet, SetKind, Span
from annotator.datasets.exports.options import ExportOptions, Sets
from annotator.datasets.exports.output.records import sets_to_export, sorted_by_author
from projects.models import Project

HEAD = (
    *("id", "document_id", "document__sha256", "revision", "name", "kind", "state"),
    *("annotator__username", "member__username"),
    *("schema_version__number", "guideline_version__number"),
)
READ_AT_ONCE = 500


@dataclass(frozen=True)
class Selection:
    """Heads of the sets that are released, and of those that only agreement is measured on, in order of their keys.

    `left_out` counts documents without a released set, and sets with annotations that are not finished.
    """

    released: Sequence[Mapping[str, Any]]
    evidence: Sequence[Mapping[str, Any]]
    left_out: Mapping[str, int]

    @property
    def documents(self) -> dict[int, str]:
        """The checksum of the text by key of the document."""
        return {head["document_id"]: head["document__sha256"] for head in self.released}


def select(project: Project, options: ExportOptions) -> Selection:
    """Return the sets that a release with these options contains now.

    One query reads all of them, so that they are the sets of one moment.
    """
    heads = _by_author(sets_to_export(project, sets=Sets.ALL).order_by("id").values(*HEAD))
    released = [head for head in heads if _is_released(head["kind"], options.sets)]
    documents = {head["document_id"] for head in released}
    keys = {head["id"] for head in released}
    evidence = [
        head
        for head in heads
        if head["id"] not in keys and head["kind"] in INDEPENDENT_KINDS and head["document_id"] in documents
    ]
    return Selection(released, evidence, _left_out(project, len(documents)))


def _by_author(heads: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the heads with the names under which the sets are exported."""
    by_document: dict[int, list[dict[str, Any]]] = {}
    for head in heads:
        by_document.setdefault(head["document_id"], []).append(head)
    names = {key: name for own in by_document.values() for name, key in sorted_by_author(own)}
    return sorted(
        (head | {"name": names[head["id"]]} for own in by_document.values() for head in own),
        key=lambda head: head["id"],
    )


def _is_released(kind: str, sets: Sets) -> bool:
    if sets == Sets.EACH:
        return kind in INDEPENDENT_KINDS
    if sets == Sets.MODELS:
        return kind == SetKind.MODEL
    return sets == Sets.ALL or kind == SetKind.ADJUDICATED


def origins_by_set(heads: Sequence[Mapping[str, Any]]) -> dict[int, dict[str, Any]]:
    """Return the origins of the spans of adjudicated sets, by set and id of the span."""
    adjudicated = [head["id"] for head in heads if head["kind"] == SetKind.ADJUDICATED]
    origins: dict[int, dict[str, Any]] = {}
    for start in range(0, len(adjudicated), READ_AT_ONCE):
        for (key, span), origin in origins_of(adjudicated[start : start + READ_AT_ONCE]).items():
            support = {"k": origin["support"], "n": origin["of"], "sources": sorted(origin["sources"])}
            origins.setdefault(key, {})[span] = support
    return origins


def preview(project: Project, options: ExportOptions) -> dict[str, Any]:
    """Return what a release would contain now: documents, sets by name, spans by label, and what is left out."""
    sets = sets_to_export(project, sets=options.sets).order_by()
    documents = sets.values("document").distinct().count()
    names = dict(sets.annotate(author=AUTHOR).values_list("author").annotate(count=Count("id")))
    spans = Span.objects.filter(annotation_set__in=sets.values("id")).order_by()
    labels = dict(spans.values_list("label").annotate(count=Count("id")))
    return {
        "documents": documents,
        "annotation_sets": {"all": sum(names.values()), "by_name": dict(sorted(names.items()))},
        "spans": {"all": sum(labels.values()), "by_label": dict(sorted(labels.items()))},
        "left_out": _left_out(project, documents),
    }


def _left_out(project: Project, documents: int) -> dict[str, int]:
    unfinished = AnnotationSet.objects.filter(lifecycle.unfinished_sets(), document__project=project)
    return {"documents": project.documents.count() - documents, "open_sets": unfinished.count()}
