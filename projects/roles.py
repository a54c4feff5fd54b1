"""Roles in a project and what each may do: the table of `docs/developers/contracts.md`, section 1. Pure."""

from enum import StrEnum


class Role(StrEnum):
    """What somebody is in a project."""

    LEAD = "lead"
    ADJUDICATOR = "adjudicator"
    ANNOTATOR = "annotator"
    VIEWER = "viewer"


class Capability(StrEnum):
    """What a page or an endpoint asks for."""

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
    """Whether somebody in `role` may do what `capability` names."""
    return capability in _CAPABILITIES[role]


def roles_that_can(capability: Capability) -> list[Role]:
    """The roles that include a capability, for queries over memberships."""
    return [role for role in Role if can(role, capability)]
