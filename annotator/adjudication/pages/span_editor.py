"""Making a span by hand: boundaries by token, label, attributes; parting and merging."""

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from annotator.adjudication import selectors, services
from annotator.adjudication.board.contents import UnitSeen, read_units, schema_of_adjudication
from annotator.adjudication.board.overview import read_overview
from annotator.adjudication.models import Adjudication, Stands, Unit, UnitKind
from annotator.adjudication.pages.forms import DecisionForm, first_error
from annotator.adjudication.pages.presentation import Desk
from annotator.adjudication.pages.work import onward, show, to_unit
from annotator.adjudication.units.drafts import (
    MODES,
    DraftSpan,
    joined,
    middle,
    read_draft_fragments,
    split_points,
    written,
)
from annotator.adjudication.units.versions import DecisionKind, Tokens
from annotator.corpus.spans.values import Fragments
from annotator.platform.accounts.requests import user_of
from annotator.problems import InvalidInput, Problem
from annotator.text.tokens import token_boundaries
from projects.schema import Schema

NEIGHBOURS = 4
"""How many units before and after can be merged with."""


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, document_id: int, unit_id: int) -> HttpResponse:
    """Show a span in the making, change it by one step, or save it. Nothing is stored but by “save”."""
    user = user_of(request)
    adjudication = selectors.get_adjudication(document_id, user=user)
    selectors.get_unit(adjudication, unit_id)
    unit = read_units(adjudication, [unit_id])[unit_id]
    if not unit.is_span or not (unit.outcome or any(unit.spans)):
        return to_unit(document_id, unit_id)
    near = neighbours(adjudication, unit)
    tokens = token_boundaries(adjudication.document.text)
    schema = schema_of_adjudication(adjudication)
    try:
        draft = _draft(request, near, unit, tokens, schema)
        if request.POST.get("step") == "save":
            base, choice = _read(request, near, unit, draft, tokens)
            done = services.decide(adjudication, choice, base_revision=base, by=user, now=timezone.now())
            return onward(adjudication, done, after=unit_id, base=base)
        return show(request, adjudication, user=user, draft=_shown(adjudication, near, unit, draft, tokens))
    except Problem as problem:
        adjudication.refresh_from_db()
        return show(request, adjudication, user=user, problem=problem)


def _draft(request: HttpRequest, near: Sequence[UnitSeen], unit: UnitSeen, tokens: Tokens, schema: Schema) -> DraftSpan:
    if request.method == "GET":
        mode = request.GET.get("mode", "")
        return _first(near, unit, mode if mode in MODES else "edited", tokens, schema)
    given = request.POST
    mode = given.get("mode", "")
    label = given.get("label", "")
    if mode not in MODES or label not in schema.labels:
        raise InvalidInput("The span got lost on the way. Open the unit again.")
    names = schema.labels[label].attributes
    values = {name: given.get(f"attribute-{name}", "") for name in names}
    draft = DraftSpan(
        mode=mode,
        fragments=read_draft_fragments(given.get("fragments", "")),
        label=label,
        attributes={name: value for name, value in values.items() if value},
        at=_number(given.get("at", "")) or 0,
        partner=_number(given.get("partner", "")),
        in_pieces=given.get("in_pieces") == "yes",
    )
    return draft.stepped(given.get("step", ""), tokens, [each.row.pk for each in near])


def _first(near: Sequence[UnitSeen], unit: UnitSeen, mode: str, tokens: Tokens, schema: Schema) -> DraftSpan:
    """Where a draft begins: with what stands, else with the first version there is."""
    spans = unit.outcome or next(version for version in unit.spans if version)
    span = spans[0]
    label = span.label if span.label in schema.labels else next(iter(schema.labels))
    nearest = min(near, key=lambda each: _apart(unit, each, span.label), default=None)
    return DraftSpan(
        mode=mode,
        fragments=joined([each.fragments for each in spans]) if mode == "merged" else span.fragments,
        label=label,
        attributes=dict(span.attributes),
        at=middle(split_points(span.fragments, tokens)),
        partner=nearest.row.pk if nearest else None,
    )


def _apart(unit: UnitSeen, other: UnitSeen, label: str) -> tuple[int, bool]:
    """How far another unit is; of two as near, one with the same label comes first."""
    gap = max(other.row.start - unit.row.end, unit.row.start - other.row.end, 0)
    return gap, all(span.label != label for version in other.spans for span in version)


def neighbours(adjudication: Adjudication, unit: UnitSeen) -> list[UnitSeen]:
    """Return the units of spans just before and after one, in order of the text."""
    units = Unit.objects.filter(adjudication=adjudication, kind=UnitKind.SPAN).exclude(pk=unit.row.pk)
    units = units.exclude(stands=Stands.GONE)
    here = (unit.row.start, unit.row.end, unit.row.pk)
    same_start = Q(start=here[0]) & (Q(end__lt=here[1]) | Q(end=here[1], pk__lt=here[2]))
    is_before = Q(start__lt=here[0]) | same_start
    before = units.filter(is_before).order_by("-start", "-end", "-id")[:NEIGHBOURS]
    after = units.filter(~is_before).order_by("start", "end", "id")[:NEIGHBOURS]
    keys = [row.pk for row in [*before[::-1], *after]]
    return list(read_units(adjudication, keys).values())


def _partner(near: Sequence[UnitSeen], draft: DraftSpan) -> UnitSeen | None:
    return next((each for each in near if each.row.pk == draft.partner), None)


def _fragments_of(unit: UnitSeen | None) -> Fragments | None:
    if unit is None:
        return None
    spans = unit.outcome or next(version for version in unit.spans if version)
    return joined([span.fragments for span in spans])


def _read(
    request: HttpRequest, near: Sequence[UnitSeen], unit: UnitSeen, draft: DraftSpan, tokens: Tokens
) -> tuple[int, services.Choice]:
    form = DecisionForm(_with_choice(request, draft.mode))
    if not form.is_valid():
        raise InvalidInput("The decision could not be read.", **first_error(form))
    partner = _partner(near, draft) if draft.mode == "merged" else None
    choice = services.Choice(
        unit=unit.row.pk,
        kind=DecisionKind(draft.mode),
        spans=draft.spans(tokens, _fragments_of(partner)),
        merge_with=(partner.row.pk,) if partner else (),
        reason=form.cleaned_data["reason"],
        section=form.cleaned_data["section"],
        note=form.cleaned_data["note"],
    )
    return form.cleaned_data["revision"], choice


def _with_choice(request: HttpRequest, mode: str) -> dict[str, Any]:
    given = {name: request.POST.get(name, "") for name in ("revision", "reason", "section", "note")}
    return given | {"choice": mode}


def _shown(
    adjudication: Adjudication, near: Sequence[UnitSeen], unit: UnitSeen, draft: DraftSpan, tokens: Tokens
) -> dict[str, Any]:
    """The draft for the page: preview, edges, choices of the label and of its attributes."""
    schema = schema_of_adjudication(adjudication)
    units = {each.row.pk: each for each in [unit, *near]}
    desk = Desk(adjudication, units, read_overview(adjudication).numbers, selectors.sources_of(adjudication), schema)
    label = schema.labels[draft.label]
    return {
        "mode": draft.mode,
        "action": reverse("adjudication:edit", args=[adjudication.document_id, unit.row.pk]),
        "back": f"{reverse('adjudication:work', args=[adjudication.document_id])}?unit={unit.row.pk}",
        "fragments": written(draft.fragments),
        "pieces": [{"number": number} for number in range(len(draft.fragments))],
        "label": label,
        "labels": list(schema.labels.values()),
        "values": [(attribute, draft.attributes.get(name, "")) for name, attribute in label.attributes.items()],
        "at": draft.at,
        "partner": draft.partner,
        "partners": desk.rows(near) if draft.mode == "merged" else [],
        "in_pieces": draft.in_pieces,
        "may_have_pieces": label.discontinuous,
    } | _preview(desk, unit, draft, tokens, _fragments_of(_partner(near, draft)))


def _preview(desk: Desk, unit: UnitSeen, draft: DraftSpan, tokens: Tokens, partner: Fragments | None) -> dict[str, Any]:
    """What would be saved, in its sentence; or why it cannot be."""
    try:
        spans, refusal = draft.spans(tokens, partner), ""
    except InvalidInput as problem:
        spans, refusal = (), problem.detail
    [(low, high)] = desk.windows(unit)
    places = [edge for span in spans for edge in (span.fragments[0][0], span.fragments[-1][1])]
    window = min([low, *places]), max([high, *places])
    return {"html": desk.drawn(spans, [window]), "parts": [desk.part(span) for span in spans], "refusal": refusal}


def _number(given: str) -> int | None:
    return int(given) if given.isascii() and given.isdigit() and len(given) < 19 else None
