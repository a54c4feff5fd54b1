"""The versions of schema and guidelines that the sets of a release were made under."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from annotator.datasets.releases.models import FrozenSet, Release
from projects.models import GuidelineVersion, SchemaVersion
from projects.schema import Schema
from projects.selectors import schema_of


@dataclass(frozen=True)
class Rules:
    """Versions by number, those of sets that leave.

    `schemas` has those of the sets that agreement is measured on, too.
    """

    schema_versions: Mapping[int, SchemaVersion]
    guideline_versions: Mapping[int, GuidelineVersion]
    schemas: Mapping[int, Schema]

    @property
    def newest_schema(self) -> Mapping[str, Any]:
        """The definition of the newest version."""
        return schema_of(self.schema_versions[max(self.schema_versions)]).definition

    @property
    def newest_guideline(self) -> str:
        """The text of the newest version."""
        return self.guideline_versions[max(self.guideline_versions)].text


def rules_of(release: Release) -> Rules:
    """Read the versions; they are never changed."""
    sets = FrozenSet.objects.filter(release=release).order_by()
    entry = sets.filter(is_evidence=False)
    schemas = SchemaVersion.objects.filter(project=release.project_id).order_by("number", "id")
    guidelines = GuidelineVersion.objects.filter(project=release.project_id).order_by("number", "id")
    everybody = schemas.filter(number__in=sets.values("schema_version"))
    return Rules(
        schema_versions={row.number: row for row in schemas.filter(number__in=entry.values("schema_version"))},
        guideline_versions={row.number: row for row in guidelines.filter(number__in=entry.values("guideline_version"))},
        schemas={row.number: schema_of(row) for row in everybody},
    )
