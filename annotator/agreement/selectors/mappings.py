"""The mappings between schema versions through which a report reads older sets."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Q

from annotator.agreement.models import AgreementReport, ReportedSet
from annotator.corpus.relabelling.models import MigratedSet
from annotator.corpus.spans.models import AnnotationSet
from projects.models import Project, SchemaMigration
from projects.schema_mapping import SchemaMapping
from projects.selectors import mapping_of, migrations_in_force


@dataclass(frozen=True)
class ReportMappings:
    """The mappings that were in force when a report was started, by the key of the version they lead from."""

    migrations: Mapping[int, SchemaMigration] = field(default_factory=dict)

    @classmethod
    def of(cls, report: AgreementReport) -> "ReportMappings":
        """Return the mappings of a report; they stay the same when a migration is undone later."""
        at = report.created_at
        in_force = Q(started_at__lte=at) & (Q(undone_at=None) | Q(undone_at__gt=at))
        rows = SchemaMigration.objects.filter(in_force, project=report.project_id).exclude(
            state=SchemaMigration.State.DRAFT
        )
        return cls({row.source_id: row for row in rows.select_related("source", "target").order_by("id")})

    @classmethod
    def in_force(cls, project: Project) -> "ReportMappings":
        """Return the mappings of a project as they are now."""
        return cls({row.source_id: row for row in migrations_in_force(project)})

    def path(self, version: int) -> list[SchemaMigration]:
        """Return the migrations that lead from a version, in order."""
        steps = []
        while version in self.migrations:
            steps.append(self.migrations[version])
            version = steps[-1].target_id
        return steps

    def mappings(self, migrations: Sequence[int]) -> list[SchemaMapping]:
        """Return the mappings of some of the migrations, by key."""
        by_key = {migration.pk: migration for migration in self.migrations.values()}
        return [mapping_of(by_key[key]) for key in migrations]

    def mappings_at(self, annotation_set: AnnotationSet, revision: int) -> list[SchemaMapping]:
        """Return the mappings through which a set is read at a revision, which may be one before it was moved."""
        version = annotation_set.schema_version_id
        later = MigratedSet.objects.filter(
            annotation_set=annotation_set, migration__in=list(self.migrations.values()), revision_before__gte=revision
        )
        first = later.select_related("migration").order_by("id").first()
        return [mapping_of(step) for step in self.path(first.migration.source_id if first else version)]

    def counts(self, report: AgreementReport) -> dict[tuple[int, int], int]:
        """Return how many sets of a report were read through mappings, by the numbers of the two versions."""
        counts: Counter[tuple[int, int]] = Counter()
        for source, migration in self.migrations.items():
            moved_later = MigratedSet.objects.filter(
                migration=migration,
                annotation_set=OuterRef("annotation_set"),
                revision_before__gte=OuterRef("revision"),
            )
            rows = ReportedSet.objects.filter(report=report)
            count = rows.filter(Q(annotation_set__schema_version=source) | Exists(moved_later)).count()
            if count:
                counts[migration.source.number, self.path(source)[-1].target.number] += count
        return dict(counts)
