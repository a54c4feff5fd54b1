"""What an archive is built from: the documents and sets of a release, or those that a release would freeze now."""

import sys
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Protocol

from django.db.models import Count, F

from annotator.corpus.documents.models import Document
from annotator.corpus.spans.models import AnnotationSet, Span
from annotator.corpus.spans.selectors import replay
from annotator.corpus.speakers.mentions.resolution import Mention
from annotator.datasets.releases.contents.facts import (
    DocumentFacts,
    Joined,
    blind_documents,
    current_joins,
    current_names,
)
from annotator.datasets.releases.contents.rule_versions import RuleVersions, rule_versions
from annotator.datasets.releases.contents.selection import Selection, origins_by_set
from annotator.datasets.releases.models import FrozenDocument, FrozenSet, Release
from annotator.platform.snapshots import read_snapshot
from projects.models import Project

Head = Mapping[str, Any]
LabelCounts = dict[int, dict[str, int]]
HEAD = (
    *("annotation_set_id", "document_id", "revision", "name", "kind", "state", "schema_version", "guideline_version"),
    *("is_evidence", "origins"),
)
READ_AT_ONCE = 500


class ReleaseSource(Protocol):
    """Documents and heads of sets, with what the release says of itself."""

    @property
    def project(self) -> Project:
        """The project."""

    @property
    def head(self) -> Head:
        """Name, software, layout, origin and options of the release."""

    def documents(self) -> list[tuple[str, int]]:
        """Return id and key of the documents, in code point order of their ids."""

    def heads(self, keys: Sequence[int]) -> list[Head]:
        """Return the sets of documents in the columns of `HEAD`."""

    def digests(self, keys: Sequence[int]) -> dict[int, str]:
        """Return the checksums of the texts of documents."""

    def labels(self) -> LabelCounts:
        """Return how many spans of each label the released sets of each document have."""

    def versions(self) -> RuleVersions:
        """Return the versions of schema and guidelines of the sets."""

    def facts(self, mentions: Mapping[int, Sequence[Mention]]) -> dict[int, DocumentFacts]:
        """Return the facts of documents, given with the mentions of their speakers, by key."""

    def blind(self) -> set[int]:
        """Return the keys of the documents that were annotated without suggestions."""


def later_versions(origin: Mapping[str, Any]) -> set[int]:
    """Return the schema versions in which sets of earlier ones are released, through the mappings of a release."""
    return {row["to_version"] for row in origin.get("read_through_mappings", [])}


class FrozenSource:
    """The documents and sets of a release."""

    def __init__(self, release: Release) -> None:
        self._release = release

    @property
    def project(self) -> Project:
        """The project of the release."""
        return self._release.project

    @property
    def head(self) -> Head:
        """What the release says of itself."""
        release = self._release
        return {"name": release.name, "software": release.software, "layout": release.layout} | {
            "origin": release.origin,
            "options": release.options,
        }

    def documents(self) -> list[tuple[str, int]]:
        """Return id and key of the documents, whatever the database thinks of order."""
        rows = FrozenDocument.objects.filter(release=self._release).order_by()
        return sorted(rows.values_list("document__external_id", "document_id"))

    def heads(self, keys: Sequence[int]) -> list[Head]:
        """Return the frozen sets of documents."""
        return list(FrozenSet.objects.filter(release=self._release, document_id__in=keys).order_by().values(*HEAD))

    def digests(self, keys: Sequence[int]) -> dict[int, str]:
        """Return the frozen checksums of the texts of documents."""
        rows = FrozenDocument.objects.filter(release=self._release, document_id__in=keys).order_by()
        return dict(rows.values_list("document_id", "sha256"))

    def labels(self) -> LabelCounts:
        """Return the numbers of spans at the frozen revisions."""
        sets = FrozenSet.objects.filter(release=self._release, is_evidence=False).order_by()
        labels: LabelCounts = {}
        with read_snapshot():
            same = sets.filter(revision=F("annotation_set__revision"), annotation_set__spans__isnull=False)
            counts = same.values_list("document_id", "annotation_set__spans__label").annotate(count=Count("id"))
            for document, label, count in counts.iterator(chunk_size=5000):
                own = labels.setdefault(document, {})
                own[sys.intern(label)] = own.get(label, 0) + count
            changed = sets.exclude(revision=F("annotation_set__revision"))
            for key, document, revision in list(changed.values_list("annotation_set_id", "document_id", "revision")):
                own = labels.setdefault(document, {})
                for span in replay(AnnotationSet(pk=key), revision=revision).spans.values():
                    own[span.label] = own.get(span.label, 0) + 1
        return labels

    def versions(self) -> RuleVersions:
        """Return the versions, which never change."""
        sets = FrozenSet.objects.filter(release=self._release).order_by()
        later = later_versions(self._release.origin)
        return rule_versions(
            self._release.project,
            schemas=later | set(sets.values_list("schema_version", flat=True)),
            released_schemas=later | set(sets.filter(is_evidence=False).values_list("schema_version", flat=True)),
            released_guidelines=set(sets.filter(is_evidence=False).values_list("guideline_version", flat=True)),
        )

    def facts(self, mentions: Mapping[int, Sequence[Mention]]) -> dict[int, DocumentFacts]:
        """Return the facts that were stored when the release was first built."""
        rows = FrozenDocument.objects.filter(release=self._release, document_id__in=list(mentions)).order_by()
        return {key: DocumentFacts.of_json(stored) for key, stored in rows.values_list("document_id", "facts")}

    def blind(self) -> set[int]:
        """Return the documents that were blind when the release was first built."""
        rows = FrozenDocument.objects.filter(release=self._release, facts__blind=True).order_by()
        return set(rows.values_list("document_id", flat=True))


class DraftSource:
    """The documents and sets that a release would freeze now; nothing is stored."""

    def __init__(self, project: Project, selection: Selection, head: Head) -> None:
        self.project = project
        self.head = head
        self._selection = selection

    @cached_property
    def _heads(self) -> dict[int, list[Head]]:
        origins = origins_by_set(self._selection.released)
        heads: dict[int, list[Head]] = {}
        for selected, is_evidence in ((self._selection.released, False), (self._selection.evidence, True)):
            for row in selected:
                head = {name: row[name] for name in ("document_id", "revision", "name", "kind", "state")}
                head |= {"annotation_set_id": row["id"], "is_evidence": is_evidence, "origins": origins.get(row["id"])}
                head |= {name: row[f"{name}__number"] for name in ("schema_version", "guideline_version")}
                heads.setdefault(row["document_id"], []).append(head)
        return heads

    def documents(self) -> list[tuple[str, int]]:
        """Return id and key of the documents that would be released."""
        keys = list(self._selection.documents)
        pairs: list[tuple[str, int]] = []
        for start in range(0, len(keys), READ_AT_ONCE):
            rows = Document.objects.filter(pk__in=keys[start : start + READ_AT_ONCE]).order_by()
            pairs += rows.values_list("external_id", "id")
        return sorted(pairs)

    def heads(self, keys: Sequence[int]) -> list[Head]:
        """Return the selected sets of documents."""
        return [head for key in keys for head in self._heads.get(key, [])]

    def digests(self, keys: Sequence[int]) -> dict[int, str]:
        """Return the checksums of the texts of documents."""
        return {key: self._selection.documents[key] for key in keys}

    def labels(self) -> LabelCounts:
        """Return the numbers of spans now."""
        keys = [row["id"] for row in self._selection.released]
        labels: LabelCounts = {}
        for start in range(0, len(keys), READ_AT_ONCE):
            spans = Span.objects.filter(annotation_set__in=keys[start : start + READ_AT_ONCE]).order_by()
            counts = spans.values_list("annotation_set__document", "label").annotate(count=Count("id"))
            for document, label, count in counts:
                own = labels.setdefault(document, {})
                own[sys.intern(label)] = own.get(label, 0) + count
        return labels

    def versions(self) -> RuleVersions:
        """Return the versions of the selected sets."""
        rows, evidence = self._selection.released, self._selection.evidence
        released = {row["schema_version__number"] for row in rows} | later_versions(self.head["origin"])
        return rule_versions(
            self.project,
            schemas=released | {row["schema_version__number"] for row in evidence},
            released_schemas=released,
            released_guidelines={row["guideline_version__number"] for row in rows},
        )

    def facts(self, mentions: Mapping[int, Sequence[Mention]]) -> dict[int, DocumentFacts]:
        """Return the facts as they are now."""
        names = current_names(self.project, mentions)
        documents = dict(Document.objects.filter(pk__in=list(mentions)).order_by().values_list("id", "external_id"))
        return {key: DocumentFacts(names[key], self._joins.get(documents[key], ())) for key in mentions}

    @cached_property
    def _joins(self) -> dict[str, list[Joined]]:
        return current_joins(self.project)

    def blind(self) -> set[int]:
        """Return the documents that are blind now."""
        return blind_documents(head for heads in self._heads.values() for head in heads)
