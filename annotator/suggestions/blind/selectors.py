"""Reading blind sets, and both arms for the effect report."""

from collections import Counter, defaultdict
from typing import Any

from annotator.corpus.documents.models import Document
from annotator.corpus.spans.lifecycle import finished_sets
from annotator.corpus.spans.models import AnnotationSet, Change, Span
from annotator.suggestions.blind.arms import draw
from annotator.suggestions.blind.effect import ArmSet, effect
from annotator.suggestions.blind.effect import Span as Marked
from annotator.suggestions.models import SuggestionArm, SuggestionOffer, SuggestionSettings
from annotator.workload.timing.models import ActiveTime
from projects.models import Project
from projects.selectors import current_schema, schema_of


def is_blind(annotation_set: AnnotationSet, settings: SuggestionSettings) -> bool:
    """Return whether nothing is suggested in a set: as it was drawn, or else as it will be."""
    drawn = SuggestionArm.objects.filter(annotation_set=annotation_set).values_list("is_blind", flat=True).first()
    if drawn is not None:
        return drawn
    if not settings.blind_share or annotation_set.annotator_id is None:
        return False
    return draw(settings.blind_seed, annotation_set.document_id, annotation_set.annotator_id, settings.blind_share)


def effect_of(project: Project) -> dict[str, Any]:
    """Return the effect of suggestions in the submitted sets of a project whose arm was drawn."""
    arms = SuggestionArm.objects.filter(finished_sets("annotation_set__"), annotation_set__document__project=project)
    rows = list(
        arms.order_by("pk").values_list("annotation_set_id", "annotation_set__document_id", "is_blind", "withheld")
    )
    keys = [row[0] for row in rows]
    spans = _spans(keys)
    offered: dict[int, list[Marked]] = defaultdict(list)
    for key, given in (
        SuggestionOffer.objects.filter(annotation_set__in=keys)
        .order_by("id")
        .values_list("annotation_set_id", "offered")
    ):
        offered[key] += [_marked(*span) for span in given.values()]
    edits = _boundary_edits(keys)
    seconds = dict(ActiveTime.objects.filter(pk__in=keys).order_by("pk").values_list("pk", "seconds"))
    words = {
        key: len(text.split())
        for key, text in Document.objects.filter(pk__in={row[1] for row in rows})
        .order_by("id")
        .values_list("id", "text")
    }
    sets = [
        ArmSet(
            document=document,
            is_blind=blind,
            spans=spans[key],
            suggested=[_marked(*span) for span in withheld] if blind else offered[key],
            boundary_edits=edits[key],
            words=words[document],
            minutes=seconds[key] / 60 if seconds.get(key) else None,
        )
        for key, document, blind, withheld in rows
    ]
    return effect(sets, list(schema_of(current_schema(project)).labels))


def _marked(label: str, fragments: Any) -> Marked:
    return label, tuple((pair[0], pair[1]) for pair in fragments)


def _spans(keys: list[int]) -> dict[int, list[Marked]]:
    found: dict[int, list[Marked]] = defaultdict(list)
    rows = Span.objects.filter(annotation_set__in=keys).order_by("id")
    for key, label, start, end, fragments in rows.values_list(
        "annotation_set_id", "label", "start", "end", "fragments"
    ):
        found[key].append(_marked(label, fragments or [[start, end]]))
    return found


def _boundary_edits(keys: list[int]) -> Counter[int]:
    """Return by set how often a boundary of a span was changed."""
    edits: Counter[int] = Counter()
    changes = Change.objects.filter(annotation_set__in=keys, kind="update_span").order_by("id")
    for key, payload in changes.values_list("annotation_set_id", "payload").iterator():
        edits[key] += "fragments" in payload.get("after", {})
    return edits
