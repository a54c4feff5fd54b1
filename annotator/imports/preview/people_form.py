"""The fields of a preview for people: which member each name of an annotator in the files is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from annotator.corpus.identities import linkable_members, outside_names, suggested_member
from annotator.corpus.spans.services import ADJUDICATED_NAME
from annotator.imports.mapping.name_choices import TARGET, RawMapping
from projects.models import Project

PEOPLE = "people"
OTHER = "other"
MOST_PEOPLE = 100


@dataclass(frozen=True, slots=True)
class PeopleChoices:
    """The names of annotators in the files, and to which member each of them is linked without a choice."""

    automatic: Mapping[str, str]
    members: Sequence[str]

    @classmethod
    def of(cls, project: Project, names: Iterable[str]) -> "PeopleChoices":
        """Return the choices for the names of a preview, in order; those of adjudicated sets are no people."""
        members = linkable_members(project)
        decided = {row.name: row for row in outside_names(project) if not row.suggestion}
        automatic = {
            name: decided[name].member if name in decided else suggested_member(name, members)
            for name in sorted(set(names) - {ADJUDICATED_NAME})[:MOST_PEOPLE]
        }
        return cls(automatic, list(members))


def people_fields(people: PeopleChoices, mapping: RawMapping) -> dict[str, forms.ChoiceField]:
    """Return a field for each name."""
    chosen = mapping.get(PEOPLE) or {}
    fields = {}
    for number, (name, member) in enumerate(people.automatic.items()):
        automatic = _("The member %(member)s (automatic)") % {"member": member} if member else _("Not linked")
        choices = [("", automatic), (OTHER, _("Another person")), *((f"{TARGET}{key}", key) for key in people.members)]
        initial = "" if name not in chosen else OTHER if chosen[name] is None else f"{TARGET}{chosen[name]}"
        fields[f"person-{number}"] = forms.ChoiceField(label=name, required=False, choices=choices, initial=initial)
    return fields


def people_choice(people: PeopleChoices, mapping: RawMapping, given: Mapping[str, Any]) -> dict[str, str | None]:
    """Return the member of the mapping for each name that was decided on; None for another person."""
    chosen: dict[str, str | None] = dict(mapping.get(PEOPLE) or {})
    for number, name in enumerate(people.automatic):
        value = str(given.get(f"person-{number}") or "")
        chosen.pop(name, None)
        if value:
            chosen[name] = None if value == OTHER else value.removeprefix(TARGET)
    return chosen
