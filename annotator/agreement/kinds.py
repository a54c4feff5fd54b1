"""How the kinds of differences look and what they are called. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from annotator.agreement.alignment import Kind


@dataclass(frozen=True)
class KindShown:
    """A way to differ: its sign, so that colour is not the only one, its words, and what they mean."""

    sign: str
    title: str
    style: str
    meaning: str


KINDS: Mapping[Kind, KindShown] = {
    Kind.MISSED: KindShown("+", "only one marked it", "differs-only", "One marked it, the other has nothing there."),
    Kind.BOUNDARY: KindShown("↔", "other boundaries", "differs-boundary", "The same label, from or to elsewhere."),
    Kind.SEGMENTATION: KindShown(
        "÷", "one against several", "differs-segmentation", "What one marked as one span, the other marked in parts."
    ),
    Kind.LABEL: KindShown("≠", "other label", "differs-label", "The same place, another label."),
    Kind.ATTRIBUTE: KindShown("•", "other attributes", "differs-attributes", "The same span, another value."),
    Kind.RELATION: KindShown(
        "→", "other relation", "differs-relation", "Only one drew it, or both drew it with different names."
    ),
}
