"""Attributes of the document in an adjudication: a unit for each on which annotators differ.

The adjudicated set holds what was decided, and its log who decided it and when. An attribute that was decided without a
value has an entry in the log that changes nothing: *none of these* is a decision too. The id of an entry tells whether
it is a decision of an adjudicator, or undoes one.
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from annotator.adjudication import selectors
from annotator.adjudication.models import Adjudication
from annotator.corpus.spans.models import AnnotationSet, Change
from annotator.corpus.spans.selectors import document_attributes_of
from annotator.formats.records import DocumentValue
from annotator.platform.accounts.models import User
from projects.schema import Attribute, describe_value
from projects.selectors import schema_of

DECISION = "decision-"
"""How the ids of entries begin that an adjudicator decided; those of earlier versions have none."""
UNDO = "undo-"
"""How the ids of entries begin that undo a decision; its revision follows."""
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class Version:
    """One value, in words, with the names of the annotators who gave it; None for those without a value."""

    value: DocumentValue | None
    words: str
    names: list[str]
    is_chosen: bool
    key: str
    """The digit that chooses it while its attribute is the first open one."""


@dataclass(frozen=True)
class DocumentUnit:
    """An attribute of the document, with what each annotator said, and whether it is decided."""

    attribute: Attribute
    versions: list[Version]
    is_decided: bool
    value: DocumentValue | None
    """What was decided."""

    @property
    def is_contested(self) -> bool:
        """Whether annotators differ."""
        return len(self.versions) > 1

    @property
    def is_open(self) -> bool:
        """Whether the attribute needs a decision."""
        return self.is_contested and not self.is_decided

    @property
    def key_of_none(self) -> str:
        """The digit that chooses none of the versions."""
        return _key(sum(version.value is not None for version in self.versions))


def document_units(head: Adjudication) -> list[DocumentUnit]:
    """Return the attributes of the document on which annotators said something, in the order of the schema."""
    adjudicated = head.annotation_set
    attributes = schema_of(adjudicated.schema_version).document_attributes
    if not attributes:
        return []
    sources = selectors.sources_of(head)
    given = [(_name(head, index, source.annotation_set), source.annotation_set) for index, source in enumerate(sources)]
    chosen, decided = document_attributes_of(adjudicated), _decided(adjudicated)
    units = []
    for name, attribute in attributes.items():
        values: list[tuple[DocumentValue | None, list[str]]] = []
        for who, annotation_set in given:
            value = annotation_set.document_attributes.get(name)
            same = next((names for other, names in values if other == value), None)
            if same is None:
                values.append((value, [who]))
            else:
                same.append(who)
        if any(value is not None for value, _names in values):
            is_decided = name in chosen or name in decided
            present = [value for value, _names in values if value is not None]
            versions = [
                Version(
                    value,
                    _("no value") if value is None else describe_value(attribute, value),
                    names,
                    is_chosen=is_decided and chosen.get(name) == value,
                    key="" if value is None else _key(present.index(value)),
                )
                for value, names in values
            ]
            units.append(DocumentUnit(attribute, versions, is_decided, chosen.get(name) if is_decided else None))
    return units


def _key(place: int) -> str:
    return str(place + 1) if place < 9 else ""


def open_document_units(head: Adjudication) -> list[DocumentUnit]:
    """Return the contested attributes of the document that are not decided."""
    return [unit for unit in document_units(head) if unit.is_open]


def accepted_values(head: Adjudication, present: dict[str, DocumentValue]) -> dict[str, DocumentValue]:
    """Return the attributes that the adjudicated set should have: what it has, and what all annotators say alike."""
    units = [unit for unit in document_units(head) if not unit.is_contested and not unit.is_decided]
    return present | {unit.attribute.id: unit.versions[0].value for unit in units if unit.versions[0].value is not None}


def last_decision(head: Adjudication, user: User) -> Change | None:
    """Return the user's last decision about an attribute of the document that was not undone; None without one."""
    made = [entry for entry in _standing(head.annotation_set) if entry.change_id.startswith(DECISION)]
    return next((entry for entry in reversed(made) if entry.author_id == user.pk), None)


def _decided(adjudicated: AnnotationSet) -> set[str]:
    return {name for entry in _standing(adjudicated) for name in entry.payload["after"]["attributes"]}


def _standing(adjudicated: AnnotationSet) -> list[Change]:
    """Return the entries about the document, in order, without those that were undone and those that undo."""
    rows = Change.objects.filter(annotation_set=adjudicated, kind="update_span", payload__span_id="")
    entries = list(rows.order_by("revision"))
    undoing = [entry.change_id.split("-")[1] for entry in entries if entry.change_id.startswith(UNDO)]
    undone = set(map(int, undoing))
    return [entry for entry in entries if entry.revision not in undone and not entry.change_id.startswith(UNDO)]


def _name(head: Adjudication, index: int, annotation_set: AnnotationSet) -> str:
    return LETTERS[index % len(LETTERS)] if head.blind else annotation_set.name
