"""Storing units."""

from collections.abc import Sequence
from uuid import uuid4

from annotator.adjudication.drafts import RelationDraft, UnitDraft
from annotator.adjudication.models import Adjudication, Unit, UnitKind
from annotator.adjudication.services.writing import AT_ONCE, stored


def store_units(
    head: Adjudication, drafts: Sequence[UnitDraft], relations: Sequence[RelationDraft]
) -> tuple[list[Unit], list[Unit]]:
    """Store units of spans, then those of the relations between them."""
    units = Unit.objects.bulk_create([new_unit(head, draft) for draft in drafts], batch_size=AT_ONCE)
    arrows = [new_relation_unit(head, draft, units[draft.source], units[draft.target]) for draft in relations]
    return units, Unit.objects.bulk_create(arrows, batch_size=AT_ONCE)


def new_unit(head: Adjudication, draft: UnitDraft) -> Unit:
    """Return a unit of spans, not stored yet."""
    return Unit(
        adjudication=head,
        kind=UnitKind.SPAN,
        uid=str(uuid4()),
        start=draft.start,
        end=draft.end,
        kinds=list(draft.kinds),
        versions=[stored(version) for version in draft.versions],
    )


def new_relation_unit(head: Adjudication, draft: RelationDraft, source: Unit, target: Unit) -> Unit:
    """Return a unit of relations between two stored units; it stands where the later one does."""
    return Unit(
        adjudication=head,
        kind=UnitKind.RELATION,
        uid=str(uuid4()),
        start=max(source.start, target.start),
        end=max(source.end, target.end),
        kinds=["relation"],
        versions=[[each.wire() for each in version] for version in draft.versions],
        from_unit=source,
        to_unit=target,
    )
