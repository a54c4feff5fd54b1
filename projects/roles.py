"""Roles of project members and their capabilities, as listed in `docs/developers/contracts.md`. Pure."""

from enum import StrEnum


class Role(StrEnum):
    """The role of a member."""

    LEAD = "lead"
    ADJUDICATOR = "adjudicator"
    ANNOTATOR = "annotator"
    VIEWER = "viewer"


class Capability(StrEnum):
    """A permission that a page or API endpoint requires."""

    VIEW_PROJECT = "view_project"
    ANNOTATE = "annotate"
    SEE_ALL_WORK = "see_all_work"
    EXPORT = "export"
    MEASURE = "measure"
    ADJUDICATE = "adjudicate"
    MANAGE = "manage"


_CAPABILITIES: dict[Role, frozenset[Capability]] = {
    Role.LEAD: frozenset(Capability),
    Role.ADJUDICATOR: frozenset(Capability) - {Capability.MANAGE},
    Role.ANNOTATOR: frozenset({Capability.VIEW_PROJECT, Capability.ANNOTATE}),
    Role.VIEWER: frozenset({Capability.VIEW_PROJECT, Capability.SEE_ALL_WORK, Capability.EXPORT}),
}


def can(role: Role, capability: Capability) -> bool:
    """Return whether a role includes a capability."""
    return capability in _CAPABILITIES[role]


def roles_that_can(capability: Capability) -> list[Role]:
    """Return the roles that include a capability, for queries of memberships."""
    return [role for role in Role if can(role, capability)]
