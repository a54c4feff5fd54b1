"""The kinds of disagreement as pages show them."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from annotator.measures.alignment import DisagreementKind


@dataclass(frozen=True)
class KindView:
    """A kind of disagreement: its sign, so that colour is not the only one, its title and its meaning."""

    sign: str
    title: Promise
    style: str
    meaning: Promise


KINDS: Mapping[DisagreementKind, KindView] = {
    DisagreementKind.MISSED: KindView(
        "+", _("missed"), "differs-only", _("One annotator marked a span, the other has none there.")
    ),
    DisagreementKind.BOUNDARY: KindView(
        "↔", _("boundary"), "differs-boundary", _("The same label with other boundaries.")
    ),
    DisagreementKind.SEGMENTATION: KindView(
        "÷",
        _("split/merged"),
        "differs-segmentation",
        _("One annotator marked one span, the other several parts of it."),
    ),
    DisagreementKind.LABEL: KindView("≠", _("label"), "differs-label", _("The same location with another label.")),
    DisagreementKind.ATTRIBUTE: KindView(
        "•", _("attribute"), "differs-attributes", _("The same span with another value of an attribute.")
    ),
    DisagreementKind.RELATION: KindView(
        "→",
        _("relation"),
        "differs-relation",
        _("Only one annotator has the relation, or both have it with different labels."),
    ),
}
