"""Editing spans of a decision: boundaries by token, label, attributes; splitting and merging."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from annotator.adjudication import selectors, services
from annotator.adjudication.board.contents import BoardUnit, read_units, schema_of_adjudication
from annotator.adjudication.board.overview import read_overview
from annotator.adjudication.models import Adjudication, StoredStatus, Unit, UnitKind
from annotator.adjudication.pages.forms import (
    attributes_to_check,
    read_attributes,
    read_rationale,
    warning_context,
)
from annotator.adjudication.pages.presentation import Desk
from annotator.adjudication.pages.relations import edit_relations
from annotator.adjudication.pages.work import sent_action, show, to_next, to_unit
from annotator.adjudication.units.drafts import (
    MODES,
    DraftSpan,
    format_fragments,
    middle,
    parse_fragments,
    split_positions,
    union,
)
from annotator.adjudication.units.versions import DecisionKind, Spans, Tokens, alike, letter, version_groups
from annotator.corpus.spans.values import Fragments
from annotator.platform.accounts.requests import user_of
from annotator.problems import InvalidInput, Problem
from annotator.text.tokens import token_boundaries
from projects.schema import Schema

NEIGHBOURS = 4
"""How many units before and after are offered for a merge."""


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, document_id: int, unit_id: int) -> HttpResponse:
    """Show the draft of a decision, change it by one step, or save it. Only the step `save` stores anything."""
    user = user_of(request)
    adjudication = selectors.get_adjudication(document_id, user=user)
    selectors.get_unit(adjudication, unit_id)
    unit = read_units(adjudication, [unit_id])[unit_id]
    if not unit.is_span:
        return edit_relations(request, adjudication, unit, user=user)
    if not (unit.outcome or any(unit.spans)):
        return to_unit(document_id, unit_id)
    near = neighbours(adjudication, unit)
    tokens = token_boundaries(adjudication.document.text)
    schema = schema_of_adjudication(adjudication)
    draft, problem, warning = None, None, ""
    try:
        draft = _draft(request, near, unit, tokens, schema)
        warning = attributes_to_check(request.POST, schema.labels[draft.label])
        if request.POST.get("step", "").startswith("save") and not warning:
            base, choice = _read(request, near, unit, draft, tokens)
            base, action = sent_action(request, adjudication, base)
            result = services.decide(
                adjudication, choice, base_revision=base, by=user, now=timezone.now(), action=action
            )
            return to_next(adjudication, result, after=unit_id, base=base)
    except Problem as refusal:
        problem = refusal
        adjudication.refresh_from_db()
    if draft is None:
        return show(request, adjudication, user=user, problem=problem)
    shown = _shown(adjudication, near, unit, draft, tokens) | _start_view(request, adjudication, unit, draft)
    shown |= warning_context(request.POST, warning)
    return show(request, adjudication, user=user, problem=problem, draft=shown)


def _draft(
    request: HttpRequest, near: Sequence[BoardUnit], unit: BoardUnit, tokens: Tokens, schema: Schema
) -> DraftSpan:
    if request.method == "GET":
        return _first(request.GET, near, unit, tokens, schema)
    data = request.POST
    mode = data.get("mode", "")
    label = data.get("label", "")
    if mode not in MODES or label not in schema.labels:
        raise InvalidInput(_("The span could not be read. Open the location again."))
    spans, part = _start(data, unit)
    draft = DraftSpan(
        mode=mode,
        fragments=parse_fragments(data.get("fragments", "")),
        label=label,
        attributes=read_attributes(data, schema.labels[label]),
        at=_number(data.get("at", "")) or 0,
        partner=_number(data.get("partner", "")),
        discontinuous=data.get("in_pieces") == "yes",
        others=() if mode == "merged" else (*spans[:part], *spans[part + 1 :]),
    )
    return draft.stepped(data.get("step", ""), tokens, [other.row.pk for other in near])


def _start(data: Mapping[str, str], unit: BoardUnit) -> tuple[Spans, int]:
    """The version that a draft starts from, and which of its spans is edited.

    The version that is asked for, else the outcome, else the most frequent version.
    """
    position = _number(data.get("from", ""))
    asked = unit.spans[position] if position is not None and position < len(unit.spans) else ()
    frequent = max((version for version in unit.spans if version), key=_frequency(unit), default=())
    spans = asked or unit.outcome or frequent
    part = _number(data.get("part", "")) or 0
    return spans, part if part < len(spans) else 0


def _frequency(unit: BoardUnit) -> Callable[[Spans], int]:
    return lambda version: sum(alike(version, other) for other in unit.spans)


def _start_view(request: HttpRequest, adjudication: Adjudication, unit: BoardUnit, draft: DraftSpan) -> dict[str, Any]:
    """The versions that the draft may start from, equal ones once, each span with a link."""
    data = request.GET if request.method == "GET" else request.POST
    sources = selectors.sources_of(adjudication)
    letters = [letter(source.position) for source in sources]
    names = letters if adjudication.blind else [source.annotation_set.name for source in sources]
    text = adjudication.document.text
    starts: list[dict[str, str]] = []
    for positions in version_groups(unit.spans):
        spans = unit.spans[positions[0]]
        for part, span in enumerate(spans if draft.mode != "merged" else spans[:1]):
            starts.append(
                {
                    "query": f"mode={draft.mode}&from={positions[0]}&part={part}",
                    "key": letters[positions[0]].lower() if part == 0 and len(letters[positions[0]]) == 1 else "",
                    "names": ", ".join(names[position] for position in positions),
                    "words": " … ".join(text[start:end] for start, end in span.fragments),
                }
            )
    return {"starts": starts if len(starts) > 1 else [], "from": data.get("from", ""), "part": data.get("part", "")}


def _first(
    asked: Mapping[str, str], near: Sequence[BoardUnit], unit: BoardUnit, tokens: Tokens, schema: Schema
) -> DraftSpan:
    """The first draft, from one span of a version."""
    mode = asked.get("mode", "")
    mode = mode if mode in MODES else "edited"
    spans, part = _start(asked, unit)
    span = spans[part]
    label = span.label if span.label in schema.labels else next(iter(schema.labels))
    nearest = min(near, key=lambda other: _distance(unit, other, span.label), default=None)
    return DraftSpan(
        mode=mode,
        fragments=union([span.fragments for span in spans]) if mode == "merged" else span.fragments,
        label=label,
        attributes=dict(span.attributes),
        at=middle(split_positions(span.fragments, tokens)),
        partner=nearest.row.pk if nearest else None,
        others=() if mode == "merged" else (*spans[:part], *spans[part + 1 :]),
    )


def _distance(unit: BoardUnit, other: BoardUnit, label: str) -> tuple[int, bool]:
    """The distance of another unit; at the same distance, one with the same label comes first."""
    gap = max(other.row.start - unit.row.end, unit.row.start - other.row.end, 0)
    return gap, all(span.label != label for version in other.spans for span in version)


def neighbours(adjudication: Adjudication, unit: BoardUnit) -> list[BoardUnit]:
    """Return the units of spans just before and after one, in order of the text."""
    units = Unit.objects.filter(adjudication=adjudication, kind=UnitKind.SPAN).exclude(pk=unit.row.pk)
    units = units.exclude(status=StoredStatus.GONE)
    here = (unit.row.start, unit.row.end, unit.row.pk)
    same_start = Q(start=here[0]) & (Q(end__lt=here[1]) | Q(end=here[1], pk__lt=here[2]))
    is_before = Q(start__lt=here[0]) | same_start
    before = units.filter(is_before).order_by("-start", "-end", "-id")[:NEIGHBOURS]
    after = units.filter(~is_before).order_by("start", "end", "id")[:NEIGHBOURS]
    keys = [row.pk for row in [*before[::-1], *after]]
    return list(read_units(adjudication, keys).values())


def _partner(near: Sequence[BoardUnit], draft: DraftSpan) -> BoardUnit | None:
    return next((other for other in near if other.row.pk == draft.partner), None)


def _fragments_of(unit: BoardUnit | None) -> Fragments | None:
    if unit is None:
        return None
    spans = unit.outcome or next(version for version in unit.spans if version)
    return union([span.fragments for span in spans])


def _read(
    request: HttpRequest, near: Sequence[BoardUnit], unit: BoardUnit, draft: DraftSpan, tokens: Tokens
) -> tuple[int, services.Choice]:
    rationale, base = read_rationale(request.POST)
    partner = _partner(near, draft) if draft.mode == "merged" else None
    choice = services.Choice(
        unit=unit.row.pk,
        kind=DecisionKind(draft.mode),
        spans=draft.spans(tokens, _fragments_of(partner)),
        merge_with=(partner.row.pk,) if partner else (),
        reason=rationale.reason,
        section=rationale.section,
        note=rationale.note,
    )
    return base, choice


def _shown(
    adjudication: Adjudication, near: Sequence[BoardUnit], unit: BoardUnit, draft: DraftSpan, tokens: Tokens
) -> dict[str, Any]:
    """The context of the draft: preview, boundaries, choices of label and attributes."""
    schema = schema_of_adjudication(adjudication)
    units = {other.row.pk: other for other in [unit, *near]}
    desk = Desk(
        adjudication, units, read_overview(adjudication).numbers(units), selectors.sources_of(adjudication), schema
    )
    label = schema.labels[draft.label]
    return {
        "mode": draft.mode,
        "action": reverse("adjudication:edit", args=[adjudication.document_id, unit.row.pk]),
        "back": f"{reverse('adjudication:work', args=[adjudication.document_id])}?unit={unit.row.pk}",
        "fragments": format_fragments(draft.fragments),
        "draft_fragments": list(range(len(draft.fragments))),
        "label": label,
        "labels": list(schema.labels.values()),
        "values": [(attribute, draft.attributes.get(name, "")) for name, attribute in label.attributes.items()],
        "at": draft.at,
        "partner": draft.partner,
        "partners": desk.rows(near) if draft.mode == "merged" else [],
        "discontinuous": draft.discontinuous,
        "may_be_discontinuous": label.discontinuous,
    } | _preview(desk, unit, draft, tokens, _fragments_of(_partner(near, draft)))


def _preview(
    desk: Desk, unit: BoardUnit, draft: DraftSpan, tokens: Tokens, partner: Fragments | None
) -> dict[str, Any]:
    """What would be saved, in its sentence; or why it cannot be saved."""
    try:
        spans, refusal = draft.spans(tokens, partner), ""
    except InvalidInput as problem:
        spans, refusal = (), problem.detail
    [(low, high)] = desk.windows(unit)
    offsets = [offset for span in spans for offset in (span.fragments[0][0], span.fragments[-1][1])]
    window = min([low, *offsets]), max([high, *offsets])
    return {"html": desk.draw(spans, [window]), "spans": [desk.span(span) for span in spans], "refusal": refusal}


def _number(value: str) -> int | None:
    return int(value) if value.isascii() and value.isdigit() and len(value) < 19 else None
