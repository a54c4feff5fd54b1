"""Texts about units and decisions on the pages of adjudication."""

from collections.abc import Mapping, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

DISAGREEMENTS: Mapping[str, Promise] = {
    "missed": gettext_lazy("missed by some"),
    "boundary": gettext_lazy("boundary"),
    "segmentation": gettext_lazy("split or merged"),
    "label": gettext_lazy("label"),
    "attribute": gettext_lazy("attribute"),
    "relation": gettext_lazy("relation"),
    "added": gettext_lazy("added by an adjudicator"),
}
DECISIONS: Mapping[str, Promise] = {
    "edited": gettext_lazy("edited"),
    "merged": gettext_lazy("merged"),
    "split": gettext_lazy("split"),
    "added": gettext_lazy("added"),
    "none": gettext_lazy("none of these"),
    "undecidable": gettext_lazy("undecidable"),
    "later": gettext_lazy("skipped for now"),
    "cleared": gettext_lazy("open again"),
    "agreed": gettext_lazy("accepted automatically under the rule"),
}


def disagreement_text(kinds: Sequence[str]) -> str:
    """Return the types of disagreement of a unit in words."""
    return ", ".join(str(DISAGREEMENTS.get(kind, kind)) for kind in kinds) or _("all agree")


def decision_text(kind: str, source: int | None, names: Sequence[str]) -> str:
    """Return a decision in a few words; `names` of the annotators by position."""
    if kind == "take" and source is not None and source < len(names):
        return _("version of %(name)s chosen") % {"name": names[source]}
    return str(DECISIONS.get(kind, kind))
