"""The versions of schema and guidelines under which the sets of a release were made."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from annotator.datasets.releases.models import FrozenSet, Release
from projects.models import GuidelineVersion, SchemaVersion
from projects.schema import Schema
from projects.selectors import schema_of


@dataclass(frozen=True)
class RuleVersions:
    """Versions by number, those of released sets; `schemas` has those of sets used only for agreement as well."""

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


def rule_versions_of(release: Release) -> RuleVersions:
    """Return the versions, which never change, of the sets of a release."""
    sets = FrozenSet.objects.filter(release=release).order_by()
    released = sets.filter(is_evidence=False)
    schemas = SchemaVersion.objects.filter(project=release.project_id).order_by("number", "id")
    guidelines = GuidelineVersion.objects.filter(project=release.project_id).order_by("number", "id")
    of_all_sets = schemas.filter(number__in=sets.values("schema_version"))
    return RuleVersions(
        schema_versions={row.number: row for row in schemas.filter(number__in=released.values("schema_version"))},
        guideline_versions={
            row.number: row for row in guidelines.filter(number__in=released.values("guideline_version"))
        },
        schemas={row.number: schema_of(row) for row in of_all_sets},
    )
