"""The versions of schema and guidelines under which the sets of a release were made."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Any

from projects.models import GuidelineVersion, Project, SchemaVersion
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


def rule_versions(
    project: Project, *, schemas: Set[int], released_schemas: Set[int], released_guidelines: Set[int]
) -> RuleVersions:
    """Return the versions with these numbers."""
    guidelines = GuidelineVersion.objects.filter(project=project, number__in=released_guidelines)
    rows = list(SchemaVersion.objects.filter(project=project, number__in=schemas).order_by("number", "id"))
    return RuleVersions(
        schema_versions={row.number: row for row in rows if row.number in released_schemas},
        guideline_versions={row.number: row for row in guidelines.order_by("number", "id")},
        schemas={row.number: schema_of(row) for row in rows},
    )
