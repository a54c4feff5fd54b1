"""Older work read through mappings: what sets of an earlier schema version say in the words of a later one.

While a migration is carried out, and for sets that it could not move, agreement reports, exports and releases read
through its mapping, so that their figures do not depend on how far the job is. A set that has no place in the later
version as a whole is read as it is.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from annotator.formats.records import DocumentValue, RelationRecord, SpanRecord
from projects.models import Project, SchemaMigration
from projects.schema_mapping import SchemaMapping, Unmapped
from projects.selectors import mapping_of, migrations_in_force

Content = tuple[list[SpanRecord], list[RelationRecord], Mapping[str, DocumentValue]]
"""Spans, relations and attributes of the document."""


@dataclass(frozen=True, slots=True)
class VersionReader:
    """Reads sets of earlier versions. All versions are numbers of the project.

    `steps` are the mappings from each version, in order, and the version to which they lead.
    """

    steps: Mapping[int, tuple[tuple[SchemaMapping, ...], int]]

    @classmethod
    def of(cls, project: Project) -> "VersionReader":
        """Return the reader of a project, with the mappings that are in force now."""
        return cls.of_migrations(migrations_in_force(project))

    @classmethod
    def of_migrations(cls, migrations: Iterable[SchemaMigration]) -> "VersionReader":
        """Return a reader with the mappings of these migrations, one after the other where they follow."""
        return cls.of_mappings(
            {migration.source.number: (mapping_of(migration), migration.target.number) for migration in migrations}
        )

    @classmethod
    def of_mappings(cls, mappings: Mapping[int, tuple[SchemaMapping, int]]) -> "VersionReader":
        """Return a reader of mappings by the version they lead from, each with the one it leads to."""
        steps = {}
        for source in mappings:
            chain, version = [], source
            while version in mappings:
                mapping, version = mappings[version]
                chain.append(mapping)
            steps[source] = (tuple(chain), version)
        return cls(steps)

    def __bool__(self) -> bool:
        return bool(self.steps)

    def read(
        self,
        version: int,
        spans: Sequence[SpanRecord],
        relations: Sequence[RelationRecord],
        values: Mapping[str, DocumentValue],
    ) -> tuple[Content, int] | None:
        """Return the content of a set in the later version, and that version; None when it is read as it is."""
        if version not in self.steps:
            return None
        chain, target = self.steps[version]
        content: Content = (list(spans), list(relations), values)
        try:
            for mapping in chain:
                content = _mapped(mapping, *content)
        except Unmapped:
            return None
        return content, target


def _mapped(
    mapping: SchemaMapping,
    spans: Sequence[SpanRecord],
    relations: Sequence[RelationRecord],
    values: Mapping[str, DocumentValue],
) -> Content:
    new_spans: list[SpanRecord] = []
    labels: dict[str, str] = {}
    for span in spans:
        mapped = mapping.map_span(span["label"], span["attributes"], span["note"], len(span["fragments"]))
        labels[span["id"]] = mapped.label
        attributes = dict(sorted(mapped.attributes.items()))
        changed: dict[str, Any] = {"label": mapped.label, "attributes": attributes, "note": mapped.note}
        new_spans.append({**span, **changed})  # type: ignore[typeddict-item]
    arrows: dict[tuple[str, str, str], RelationRecord] = {}
    for relation in relations:
        label = mapping.map_relation(relation["label"])
        mapping.check_ends(label, labels[relation["from"]], labels[relation["to"]])
        arrow = (label, relation["from"], relation["to"])
        arrows.setdefault(arrow, {**relation, "label": label})
    # A mapping without rules for them leaves them as they are, so that releases of earlier versions keep their bytes.
    new_values = mapping.map_document(values) if mapping.document_attributes else values
    return new_spans, list(arrows.values()), new_values
