"""Relations on the page of an adjudication: additions, and which spans a contested relation joins."""

from collections.abc import Collection, Iterable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from annotator.adjudication import selectors, services
from annotator.adjudication.board.contents import BoardUnit, read_ends, read_units, schema_of_adjudication
from annotator.adjudication.board.overview import read_overview
from annotator.adjudication.models import Adjudication
from annotator.adjudication.pages.forms import read_rationale
from annotator.adjudication.pages.presentation import Desk
from annotator.adjudication.pages.work import sent_action, show, to_next, to_unit
from annotator.adjudication.units.derivation import drawn_arrows
from annotator.adjudication.units.versions import Arrow, DecisionKind, Spans, read_arrows
from annotator.platform.accounts.models import User
from annotator.platform.accounts.requests import user_of
from annotator.problems import InvalidInput, Problem
from projects.schema import Schema

Offer = dict[str, Any]


@login_required
@require_http_methods(["GET", "POST"])
def relate(request: HttpRequest, document_id: int, unit_id: int) -> HttpResponse:
    """Offer relations between a decided unit and others, nearest first, or add the chosen one."""
    user = user_of(request)
    adjudication = selectors.get_adjudication(document_id, user=user)
    selectors.get_unit(adjudication, unit_id)
    unit = read_units(adjudication, [unit_id])[unit_id]
    if not unit.is_span or not unit.outcome:
        return to_unit(document_id, unit_id)
    problem = None
    if request.method == "POST":
        try:
            rationale, base = read_rationale(request.POST)
            arrow, ends = _parse_relation(request.POST.get("relation", ""))
            base, action = sent_action(request, adjudication, base)
            services.add_relation(
                adjudication, arrow, ends, rationale, base_revision=base, by=user, now=timezone.now(), action=action
            )
            return to_unit(document_id, unit_id)
        except Problem as refusal:
            problem = refusal
            adjudication.refresh_from_db()
            unit = read_units(adjudication, [unit_id])[unit_id]
    offers = _offered(adjudication, unit, chosen=request.POST.get("relation", "")) if unit.outcome else None
    return show(request, adjudication, user=user, problem=problem, relating=offers)


def _parse_relation(value: str) -> tuple[Arrow, tuple[int, int]]:
    """The relation and the units at both ends, from the value of a radio button: `12.0:15.1:attributed-to`."""
    source, _separator, rest = value.partition(":")
    target, _separator, label = rest.partition(":")
    ends = [_numbers(end) for end in (source, target)]
    if not label or any(len(numbers) != 2 for numbers in ends):
        raise InvalidInput(_("Choose a relation."))
    return Arrow(label, ends[0][1], ends[1][1]), (ends[0][0], ends[1][0])


def _numbers(value: str) -> list[int]:
    parts = value.split(".")
    is_valid = all(part.isascii() and part.isdecimal() and len(part) < 19 for part in parts)
    return [int(part) for part in parts] if is_valid else []


def _offered(adjudication: Adjudication, unit: BoardUnit, *, chosen: str) -> list[Offer]:
    """The relations that the schema allows between the spans of a unit and those of the nearest decided ones."""
    schema = schema_of_adjudication(adjudication)
    others = selectors.nearest_decided(adjudication, unit.row)
    units = read_units(adjudication, others)
    desk = Desk(
        adjudication, units, read_overview(adjudication).numbers(units), selectors.sources_of(adjudication), schema
    )
    existing = _existing(adjudication, unit, units | {unit.row.pk: unit})
    pairs = [pair for key in [unit.row.pk, *others] for pair in _directions(unit, units.get(key, unit))]
    offers = [
        {
            "value": f"{source.row.pk}.{arrow.from_part}:{target.row.pk}.{arrow.to_part}:{arrow.label}",
            "sentence": desk.arrows([arrow], source.outcome, target.outcome)[0],
        }
        for source, target in pairs
        for arrow in possible_arrows(schema, source.outcome, target.outcome, is_same=source is target)
        if (source.row.pk, target.row.pk, arrow.order) not in existing
    ]
    at = next((number for number, offer in enumerate(offers) if offer["value"] == chosen), 0)
    return [offer | {"is_chosen": number == at} for number, offer in enumerate(offers)]


def _directions(unit: BoardUnit, other: BoardUnit) -> list[tuple[BoardUnit, BoardUnit]]:
    return [(unit, unit)] if other is unit else [(unit, other), (other, unit)]


def possible_arrows(schema: Schema, source: Spans, target: Spans, *, is_same: bool = False) -> list[Arrow]:
    """Return the relations that the schema allows between spans of two outcomes; `is_same`: of one and the same."""
    return [
        Arrow(relation.id, from_part, to_part)
        for from_part, first in enumerate(source)
        for to_part, second in enumerate(target)
        if not is_same or from_part != to_part
        for relation in schema.relations_between(first.label, second.label)
    ]


def _existing(
    adjudication: Adjudication, unit: BoardUnit, units: dict[int, BoardUnit]
) -> set[tuple[int, int, tuple[str, int, int]]]:
    """The relations at a unit that an annotator drew or an adjudicator decided."""
    existing = set()
    for row in read_units(adjudication, selectors.relations_at(adjudication, unit.row)).values():
        source, target = row.row.from_unit_id or 0, row.row.to_unit_id or 0
        if source in units and target in units:
            arrows = services.arrows_of(row, (units[source], units[target]))
            existing |= {(source, target, arrow.order) for arrow in arrows}
    return existing


def edit_relations(request: HttpRequest, adjudication: Adjudication, unit: BoardUnit, *, user: User) -> HttpResponse:
    """Offer all relations between the spans at both ends of a contested relation, or save the chosen ones."""
    source, target = (end.outcome for end in read_ends(adjudication, unit))
    if not source or not target:
        return to_unit(adjudication.document_id, unit.row.pk)
    problem, chosen = None, _first_choice(adjudication, unit, request.GET.get("from", ""))
    if request.method == "POST":
        chosen = set(request.POST.getlist("arrow"))
        try:
            rationale, base = read_rationale(request.POST)
            possible = possible_arrows(schema_of_adjudication(adjudication), source, target)
            choice = services.Choice(
                unit=unit.row.pk,
                kind=DecisionKind.EDITED if chosen else DecisionKind.NONE,
                arrows=tuple(arrow for arrow in possible if _value(arrow) in chosen),
                reason=rationale.reason,
                section=rationale.section,
                note=rationale.note,
            )
            base, action = sent_action(request, adjudication, base)
            result = services.decide(
                adjudication, choice, base_revision=base, by=user, now=timezone.now(), action=action
            )
            return to_next(adjudication, result, after=unit.row.pk, base=base)
        except Problem as refusal:
            problem = refusal
            adjudication.refresh_from_db()
    shown = _shown(adjudication, unit, source, target, chosen)
    return show(request, adjudication, user=user, problem=problem, arrows=shown)


def _value(arrow: Arrow) -> str:
    return f"{arrow.from_part or 0}:{arrow.to_part or 0}:{arrow.label}"


def _first_choice(adjudication: Adjudication, unit: BoardUnit, given: str) -> set[str]:
    """What is chosen at first: the decision, else the relations of one annotator."""
    if unit.decision is not None and not unit.is_open and not given:
        return _values(read_arrows(unit.decision.outcome))
    ends = read_ends(adjudication, unit)
    positions = [at for at, drawn in enumerate(unit.relations) if drawn and given in ("", str(at))]
    arrows = drawn_arrows(unit.relations[positions[0]], positions[0], *ends) if positions else None
    return _values(arrows or ())


def _values(arrows: Iterable[Arrow]) -> set[str]:
    return {_value(arrow) for arrow in arrows}


def _shown(
    adjudication: Adjudication, unit: BoardUnit, source: Spans, target: Spans, chosen: Collection[str]
) -> dict[str, Any]:
    schema = schema_of_adjudication(adjudication)
    desk = Desk(adjudication, {}, {}, selectors.sources_of(adjudication), schema)
    here = reverse("adjudication:work", args=[adjudication.document_id])
    return {
        "action": reverse("adjudication:edit", args=[adjudication.document_id, unit.row.pk]),
        "back": f"{here}?unit={unit.row.pk}",
        "offers": [
            {
                "value": _value(arrow),
                "sentence": desk.arrows([arrow], source, target)[0],
                "is_chosen": _value(arrow) in chosen,
            }
            for arrow in possible_arrows(schema, source, target, is_same=unit.row.from_unit_id == unit.row.to_unit_id)
        ],
    }
