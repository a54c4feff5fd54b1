"""The context of the page of an adjudication."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from annotator.adjudication import selectors
from annotator.adjudication.board.contents import BoardUnit, read_units, schema_of_adjudication
from annotator.adjudication.board.locations import LOCATION, unit_to_show
from annotator.adjudication.board.overview import Locations, Overview, first_at, overview_with, read_overview
from annotator.adjudication.board.text_parts import TextPart, part_of_text, units_in_part
from annotator.adjudication.models import RULE_CHOICES, Adjudication, AdjudicationState, Reason, Unit
from annotator.adjudication.pages.presentation import Desk
from annotator.adjudication.pages.whole_text import LineView, WholeText
from annotator.adjudication.queue import next_in_queue
from annotator.adjudication.services.expectation import MOST_SPANS, expected_decisions
from annotator.adjudication.units.derivation import UnitStatus
from annotator.adjudication.units.hints import LEAST_ANNOTATORS, Hint, hint
from annotator.adjudication.units.quotations import headings
from annotator.adjudication.units.versions import annotators_needed, letter
from annotator.agreement.pages.names import SchemaNames
from annotator.corpus.documents.models import Document
from annotator.platform.accounts.models import User
from annotator.problems import Problem
from projects.roles import Capability, can
from projects.selectors import current_guideline, role_in

ROWS_AROUND = 25
"""How many locations the list shows before and after the current one."""


def start_context(document: Document, *, user: User, at: str = "", is_counted: bool = False) -> dict[str, Any]:
    """Return the context of the page before the start; `at` is the location that the address asks for.

    With `is_counted` the expected decisions are counted in long documents, too.
    """
    project_rule, adopted = selectors.project_rule(document.project), selectors.adopted_set(document)
    expected = [] if adopted else expected_decisions(document, most_spans=None if is_counted else MOST_SPANS)
    return {
        "project": document.project,
        "document": document,
        "stands_under": reverse("adjudication:queue", args=[document.project.slug]),
        "at": at if LOCATION.fullmatch(at) else "",
        "sets": list(selectors.finished_sets(document)),
        "progress": selectors.annotator_progress(document),
        "adopted": adopted,
        "circumstances": selectors.circumstances(document, None, user=user),
        "project_rule": project_rule,
        "expected": expected,
        "least": annotators_needed(expected[0].annotators, project_rule.least) if expected else 0,
        "rules": RULE_CHOICES,
    }


def desk_context(
    request: HttpRequest, adjudication: Adjudication, *, user: User, problem: Problem | None
) -> dict[str, Any]:
    """Return the context of an adjudication; `unit` in the query is the unit, `view=text` the whole text."""
    overview = read_overview(adjudication)
    named = request.resolver_match.kwargs.get("unit_id") if request.resolver_match else None
    requested = named or request.POST.get("near") or request.GET.get("near") or request.GET.get("unit", "")
    key = unit_to_show(adjudication, overview, str(requested), at=request.GET.get("at", ""))
    others = _others(request, adjudication, user, problem)
    listed = _listed(adjudication, overview, key)
    sources = selectors.sources_of(adjudication)
    part = _part(request, adjudication, key) if request.GET.get("view") == "text" else None
    units = _units(adjudication, key, listed, others, part)
    desk = Desk(adjudication, units, overview.numbers(units), sources, schema_of_adjudication(adjudication))
    current = units[key] if key is not None else None
    context = {
        "adjudication": adjudication,
        "unit": desk.unit(current) if current else None,
        "location": desk.location([units[other] for other in listed.here]) if current else None,
        "earlier": _earlier(adjudication, current, desk) if current else None,
        "hint": _hint(adjudication, current) if len(sources) >= LEAST_ANNOTATORS else None,
        "text_part": part,
        "whole_text": _whole_text(request, adjudication, part, units, desk) if part else None,
        "changed_sources": names_of_sets(adjudication, sources, selectors.changed_sources(adjudication)),
        "reopened_sources": [desk.names[source.position] for source in selectors.reopened_sources(adjudication)],
        "progress": selectors.annotator_progress(adjudication.document),
        "problem": problem,
        "user_id": user.pk,
        "upcoming": overview.upcoming(after=key or 0),
        "decisions_of_others": desk.decisions_of_others(others),
        "reasons": Reason.choices,
        "relating": None,
        "arrows": None,
        "given": {name: request.POST.get(name, "") for name in ("reason", "section", "note")},
    }
    return context | _counts(overview) | _around(adjudication, user) | _list(desk, listed, is_shown=part is None)


def _earlier(adjudication: Adjudication, unit: BoardUnit, desk: Desk) -> dict[str, Any] | None:
    """The decision that an annotator contradicted later, with its spans or relations."""
    decision = selectors.earlier_decision(adjudication, unit.row) if unit.is_open else None
    if decision is None:
        return None
    before = replace(unit, decision=decision, status=UnitStatus.DECIDED, read=None)
    return {
        "decision": desk.decision(before),
        "spans": [desk.span(span) for span in before.outcome],
        "relations": desk.decided_relations(before),
        "at": decision.at,
    }


def _hint(adjudication: Adjudication, unit: BoardUnit | None) -> Hint | None:
    """How often the most frequent label was adjudicated, for a unit that needs a decision."""
    if unit is None or not unit.is_open or not unit.is_span:
        return None
    return hint(unit.row.versions, selectors.decided_units_of_others(adjudication))


def _part(request: HttpRequest, adjudication: Adjudication, key: int | None) -> TextPart:
    """The part of the text that the address asks for: by its number, else the one with the unit."""
    given = request.GET.get("part", "")
    number = int(given) if given.isascii() and given.isdigit() and len(given) < 10 else None
    start = Unit.objects.filter(pk=key).values_list("start", flat=True).first() if key is not None else None
    return part_of_text(adjudication, number=number, at=start or 0)


def _units(
    adjudication: Adjudication,
    key: int | None,
    listed: "Listed",
    others: Sequence[dict[str, Any]],
    part: TextPart | None,
) -> Mapping[int, BoardUnit]:
    """The units of the page: those of the part of the text, or the listed ones; the current one, those of others."""
    near = {*listed.here, *(record["unit"] for record in others)} | ({key} if key is not None else set())
    in_text = dict(units_in_part(adjudication, part)) if part else {}
    listed_units = set() if part else {unit for location in listed.locations for unit in location}
    units = in_text | read_units(adjudication, (near | listed_units) - in_text.keys())
    current = units[key].row if key is not None else None
    ends = {end for end in (current.from_unit_id, current.to_unit_id) if end is not None} if current else set()
    units |= read_units(adjudication, ends - units.keys())
    merged = {decision.merged_into_id for key in ends if (decision := units[key].decision)} - {None}
    return units | read_units(adjudication, {key for key in merged if key is not None} - units.keys())


def _whole_text(
    request: HttpRequest, adjudication: Adjudication, part: TextPart, units: Mapping[int, BoardUnit], desk: Desk
) -> list[LineView]:
    names = SchemaNames(schema_of_adjudication(adjudication))
    asked = request.GET.get("unit", "")
    focused = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 19 else None
    return WholeText(adjudication.document, part, units.values(), desk, names, focused=focused).lines()


def _counts(overview: Overview) -> dict[str, Any]:
    return {
        "open_count": len(overview.open),
        "contested_count": len(overview.keys),
        "location_count": len(overview.starts),
        "open_locations": overview.open_locations,
        "accepted_count": overview.accepted,
        "waiting_count": overview.waiting,
    }


def _around(adjudication: Adjudication, user: User) -> dict[str, Any]:
    """What the page shows beyond the units: project, document, guidelines, next document."""
    document, is_open = adjudication.document, adjudication.state == AdjudicationState.OPEN
    role = role_in(document.project, user)
    return {
        "project": document.project,
        "document": document,
        "stands_under": reverse("adjudication:queue", args=[document.project.slug]),
        "is_open": is_open,
        "sections": headings(current_guideline(document.project).text),
        "may_manage": role is not None and can(role, Capability.MANAGE),
        "circumstances": selectors.circumstances(document, adjudication, user=user),
        "report": selectors.latest_figures(document),
        "next_document": None if is_open else next_in_queue(document.project, after=document),
    }


@dataclass(frozen=True)
class Listed:
    """The listed locations by the keys of their units, and the numbers of those before and after them.

    `here` are the units at the location of the current one; the others are the units to begin with at the location
    before and after, and the units before and after the current one at the same location.
    """

    locations: Sequence[Sequence[int]]
    before: int = 0
    after: int = 0
    here: Sequence[int] = ()
    previous: int | None = None
    following: int | None = None
    previous_here: int | None = None
    following_here: int | None = None


def _listed(adjudication: Adjudication, overview: Overview, current: int | None) -> Listed:
    if current is None:
        first = overview.between(0, min(len(overview.starts), ROWS_AROUND + 1))
        return Listed(_keys(first), after=len(overview.starts) - len(first))
    listed = overview if overview.location_of(current) else overview_with(adjudication, current)
    at, of = (listed.location_of(current) or 1) - 1, len(listed.starts)
    low, high = max(0, at - ROWS_AROUND), min(of, at + ROWS_AROUND + 1)
    locations = listed.between(low, high)
    [here] = _keys([locations[at - low]])
    place = here.index(current)
    return Listed(
        _keys(locations),
        before=low,
        after=of - high,
        here=here,
        previous=first_at(locations[at - 1 - low]) if at else None,
        following=first_at(locations[at + 1 - low]) if at + 1 < of else None,
        previous_here=here[place - 1] if place else None,
        following_here=here[place + 1] if place + 1 < len(here) else None,
    )


def _keys(locations: Locations) -> list[list[int]]:
    return [[key for key, _ in units] for units in locations]


def _list(desk: Desk, listed: Listed, *, is_shown: bool) -> dict[str, Any]:
    """The list beside the unit, and the units before and after it."""
    return {
        "rows": desk.location_rows(listed.locations) if is_shown else [],
        "rows_before": listed.before,
        "rows_after": listed.after,
        "previous": listed.previous,
        "following": listed.following,
        "previous_here": listed.previous_here,
        "following_here": listed.following_here,
    }


def _others(
    request: HttpRequest, adjudication: Adjudication, user: User, problem: Problem | None
) -> list[dict[str, Any]]:
    """The decisions of others since the page was opened: from a problem, or as the query asks."""
    records = problem.extra.get("decisions") if problem else None
    since = request.GET.get("since", "")
    if records is None and since.isascii() and since.isdigit() and len(since) < 10:
        records = selectors.decisions_since(adjudication, int(since))
    decisions = records if isinstance(records, list) else []
    return [record for record in decisions if record["by"] and record["by"] != user.get_username()]


def names_of_sets(adjudication: Adjudication, sources: Sequence[Any], sets: Sequence[Any]) -> list[str]:
    """Return the names of sets: letters when names are hidden, “a new annotator” for sets that are not sources yet."""
    letters = {source.annotation_set_id: letter(source.position) for source in sources}
    if not adjudication.blind:
        return [annotation_set.name for annotation_set in sets]
    return [letters.get(annotation_set.pk, _("a new annotator")) for annotation_set in sets]
