"""What would go into a release now, and what stays at home."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from annotator.adjudication.selectors import origins_of
from annotator.corpus.spans import lifecycle
from annotator.corpus.spans.lifecycle import INDEPENDENT_KINDS
from annotator.corpus.spans.models import AnnotationSet, SetKind, Span
from annotator.datasets.exports.options import ExportOptions, Sets
from annotator.datasets.exports.output.records import sets_to_export
from projects.models import Project

HEAD = (
    *("id", "document_id", "document__sha256", "revision", "name", "kind", "state"),
    *("schema_version__number", "guideline_version__number"),
)
COUNTED_AT_ONCE = 500


@dataclass(frozen=True)
class Selection:
    """Heads of the sets that leave, and of those that agreement is measured on only; both in order of their keys.

    `left_out` counts documents without a set that leaves, and sets with work in them that are still open.
    """

    entry: Sequence[Mapping[str, Any]]
    evidence: Sequence[Mapping[str, Any]]
    left_out: Mapping[str, int]

    @property
    def documents(self) -> dict[int, str]:
        """Checksum of the text by key of the document."""
        return {head["document_id"]: head["document__sha256"] for head in self.entry}


def select(project: Project, options: ExportOptions) -> Selection:
    """Choose the sets that leave now under these options.

    All come from one query, so that what is chosen stood like that at one moment.
    """
    heads = list(sets_to_export(project, sets=Sets.ALL).order_by("id").values(*HEAD))
    entry = [head for head in heads if _leaves(head["kind"], options.sets)]
    documents = {head["document_id"] for head in entry}
    chosen = {head["id"] for head in entry}
    evidence = [
        head
        for head in heads
        if head["id"] not in chosen and head["kind"] in INDEPENDENT_KINDS and head["document_id"] in documents
    ]
    return Selection(entry, evidence, _left_out(project, len(documents)))


def _leaves(kind: str, sets: Sets) -> bool:
    if sets == Sets.EACH:
        return kind in INDEPENDENT_KINDS
    return sets == Sets.ALL or kind == SetKind.ADJUDICATED


def origins_by_set(heads: Sequence[Mapping[str, Any]]) -> dict[int, dict[str, Any]]:
    """Return where the spans of the adjudicated sets among these came from, by set and id of the span."""
    settled = [head["id"] for head in heads if head["kind"] == SetKind.ADJUDICATED]
    found: dict[int, dict[str, Any]] = {}
    for start in range(0, len(settled), COUNTED_AT_ONCE):
        for (key, span), origin in origins_of(settled[start : start + COUNTED_AT_ONCE]).items():
            told = {"k": origin["support"], "n": origin["of"], "sources": sorted(origin["sources"])}
            found.setdefault(key, {})[span] = told
    return found


def preview(project: Project, options: ExportOptions) -> dict[str, Any]:
    """Return what a release would hold now: documents, sets by name, spans by label, and what stays at home."""
    entry = sets_to_export(project, sets=options.sets).order_by()
    documents = entry.values("document").distinct().count()
    names = dict(entry.values_list("name").annotate(count=Count("id")))
    spans = Span.objects.filter(annotation_set__in=entry.values("id")).order_by()
    labels = dict(spans.values_list("label").annotate(count=Count("id")))
    return {
        "documents": documents,
        "annotation_sets": {"all": sum(names.values()), "by_name": dict(sorted(names.items()))},
        "spans": {"all": sum(labels.values()), "by_label": dict(sorted(labels.items()))},
        "left_out": _left_out(project, documents),
    }


def _left_out(project: Project, documents: int) -> dict[str, int]:
    opened = AnnotationSet.objects.filter(lifecycle.unfinished_sets(), document__project=project)
    return {"documents": project.documents.count() - documents, "open_sets": opened.count()}
