"""The words in which pages and tables name roles, statuses, kinds and views."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from annotator.ledger.models import LedgerStatus
from annotator.ledger.reading.sources import ADJUDICATED, CONSENSUS, ONE_SET
from annotator.ledger.reading.statements import CLAIM, DENIAL, HEDGE, REPORTED, Role
from annotator.ledger.selectors import Said
from projects.schema import Schema

ROLE_NAMES: Mapping[str, Any] = {
    Role.CLAIM: gettext_lazy("claims"),
    Role.DENIAL: gettext_lazy("denies"),
    Role.EVASION: gettext_lazy("evades"),
    Role.WEAKENING: gettext_lazy("weakens"),
}
STATUS_NAMES = dict(LedgerStatus.choices)
_LABELS = {
    Role.CLAIM: (CLAIM, "quote_type"),
    Role.DENIAL: (DENIAL, "kind"),
    Role.EVASION: (HEDGE, "kind"),
    Role.WEAKENING: (HEDGE, "kind"),
}


def view_name(view: str) -> str:
    """Return the name of a view for people."""
    if view == ADJUDICATED:
        return _("Adjudicated sets only")
    if view == CONSENSUS:
        return _("Adjudicated sets, else the consensus")
    return _("Adjudicated sets, else those of %(name)s") % {"name": view.removeprefix(ONE_SET)}


def speaker_name(said: Said, role: Role) -> str:
    """Return the name of a speaker; without one, who is to be named instead."""
    if said.speaker:
        return said.speaker
    if role == Role.CLAIM and any(form == "narrator" for _kind, form, _count in said.kinds):
        return _("The narrator")
    return _("No source named") if role == Role.CLAIM else _("No speaker named")


def kinds_of(said: Said, role: Role, schema: Schema) -> str:
    """Return what a speaker says as words: "counter-claim × 2; explicit contradiction, reported"."""
    if role == Role.CLAIM and not said.speaker and all(form != "narrator" for _kind, form, _count in said.kinds):
        return ""
    label, attribute = _LABELS[role]
    known = schema.labels[label].attributes.get(attribute) if label in schema.labels else None
    parts = []
    for kind, form, count in said.kinds:
        choice = known.choices.get(kind) if known else None
        word = (choice.name if choice else kind).lower()
        if role in (Role.DENIAL, Role.EVASION) and form == REPORTED:
            word = _("%(kind)s, reported") % {"kind": word}
        parts.append(f"{word} × {count}" if count > 1 else word)
    text = "; ".join(part for part in parts if part)
    if said.defers_to:
        text = f"{text} → {', '.join(said.defers_to)}"
    return text


def support_of(said: Said, role: Role) -> str:
    """Return the support of a cell: "2 of 3 annotators"; empty for a set that is not a consensus."""
    if not said.n:
        return ""
    words = {
        Role.CLAIM: _("%(k)s of %(n)s annotators call this a claim"),
        Role.DENIAL: _("%(k)s of %(n)s annotators call this a denial"),
        Role.EVASION: _("%(k)s of %(n)s annotators call this a hedge"),
        Role.WEAKENING: _("%(k)s of %(n)s annotators call this a hedge"),
    }
    return words[role] % {"k": said.k, "n": said.n}
