"""Drawing the arm of an annotation set."""

import secrets
from datetime import datetime
from typing import Any

from annotator.corpus.spans.models import AnnotationSet, SetPurpose
from annotator.suggestions.blind.arms import draw
from annotator.suggestions.models import SuggestionArm, SuggestionSettings


def new_seed() -> str:
    """Return a seed that no one can guess."""
    return secrets.token_hex(16)


def draw_arm(
    annotation_set: AnnotationSet, settings: SuggestionSettings, *, withheld: Any, now: datetime
) -> SuggestionArm | None:
    """Return the arm of a set, drawn now if it was not; None in projects without blind sets.

    `withheld` returns what would be offered: it is kept for blind sets, so that both arms can be compared with it.
    """
    arm = SuggestionArm.objects.filter(annotation_set=annotation_set).first()
    if arm is not None or not settings.blind_share or annotation_set.purpose != SetPurpose.DATA:
        return arm
    if annotation_set.annotator_id is None:
        return None
    is_blind = draw(settings.blind_seed, annotation_set.document_id, annotation_set.annotator_id, settings.blind_share)
    values = {
        "is_blind": is_blind,
        "share": settings.blind_share,
        "withheld": withheld() if is_blind else [],
        "drawn_at": now,
    }
    arm, _made = SuggestionArm.objects.get_or_create(annotation_set=annotation_set, defaults=values)
    return arm
