"""What an archive needs of documents that may change later, and that is therefore stored when it is first built.

The ledger of a release reads names of speakers by the registry and decisions that joined claims; splits read which
documents were annotated without suggestions.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from annotator.corpus.speakers.mentions.resolution import Mention
from annotator.ledger.models import LedgerDecision
from annotator.ledger.reading.sources import registered_names
from annotator.suggestions.models import SuggestionArm, SuggestionOffer
from projects.models import Project

READ_AT_ONCE = 500
Place = tuple[int, int]
"""Start and end in code points."""
Joined = tuple[Place, str, Place]
"""A claim of a document, and the document and place of the claim that states the same proposition."""


@dataclass(frozen=True)
class DocumentFacts:
    """The names of its speakers by the extent of the mention, what was joined to its claims, whether it is blind."""

    names: Mapping[Place, str]
    joined: Sequence[Joined]
    is_blind: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return the facts as stored; what is empty is left out."""
        record: dict[str, Any] = {}
        if self.names:
            record["names"] = [[*place, name] for place, name in sorted(self.names.items())]
        if self.joined:
            record["joined"] = [[*place, document, *other] for place, document, other in self.joined]
        if self.is_blind:
            record["blind"] = True
        return record

    @classmethod
    def of_json(cls, stored: Mapping[str, Any] | None) -> "DocumentFacts":
        """Return stored facts."""
        stored = stored or {}
        names = {(start, end): name for start, end, name in stored.get("names", ())}
        joined = [((a, b), document, (c, d)) for a, b, document, c, d in stored.get("joined", ())]
        return cls(names, joined, stored.get("blind", False))


def current_names(project: Project, mentions: Mapping[int, Sequence[Mention]]) -> dict[int, dict[Place, str]]:
    """Return the names that the registry has now, by the key of the document; mentions without an entry have none."""
    named = registered_names(project, mentions)
    return {
        key: {(row.start, row.end): name for row, name in zip(rows, named[key], strict=True) if name}
        for key, rows in mentions.items()
    }


def current_joins(project: Project) -> dict[str, list[Joined]]:
    """Return the decisions in force that two claims state the same proposition, by each of the two documents."""
    rows = LedgerDecision.objects.filter(project=project, kind=LedgerDecision.Kind.SAME, undone_at=None)
    joined: dict[str, list[Joined]] = {}
    columns = ("first_document__external_id", "first_start", "first_end")
    others = ("second_document__external_id", "second_start", "second_end")
    for first, start, end, second, low, high in rows.order_by("id").values_list(*columns, *others):
        joined.setdefault(first, []).append(((start, end), second, (low, high)))
        joined.setdefault(second, []).append(((low, high), first, (start, end)))
    return {document: sorted(set(own)) for document, own in joined.items()}


def blind_documents(heads: Iterable[Mapping[str, Any]]) -> set[int]:
    """Return the documents with a blind set of which no set was made with suggestions; heads as in `source.HEAD`."""
    document_of = {head["annotation_set_id"]: head["document_id"] for head in heads}
    blind = _documents(document_of, SuggestionArm.objects.filter(is_blind=True).order_by())
    return blind - _documents(document_of, SuggestionOffer.objects.order_by()) if blind else blind


def _documents(document_of: Mapping[int, int], rows: Any) -> set[int]:
    """Return the documents whose sets have one of some rows."""
    keys = list(document_of)
    found: set[int] = set()
    for begin in range(0, len(keys), READ_AT_ONCE):
        some = keys[begin : begin + READ_AT_ONCE]
        found.update(rows.filter(annotation_set__in=some).values_list("annotation_set_id", flat=True))
    return {document_of[key] for key in found}


def has_blind_sets(project: Project) -> bool:
    """Return whether annotation sets of the project were made without suggestions on purpose."""
    return SuggestionArm.objects.filter(annotation_set__document__project=project, is_blind=True).exists()
